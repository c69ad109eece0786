"""Offline study: replay a past year of the highest level under other rules for retraining.

Its modules run in a process whose working directory is that level's folder, so that `flighttime`
is that level's package: `python -m ladder.study.hindsight`.
"""
