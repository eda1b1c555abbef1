"""The export of what is on show: tables, pictures of the map, a report, the recipe."""

import json

import streamlit as st

from core.results.downloads import FORMATS, TABLES, export, file_name
from core.results.labelled import Labelled
from core.results.map_image import SIZES, map_image
from core.results.tables import NEUTRALISED, refusal


@st.fragment
def export_panel(done: Labelled, key: str = "export") -> None:
    """A button that opens on the files; each of them is made when it is asked for."""
    panel = st.popover("Export", icon=":material/download:", key=key, on_change="rerun", disabled=not done.run.settled)
    if panel.open:
        with panel:
            _files(done, key)


def _files(done: Labelled, key: str) -> None:
    st.markdown(f"**Table** of all {len(done.run.corpus):,} texts with their topics")
    refused = {name: said for name in TABLES if (said := refusal(done.table, name))}
    with st.container(horizontal=True, gap="small"):
        for name in TABLES:
            _button(done, name, key, disabled=name in refused)
    for said in dict.fromkeys(refused.values()):
        st.warning(said, icon=":material/warning:")
    st.caption(f"CSV and Excel: {NEUTRALISED[0].lower()}{NEUTRALISED[1:]}")
    st.markdown("**Picture** of the map")
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        size = SIZES[st.selectbox("Size", list(SIZES), key=f"{key} size", label_visibility="collapsed", width=150)]
        dark = st.toggle("Dark", key=f"{key} dark")
        for name in ("png", "svg"):
            _button(done, name, key, picture=(size, dark))
    st.markdown(
        "**Report**: map, topics and method in one page that opens anywhere. It holds texts, so mind whom you give it"
    )
    with st.container(horizontal=True, gap="small"):
        _button(done, "report", key)
        st.download_button(
            "Recipe",
            lambda: json.dumps(done.recipe, ensure_ascii=False, indent=2),
            "recipe.json",
            "application/json",
            key=f"{key} recipe",
            on_click="ignore",
            help="What made this, to make it again; without the texts.",
        )


def _button(
    done: Labelled, name: str, key: str, disabled: bool = False, picture: tuple[tuple[int, int], bool] | None = None
) -> None:
    def content() -> bytes:
        if picture is None:
            return export(done, name)
        size, dark = picture
        return map_image(done, "svg" if name == "svg" else "png", size, dark=dark)

    form = FORMATS[name]
    st.download_button(
        form.title,
        content,
        file_name(done.run.corpus.name, name),
        form.mime,
        key=f"{key} {name}",
        on_click="ignore",
        disabled=disabled,
    )
