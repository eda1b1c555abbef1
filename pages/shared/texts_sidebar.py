"""The rail's first part: which texts."""

from typing import Literal

import streamlit as st

from core.base.errors import InputError
from core.texts import readers, samples
from core.texts.corpus import Corpus, likely_text_columns
from pages.shared.session.texts import ReadingOptions, SessionTexts, Source


def corpus_rail(texts: SessionTexts) -> Corpus:
    """Let the user choose, upload or paste texts; the corpus to work on.

    A source that can't be read is said in words, and the corpus that was there stays.
    """
    st.subheader("Texts", anchor=False)
    _take_upload(texts)
    names = [sample.name for sample in samples.SAMPLES] + list(texts.sources)
    if st.session_state.get("source") not in names:
        st.session_state["source"] = texts.source
    held = names.index(st.session_state["source"])
    name = st.selectbox("Corpus", names, held, key="source", label_visibility="collapsed")
    if name != texts.source:
        texts.source, texts.error = name, None
    st.file_uploader(
        "Upload a file",
        type=[extension.removeprefix(".") for extension in readers.ACCEPTED],
        key="upload",
        label_visibility="collapsed",
        help="CSV, TSV, XLSX, JSON, JSONL, Parquet or TXT, up to 200 MB. A larger table fits as Parquet with only the "
        "columns you need.",
    )
    _paste(texts)
    error = texts.error
    try:
        texts.corpus = texts.build(name, _reading_options(texts, name))
    except InputError as refusal:
        error = str(refusal)
    if error:
        st.error(error, icon=":material/error:")
        if texts.corpus is not None:
            st.caption(f"Still shown: {texts.corpus.name}.")
    if texts.corpus is None:
        st.stop()
    _report(texts.corpus)
    return texts.corpus


def _take_upload(texts: SessionTexts) -> None:
    """Take in a file that was dropped since the last run, before the list of sources is drawn."""
    upload = st.session_state.get("upload")
    if upload is None or upload.file_id == texts.upload_id:
        return
    texts.upload_id = upload.file_id
    with st.spinner(f"Reading {upload.name}"):
        _add(texts, Source(upload.name, upload.getvalue()))


def _paste(texts: SessionTexts) -> None:
    with st.popover("Paste texts", icon=":material/content_paste:", width="stretch"), st.form("paste", border=False):
        st.text_area("One text a line, or a paragraph", key="pasted", height=220)
        st.segmented_control("A text is a", ["line", "paragraph"], default="line", required=True, key="pasted_unit")
        st.form_submit_button("Use these texts", type="primary", on_click=_take_pasted, args=(texts,))


def _take_pasted(texts: SessionTexts) -> None:
    unit = st.session_state["pasted_unit"]
    _add(texts, Source(f"pasted {unit}s", st.session_state["pasted"].encode(), pasted=unit))


def _add(texts: SessionTexts, source: Source) -> None:
    try:
        name = texts.add(source)
    except InputError as error:
        texts.error = str(error)
    else:
        texts.error = None
        texts.source = name
        st.session_state["source"] = name


def _reading_options(texts: SessionTexts, name: str) -> ReadingOptions:
    """How the source is read: guessed, and changeable. A sample needs no choices."""
    source = texts.sources.get(name)
    if source is None:
        return ReadingOptions()
    key = f"{name}|"
    with st.expander("How it is read"):
        chosen = ReadingOptions(
            sheet=st.session_state.get(key + "sheet"),
            encoding=_text_or_none(key + "encoding"),
            unit=_unit(texts, name),
        )
        # Drawn before the file is read in the encoding chosen: a wrong one has to stay changeable.
        if first := texts.table(name, ReadingOptions()).encoding:
            st.text_input(
                "Encoding",
                key=key + "encoding",
                placeholder=first,
                persist_state="session",
                help="Such as utf-8, utf-16, cp1252, shift_jis. Empty: found out from the file.",
            )
        table = texts.table(name, chosen)
        columns = list(table.frame.columns)
        likely = likely_text_columns(table.frame)
        column = st.selectbox(
            "Text column",
            columns,
            columns.index(likely[0]) if likely else 0,
            key=f"{key}column {chosen.sheet} {chosen.encoding} {chosen.unit}",
            persist_state="session",
        )
        duplicates: Literal["once", "all"] = st.radio(
            "Repeated texts",
            ["once", "all"],
            key=key + "duplicates",
            horizontal=True,
            persist_state="session",
            format_func={"once": "keep once, with count", "all": "keep all"}.__getitem__,
        )
        repair = st.toggle(
            "Repair garbled characters",
            key=key + "repair",
            persist_state="session",
            help="Mends text that was decoded wrongly, such as cafÃ© for café. What it changes is counted below.",
        )
        if len(table.sheets) > 1:
            held = table.sheets.index(table.sheet or table.sheets[0])
            st.selectbox("Sheet", table.sheets, held, key=key + "sheet", persist_state="session")
        if table.unit and not source.pasted:
            st.segmented_control(
                "A text is a",
                [readers.TABLE, "line", "paragraph"],
                default=table.unit,
                key=key + "unit",
                persist_state="session",
                format_func=lambda unit: "cell of a table" if unit == readers.TABLE else unit,
            )
    return ReadingOptions(column, duplicates, repair, chosen.sheet, chosen.encoding, chosen.unit)


def _unit(texts: SessionTexts, name: str) -> str | None:
    """The unit chosen, or else the one found."""
    chosen: str | None = st.session_state.get(f"{name}|unit")
    return chosen or texts.table(name, ReadingOptions()).unit


def set_reading(name: str, options: ReadingOptions) -> None:
    """Make the rail stand at a way of reading a source."""
    key, held = f"{name}|", st.session_state
    held[f"{key}column {options.sheet} {options.encoding} {options.unit}"] = options.text_column
    held[key + "duplicates"], held[key + "repair"] = options.duplicates, options.repair
    for field, value in (("sheet", options.sheet), ("encoding", options.encoding), ("unit", options.unit)):
        if value is not None:
            held[key + field] = value


def _text_or_none(key: str) -> str | None:
    return (st.session_state.get(key) or "").strip() or None


def _report(corpus: Corpus) -> None:
    first, *rest = corpus.report.sentences()
    st.caption(" ".join([first, f"Texts from the column {corpus.text_column}.", *rest]))
