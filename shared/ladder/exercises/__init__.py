"""Exercises of the climb, two files each.

NAME.toml declares one: level and place in it, minutes, idea, task, hint, and each part of the
solution with the text that takes its place. NAME.py has check(), which runs in the attendee's
folder: an AssertionError says what is wrong, without giving the answer away.
"""
