"""Starting the app's server: Streamlit's, set up so that the first request to any page is served right."""

import logging
import socket
import sys
import threading
from pathlib import Path

from core.base.errors import InputError

APP = Path(__file__).resolve().parents[2] / "app.py"


def serve(host: str, port: int) -> int:
    """Serve the app until it is stopped; the exit code is the server's.

    Raises
    ------
    InputError
        Where the port is taken.
    """
    _check_free(host, port)
    from streamlit.runtime.pages_manager import PagesManager
    from streamlit.web import cli

    from pages.shared.session.resources import prepare

    # A folder called pages/ makes Streamlit serve it as pages of its own until a first session has declared the real
    # ones: a deep link would then miss the frame. There is no public switch; the version is pinned and this is tested.
    PagesManager.uses_pages_directory = False
    logging.getLogger("uvicorn.error").addFilter(_not_a_closed_tab)
    threading.Thread(target=prepare, daemon=True).start()
    sys.argv = ["streamlit", "run", str(APP), "--server.address", host, "--server.port", str(port)]
    try:
        cli.main()
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


def _not_a_closed_tab(record: logging.LogRecord) -> bool:
    """Whether a log record is about anything but a tab that closed while something was being sent to it.

    Streamlit 1.67 lets that pass as an unhandled error, with a traceback for every such tab.
    """
    return not (record.exc_info and type(record.exc_info[1]).__name__ == "WebSocketDisconnected")


def _check_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise InputError(
                f"{host}:{port} can't be opened ({error.strerror}). Stop what uses it, or choose another --port."
            ) from None
