"""Where Refract is installed, and where it keeps what it saves."""

import os
from pathlib import Path

from core.base.errors import InputError

VARIABLE = "REFRACT_HOME"
ROOT = Path(__file__).resolve().parents[2]  # holds app.py, core, pages and assets


def home() -> Path:
    """The folder for everything that is saved, made where it isn't there: ``$REFRACT_HOME``, or ``~/.refract``.

    Raises
    ------
    InputError
        Where there is no such folder and it can't be made.
    """
    named = os.environ.get(VARIABLE, "").strip()
    where = named or "~/.refract"
    try:
        folder = Path(where).expanduser().absolute()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # the user's own texts: nobody else's to read
    except (OSError, RuntimeError) as error:  # RuntimeError: there is no home to put in place of ~
        reason = getattr(error, "strerror", None) or error
        raise InputError(
            f"The folder {where}, where Refract saves its work, can't be made ({reason}). "
            f"Set {VARIABLE} to a folder that can be written to."
        ) from None
    return folder
