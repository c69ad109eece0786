"""The one exception that a person is meant to read."""


class UserError(Exception):
    """An error in one plain sentence: the value, the rule that it breaks, and the remedy.

    `groundcrew.commands.run` prints it without a traceback and exits with code 2.
    """
