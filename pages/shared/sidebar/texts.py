"""The rail's first part: which texts."""

import streamlit as st

from core.base.errors import InputError
from core.texts import readers, samples
from core.texts.corpus import Corpus
from pages.shared.session.texts import SessionTexts, Source
from pages.shared.sidebar.import_settings import import_settings, offer_repair


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
        texts.corpus = texts.build(name, import_settings(texts, name))
    except InputError as refusal:
        error = str(refusal)
    if error:
        st.error(error, icon=":material/error:")
        if texts.corpus is not None:
            st.caption(f"Still shown: {texts.corpus.name}.")
    if texts.corpus is None:
        st.stop()
    _report(texts.corpus)
    if error is None:
        offer_repair(name, texts.corpus.report)
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


def _report(corpus: Corpus) -> None:
    first, *rest = corpus.report.sentences()
    st.caption(" ".join([first, f"Texts from the column {corpus.text_column}.", *rest]))
