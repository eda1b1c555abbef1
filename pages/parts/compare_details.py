"""Below the maps: agreement with its noise floor, flows, the most moved texts, a morph, what stays together."""

from html import escape

import streamlit as st

from core.attention import word_weights
from core.colours import NOISE
from core.comparison.change import marking_words
from core.comparison.compare import Comparison
from core.comparison.figures import agreement_rows, cluster_colour, cluster_name, contingency_figure, flow_figure
from core.comparison.floor import SEEDS
from core.figures import point_size
from core.model_figures import LETTERS
from core.paraphrases import paraphrases
from core.topics import TermCounts, count_terms
from pages.parts.compare_maps import table
from pages.parts.compare_state import CompareState
from pages.parts.compare_view import flow_view, morph_view
from pages.parts.job_line import job_line
from pages.parts.session import shared_cache
from pages.parts.shaded import shaded

_SECTIONS = ["Agreement", "Flow", "Moved texts", "Morph", "Together"]
_SHOWN = 12  # moved texts that are shown as cards; the table has them all


def details(state: CompareState) -> None:
    """One section at a time, so that the page stays short."""
    section = st.segmented_control(
        "Details", _SECTIONS, default=_SECTIONS[0], required=True, key="comparing section", persist_state="session",
        label_visibility="collapsed",
    )  # fmt: skip
    {
        "Agreement": _agreement, "Flow": _flow, "Moved texts": _moved, "Morph": _morph, "Together": _together,
    }[section](state)  # fmt: skip


def _agreement(state: CompareState) -> None:
    assert state.compared is not None
    found = state.compared.found
    texts = len(found.runs[0].corpus)
    rows = agreement_rows(found, state.floors)
    for row in rows:
        row["agreement"] = round(row["agreement"], 2) + 0.0  # never -0.00
    st.dataframe(
        rows, hide_index=True, height=36 + 35 * len(rows) if len(rows) <= 10 else 390,
        column_config={
            "agreement": st.column_config.ProgressColumn("agreement", min_value=0, max_value=1, format="%.2f"),
            "noise floor": st.column_config.NumberColumn("noise floor", format="%.2f"),
            "pair": st.column_config.TextColumn("pair", width="small"),
        },
    )  # fmt: skip
    fit = ", ".join(
        f"{LETTERS[i]} → {LETTERS[j]}: homogeneity {found.homogeneity[i, j]:.2f}, "
        f"completeness {found.homogeneity[j, i]:.2f}"
        for i in range(len(found.runs))
        for j in range(i + 1, len(found.runs))
    )
    st.caption(
        f"On all {texts:,} texts; {found.k} neighbours a text. Noise counts as one more cluster. {fit}. "
        f"By chance, neighbours in common would be {found.figures['overlap'].by_chance or 0:.1%}."
    )
    _floor(state)


def _floor(state: CompareState) -> None:
    assert state.compared is not None
    found = state.compared.found
    if state.floors:
        st.caption(
            "The noise floor is how far each run agrees with itself: clustered under "
            f"{SEEDS} other seeds, and under {_wordings(found)} paraphrases of its instruction in all. Where two runs "
            "agree as well as that, there is no effect: nothing speaks of the instruction."
        )
        return
    job = state.floor_job
    if job is not None and job.state == "running":
        job_line(job, "floor", stop=job.cancel)
        return
    if job is not None and job.state == "failed":
        st.error(job.error or "", icon=":material/error:")
    seconds = _floor_seconds(found)
    st.button(
        f"Compute the noise floor: about {max(1, round(seconds)):,} s", key="floor", on_click=state.ask_floor,
        icon=":material/graphic_eq:",
        help="Clusters every run again under other seeds, and embeds and clusters it again in other words. Only what "
        "stands out from that is the instruction's doing.",
    )  # fmt: skip


def _wordings(found: Comparison) -> int:
    return sum(len(paraphrases(run.instruction)) for run in found.runs)


def _floor_seconds(found: Comparison) -> float:
    """From what the runs themselves took; a stage that was cached counts as it once was, unknown, as nothing."""
    total = 0.0
    for run in found.runs:
        took = {stage.name: stage.seconds for stage in run.stages if not stage.cached}
        clustering = took.get("clusters", 0.1) + took.get("topics", 0.1)
        total += SEEDS * clustering + len(paraphrases(run.instruction)) * (clustering + took.get("embedding", 0.1))
    return total


def _flow(state: CompareState) -> None:
    assert state.compared is not None
    found = state.compared.found
    st.caption("Each ribbon is a group of texts; click one to list them above and light them on the maps.")
    ribbon = flow_view(flow_figure(found), key=f"flows {'-'.join(run.digest for run in found.runs)}")
    if ribbon is not None and ribbon != st.session_state.get("ribbon told"):
        st.session_state["ribbon told"] = ribbon
        state.ribbon, state.selected = ribbon, None
        st.rerun()
    with st.expander("How many texts of each cluster are in each of the next"):
        for step in range(len(found.runs) - 1):
            st.markdown(f"**{LETTERS[step]} (rows) and {LETTERS[step + 1]} (columns)**")
            st.plotly_chart(
                contingency_figure(found, step), key=f"contingency {step}", config={"displayModeBar": False}
            )


def _moved(state: CompareState) -> None:
    assert state.compared is not None
    found = state.compared.found
    step = _step(found)
    change = found.changes[step]
    groups = found.moved(step)
    kept = float(change.kept.mean())
    st.caption(
        f"From {LETTERS[step]} to {LETTERS[step + 1]} a text keeps {kept:.0%} of its {found.k} nearest neighbours, "
        f"mean over {len(change.kept):,} texts. {sum(len(flow.rows) for flow in groups):,} texts left their cluster."
    )
    left, right = st.columns([1.6, 1], gap="large")
    with left:
        st.markdown("**The most moved texts**")
        counts = _counts(state)
        for row in change.order[:_SHOWN].tolist():
            with st.container(border=True):
                st.html(_moved_card(found, step, int(row), counts))
    with right:
        st.markdown("**Groups that left their cluster together**")
        for flow in groups[:_SHOWN]:
            with st.container(border=True):
                examples = "".join(f"<p>{escape(_short(found.runs[0].corpus.texts[row]))}</p>" for row in flow.rows[:2])
                st.html(
                    f'<div class="rf-topic"><b>{len(flow.rows):,} texts</b>: '
                    f"{_dot(found, step, flow.source)} → {_dot(found, step + 1, flow.target)}{examples}</div>"
                )
    with st.expander(f"All {len(change.order):,} texts, the most moved first"):
        frame = table(state, change.order)
        frame.insert(1, "neighbours kept", change.kept[change.order])
        frame.insert(2, "margin before", change.margin_before[change.order])
        frame.insert(3, "margin after", change.margin_after[change.order])
        st.dataframe(frame, hide_index=True, height=320)


def _moved_card(found: Comparison, step: int, row: int, counts: TermCounts) -> str:
    before, after = found.runs[step], found.runs[step + 1]
    corpus = after.corpus
    old, new = found.neighbours[step][row].tolist(), found.neighbours[step + 1][row].tolist()
    lost, gained = [n for n in old if n not in new], [n for n in new if n not in old]
    words = marking_words(counts, gained, lost) if lost and gained else ()
    marks = "".join(f"<span>{escape(word)} {here}:{there}</span>" for word, here, there in words)
    told = f'<div class="rf-quiet">words of the new neighbours against the old</div><div class="rf-words">{marks}</div>'
    return (
        f'<div class="rf-topic"><div>{shaded(corpus.texts[row], word_weights(after, row))}</div>'
        f'<div class="rf-quiet">{_dot(found, step, int(before.clustering.labels[row]))} → '
        f"{_dot(found, step + 1, int(after.clustering.labels[row]))} · keeps {len(old) - len(lost)} of {len(old)} "
        f"neighbours</div>"
        f'<div class="rf-quiet">nearest before</div><p>{escape(_short(corpus.texts[old[0]]))}</p>'
        f'<div class="rf-quiet">nearest after</div><p>{escape(_short(corpus.texts[new[0]]))}</p>'
        f"{told if marks else ''}</div>"
    )


def _morph(state: CompareState) -> None:
    assert state.compared is not None
    found, layouts = state.compared.found, state.compared.layouts
    step = _step(found)
    colours = [
        [cluster_colour(found, place, int(label)) for label in found.runs[place].clustering.labels]
        for place in (step, step + 1)
    ]
    if state.compared.kind == "shared":
        st.caption("Both maps are the same here. Choose aligned or independent maps above to see points travel.")
    morph_view(
        (layouts[step].xy, layouts[step + 1].xy), (colours[0], colours[1]),
        (f"{LETTERS[step]}: {_name(found, step)}", f"{LETTERS[step + 1]}: {_name(found, step + 1)}"),
        key=f"morph {step}", size=point_size(len(colours[0])),
    )  # fmt: skip


def _together(state: CompareState) -> None:
    assert state.compared is not None
    found = state.compared.found
    consensus, corpus = found.consensus, found.runs[0].corpus
    share = consensus.together / max(1, consensus.ever)
    alone = ", ".join(f"only under {LETTERS[i]} {pairs:,}" for i, pairs in enumerate(consensus.only))
    st.caption(
        f"Of {consensus.ever:,} pairs of texts that share a cluster under some instruction, {consensus.together:,} "
        f"({share:.0%}) share one under all; {alone}. Counted over all {len(corpus):,} texts."
    )
    st.markdown("**Groups that stay together under every instruction**")
    columns = st.columns(3)
    for place, rows in enumerate(consensus.groups[:_SHOWN]):
        with columns[place % 3].container(border=True):
            where = " · ".join(_dot(found, i, int(run.clustering.labels[rows[0]])) for i, run in enumerate(found.runs))
            texts = "".join(f"<p>{escape(_short(corpus.texts[row]))}</p>" for row in rows[:2])
            st.html(f'<div class="rf-topic"><b>{len(rows):,} texts</b><div class="rf-quiet">{where}</div>{texts}</div>')
    if len(consensus.groups) > _SHOWN:
        st.caption(f"The {_SHOWN} largest of {len(consensus.groups):,} groups.")


def _step(found: Comparison) -> int:
    """Which pair of neighbouring runs is looked at."""
    steps = list(range(len(found.runs) - 1))
    if len(steps) == 1:
        return 0
    return int(
        st.segmented_control(
            "From", steps, default=0, required=True, key="comparing step", label_visibility="collapsed",
            format_func=lambda step: f"{LETTERS[step]} to {LETTERS[step + 1]}",
        )
    )  # fmt: skip


def _counts(state: CompareState) -> TermCounts:
    assert state.compared is not None
    corpus = state.compared.found.runs[0].corpus
    return shared_cache().get(f"words in order {corpus.digest} {corpus.ids[0]}", lambda: count_terms(corpus.texts))[0]


def _dot(found: Comparison, run: int, cluster: int) -> str:
    colour = NOISE if cluster < 0 else cluster_colour(found, run, cluster)
    return f'<span class="rf-dot" style="background:{colour}"></span>{escape(cluster_name(found, run, cluster))}'


def _name(found: Comparison, run: int) -> str:
    return found.runs[run].instruction.strip() or f"{found.runs[run].settings.model}, no instruction"


def _short(text: str, limit: int = 140) -> str:
    return text if len(text) <= limit else text[:limit].rsplit(" ", 1)[0] + " …"
