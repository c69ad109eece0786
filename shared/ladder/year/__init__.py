"""Replay a real year day by day through all five levels, to measure what each level gains."""
