"""Things that a browser session holds from one run of the page to the next."""

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

T = TypeVar("T")


def held(key: str, make: Callable[[], T]) -> T:
    """The thing that this session holds under a key; made when it is first asked for."""
    if key not in st.session_state:
        st.session_state[key] = make()
    found: T = st.session_state[key]
    return found
