"""Exercises of the climb, two files each, and a folder for new ones.

NAME.toml declares one: level and place in it, minutes, idea, task, hint, and each part of the
solution with the text that takes its place. NAME.py has check(), which runs in the attendee's
folder: an AssertionError says what is wrong, without giving the answer away. A folder NAME/ has the
files of the solution that the level itself does not have.
"""
