"""Errors, said in the user's words."""


class RefractError(Exception):
    """An error meant for the user: its message says what is wrong and what to do about it."""


class InputError(RefractError):
    """The file, column, instruction or setting that the user gave can't be used."""


class Cancelled(Exception):
    """The user stopped the work. Nothing that was complete before is lost."""
