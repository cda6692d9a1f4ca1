"""The exception tree: what a command turns into one clear line and an exit code.

NewsdeskError
├── UsageError     exit code 2: the caller asked for something that cannot be asked
└── FailureError   exit code 1: asked rightly, but it could not be done
"""


class NewsdeskError(Exception):
    """Base of every expected error; its text is one line that says what to do."""

    exit_code = 1


class UsageError(NewsdeskError):
    """Wrong use: a bad option, configuration, source, query or URL."""

    exit_code = 2


class FailureError(NewsdeskError):
    """Right use, but the work failed: database unreachable, no permission, no answer."""

    exit_code = 1
