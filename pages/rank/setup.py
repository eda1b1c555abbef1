"""The head of the Rank page: what is ranked, and against which labels."""

import numpy as np
import pandas as pd
import streamlit as st

from core.base.jobs import running
from core.instructions.paraphrases import paraphrases
from core.models.catalogue import ready_names
from core.ranking.scores import FEWEST_LABELS
from core.texts import samples
from core.texts.corpus import Corpus
from core.texts.grouping import grouping_columns
from pages.rank.state import RankRequest, RankState
from pages.shared.elements.job_line import job_line, outcome
from pages.shared.session import Session
from pages.shared.sidebar.model import chosen_model

BY_HAND = "my labels"
_SHOWN_BY_HAND = 60


def setup(page: Session, state: RankState) -> RankRequest | None:
    """Let the user choose; what would be ranked, or None where that can't be."""
    corpus = page.texts.chosen()
    if corpus is None:
        st.info("Choose texts on the Explore page first.", icon=":material/info:")
        return None
    left, right = st.columns([1.6, 1], gap="large")
    with left:
        instructions = _instructions(page)
    with right:
        models = st.multiselect("Models", ready_names(), [chosen_model()], key="rank models", persist_state="session")
        columns = _columns(corpus, state)
        reword = st.toggle(
            "In other words too",
            True,
            key="rank reword",
            persist_state="session",
            help="Scores every instruction under its paraphrases as well: an instruction that is only good in one "
            "wording is not a good one.",
        )
    if not (instructions and models and columns):
        st.caption("At least one instruction, one model and one label column are needed.")
        return None
    asked = RankRequest(corpus, tuple(instructions), tuple(models), columns, reword)
    _button(state, asked)
    return asked


def _instructions(page: Session) -> list[str]:
    sample = next((each for each in samples.SAMPLES if each.name == page.texts.source), None)
    presets = [preset.instruction for preset in samples.presets_for(sample) if preset.instruction]
    st.markdown("**Instructions**, used exactly as written; add rows below the last")
    key = f"rank instructions {page.texts.source}"
    table = st.data_editor(
        pd.DataFrame({"instruction": presets}),
        num_rows="dynamic",
        hide_index=True,
        height=246,
        key=key,
        column_config={"instruction": st.column_config.TextColumn("instruction", width="large")},
    )
    written = [str(text) for text in table["instruction"].dropna() if str(text).strip()]
    return list(dict.fromkeys(written))


def _columns(corpus: Corpus, state: RankState) -> dict[str, pd.Series]:
    names = grouping_columns(corpus.metadata)
    by_hand = state.labels.get(corpus.digest, {})
    options = [*names, BY_HAND]
    chosen = st.multiselect(
        "Label columns",
        options,
        names[:3] or [BY_HAND],
        key=f"rank columns {corpus.digest}",
        help=f"Each instruction is tied to the column that its objective names. “{BY_HAND}” are labels that you give "
        "here.",
    )
    columns = {name: corpus.metadata[name] for name in chosen if name != BY_HAND}
    if BY_HAND in chosen:
        by_hand = _label_by_hand(corpus, state)
        given = pd.Series([by_hand.get(row, "") for row in range(len(corpus))], dtype="string")
        count = int((given != "").sum())
        if count >= FEWEST_LABELS and given[given != ""].nunique() > 1:
            columns[BY_HAND] = given
        else:
            st.caption(f"{count} of at least {FEWEST_LABELS} texts labelled, with two classes or more.")
    return columns


def _label_by_hand(corpus: Corpus, state: RankState) -> dict[int, str]:
    """A random sample of texts, the same every time, with a field for a label beside each."""
    with st.expander("Label some texts", expanded=True):
        st.caption(
            "Type a label, press Enter, and the field below is next. The sample is random, so it speaks for all."
        )
        count = min(_SHOWN_BY_HAND, len(corpus))
        rows = np.random.default_rng(0).permutation(len(corpus))[:count].tolist()
        held = state.labels.setdefault(corpus.digest, {})
        start = f"labels at start {corpus.digest}"
        if start not in st.session_state:  # what the editor is given must not change while it is edited
            st.session_state[start] = [held.get(row, "") for row in rows]
        edited = st.data_editor(
            pd.DataFrame({"label": st.session_state[start], "text": [corpus.texts[row] for row in rows]}),
            hide_index=True,
            height=280,
            disabled=["text"],
            key=f"hand labels {corpus.digest}",
            column_config={"text": st.column_config.TextColumn("text", width="large")},
        )
        for row, label in zip(rows, edited["label"], strict=True):
            held[row] = "" if label is None else str(label).strip()
    return held


def _button(state: RankState, asked: RankRequest) -> None:
    job = state.job
    if job is not None and running(job):
        job_line(job, "rank", stop=job.cancel)
        return
    more = sum(len(paraphrases(text)) for text in asked.instructions) * len(asked.models) if asked.reword else 0
    runs = asked.wordings + more + 4 * len(asked.models)
    st.button(
        f"Rank {len(asked.instructions)} instructions on {len(asked.corpus):,} texts",
        type="primary",
        key="rank",
        on_click=state.start,
        args=(asked,),
        help=f"Embeds the texts up to {runs:,} times, controls counted in.",
    )
    outcome(job, "rank")
