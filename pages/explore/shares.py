"""A column's shares in each topic, as bars on the topics' cards."""

from html import escape

import streamlit as st

from core.insight.columns import ColumnShares, asked_column, column_shares
from core.pipeline.run import Run
from core.texts.grouping import grouping_columns

_SHOWN = 3
_NONE = "no column"


def choose_shares(run: Run) -> ColumnShares | None:
    """Let the user choose the column whose shares the cards show; first the one that the instruction asks for."""
    columns = grouping_columns(run.corpus.metadata)
    if not columns:
        return None
    last = f"shares {run.corpus.digest}"
    # Another instruction has another box: a browser may still send what the old one said.
    key = f"{last} of {run.instruction}"
    if key not in st.session_state:
        asked = asked_column(run.corpus, run.instruction, columns)
        st.session_state[key] = asked or st.session_state.get(last, columns[0])
    options = [*columns, _NONE]
    chosen = st.selectbox(
        "Shares of",
        options,
        options.index(st.session_state[key]),
        key=key,
        format_func=lambda name: name if name == _NONE else f"shares of {name}",
        label_visibility="collapsed",
    )
    st.session_state[last] = chosen
    if chosen == _NONE:
        return None
    found = column_shares(run.corpus, run.clustering.labels, chosen)
    st.caption(
        f"match with {chosen}: {found.match:.0%}, over {found.known:,} rows",
        help="How well groups and column go together (v-measure): 100 % where each group holds one value and each "
        "value lies in one group, 0 % where they have nothing to do with each other.",
    )
    return found


def bars(found: ColumnShares, cluster: int) -> str:
    """HTML of a topic's shares: the largest by name, the others together."""
    shares = found.topics.get(cluster, ())
    if not shares:
        return f'<div class="rf-quiet">no row with a {escape(found.column)}</div>'
    lines = [_bar(each.value, each.share, each.rows) for each in shares[:_SHOWN]]
    rest = shares[_SHOWN:]
    if rest:
        lines.append(
            f'<div class="rf-quiet">{len(rest)} other values: {sum(each.share for each in rest):.0%}, '
            f"{sum(each.rows for each in rest):,} rows</div>"
        )
    return f'<div class="rf-shares">{"".join(lines)}</div>'


def _bar(value: str, share: float, rows: int) -> str:
    return (
        f'<div class="rf-share"><span class="rf-share-name" title="{escape(value)}">{escape(value)}</span>'
        f'<span class="rf-share-bar"><i style="width:{share:.1%}"></i></span>'
        f'<span class="rf-share-figure" title="{rows:,} rows">{share:.0%}</span></div>'
    )
