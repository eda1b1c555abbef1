"""The state of one browser session: its texts, the picture that it sees, and the work under way for it."""

from pages.shared.session.held import held
from pages.shared.session.picture import PictureOnShow
from pages.shared.session.texts import SessionTexts
from pages.shared.session.work import WorkUnderWay


class Session:
    """The state behind the pages. Arrays live in the shared cache and in the picture's run, not in widgets.

    Attributes
    ----------
    project
        Id of the project that the user has opened, or None.
    """

    def __init__(self) -> None:
        self.texts = SessionTexts()
        self.picture = PictureOnShow()
        self.work = WorkUnderWay(self.picture)
        self.project: str | None = None


def session() -> Session:
    """This browser session's state."""
    return held("refract", Session)
