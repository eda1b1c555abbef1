"""The texts that stay together under every instruction, and those that are together under one only."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.comparison.alone import Alone
from core.figures.comparison import LETTERS, recipe_colour
from pages.compare.maps import dot, short
from pages.compare.state import CompareState, Picked
from pages.shared.recipe_card import letter

_LISTED = 6
_EVERY = "#7f87aa"


def together(state: CompareState) -> None:
    """Pairs in one bar; groups under all on the left, clusters under one only on the right."""
    found, done = state.found, state.done
    assert done is not None
    consensus = found.consensus
    _pairs(state)
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(f"**Together under every instruction**: {_listed(len(consensus.groups), 'groups')}")
        for place, rows in enumerate(consensus.groups[:_LISTED]):
            where = " · ".join(dot(state, i, int(run.clustering.labels[rows[0]])) for i, run in enumerate(found.runs))
            _card(state, f"all {place}", rows, where, rows[:2], "together under every instruction")
    with right:
        own = [each for each in done.alone if each.only]
        st.markdown(f"**Together under one only**: {_listed(len(own), 'clusters')}")
        for place, each in enumerate(own[:_LISTED]):
            where = (
                f"{letter(each.run)} {dot(state, each.run, each.cluster)}: {each.share:.0%} of its {each.pairs:,} "
                f"pairs are together under {LETTERS[each.run]} only"
            )
            title = f"of a cluster that only {LETTERS[each.run]} makes"
            _card(state, f"alone {place}", each.rows, where, _apart(state, each), title)


def _pairs(state: CompareState) -> None:
    """All pairs that share a cluster somewhere, by where they do."""
    consensus = state.found.consensus
    ever = max(1, consensus.ever)
    rest = consensus.ever - consensus.together - sum(consensus.only)
    parts = [("under all", _EVERY, consensus.together)]
    parts += [(f"under {LETTERS[i]} only", recipe_colour(i), pairs) for i, pairs in enumerate(consensus.only)]
    if len(state.found.runs) > 2:
        parts.append(("under some", "rgba(127, 135, 170, 0.3)", rest))
    bar = "".join(f'<b style="width:{pairs / ever:.2%};background:{colour}"></b>' for _, colour, pairs in parts)
    key = "".join(
        f'<span><span class="rf-dot" style="background:{colour}"></span>{name} {pairs:,} ({pairs / ever:.0%})</span>'
        for name, colour, pairs in parts
    )
    st.html(
        f'<div class="rf-topic"><div>Of {consensus.ever:,} pairs of texts that share a cluster under some instruction, '
        f"over all {state.texts:,} texts:</div>"
        f'<div class="rf-meter rf-wide">{bar}</div><div class="rf-key">{key}</div></div>'
    )


def _listed(count: int, what: str) -> str:
    return f"the {_LISTED} largest of {count:,} {what}" if count > _LISTED else f"{count:,} {what}"


def _card(
    state: CompareState, key: str, rows: NDArray[np.int64], where: str, examples: NDArray[np.int64], title: str
) -> None:
    with st.container(border=True, gap="small"):
        corpus = state.found.runs[0].corpus
        texts = "".join(f"<p>{short(corpus.texts[row])}</p>" for row in examples.tolist())
        st.html(f'<div class="rf-topic"><div>{where}</div>{texts}</div>')
        st.button(
            f"Light these {len(rows):,} texts",
            key=f"light {key}",
            type="tertiary",
            on_click=state.pick,
            args=(Picked(rows, title),),
        )


def _apart(state: CompareState, each: Alone) -> NDArray[np.int64]:
    """Two texts of a cluster, of its two largest parts under another instruction where it has parts there."""
    other = next(place for place in range(len(state.found.runs)) if place != each.run)
    labels = state.found.runs[other].clustering.labels[each.rows]
    values, first, counts = np.unique(labels, return_index=True, return_counts=True)
    largest = np.lexsort((values, -counts))[:2]
    return each.rows[first[largest]]
