"""The one kind of failure that a person is meant to read."""


class Refused(Exception):
    """A refusal in plain words: the value, the rule that it broke, and the remedy."""
