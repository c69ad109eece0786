"""The exceptions that a person is meant to read."""


class UserError(Exception):
    """An error in one plain sentence: the value, the rule that it breaks, and the remedy.

    `groundcrew.commands.run` prints it without a traceback and exits with code 2.
    """


class NotFound(UserError):
    """What was asked for is not there: a command adds in which folder, and as of which day."""
