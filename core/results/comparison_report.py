"""A comparison as one HTML file that opens anywhere."""

from collections.abc import Sequence

from core.comparison.change import neighbour_change
from core.comparison.compare import Comparison
from core.comparison.floor import Floor
from core.comparison.layouts import RunLayout
from core.comparison.recipes import Compared
from core.figures.comparison import (
    LETTERS,
    READABLE,
    agreement_rows,
    cluster_name,
    contingency_figure,
    flow_figure,
    maps_figure,
)
from core.pipeline.topics.describe import TermCounts, count_terms
from core.results.html import Report

_MOVED, _GROUPS = 30, 12  # that are shown; texts.csv and flows.csv have all


def report(compared: Compared, floors: Sequence[Floor]) -> Report:
    """The report of a comparison, with everything that was found; without floors there are no verdicts."""
    found = compared.found
    corpus = found.runs[0].corpus
    page = Report(f"Instructions compared on {corpus.name}")
    page.text(f"{len(corpus):,} texts. Figures are computed on embeddings and clusterings of all of them, not on maps.")
    page.table(
        ["", "model", "instruction", "clusters", "noise"],
        [
            [LETTERS[i], run.settings.model, run.instruction or "none", run.clustering.k, run.clustering.noise]
            for i, run in enumerate(found.runs)
        ],
    )
    _agreement(page, found, floors)
    _maps(page, compared)
    page.heading("Where texts go")
    page.figure(flow_figure(found))
    counts = count_terms(corpus.texts)
    for step in range(len(found.changes)):
        page.heading(f"{LETTERS[step]} (rows) and {LETTERS[step + 1]} (columns): how many texts are in both")
        page.figure(contingency_figure(found, step))
        _groups(page, found, step)
        _moved(page, found, step, counts)
    _together(page, found)
    return page


def _agreement(page: Report, found: Comparison, floors: Sequence[Floor]) -> None:
    page.heading("Agreement")
    rows = agreement_rows(found, floors)
    page.table(list(rows[0]), [list(row.values()) for row in rows])
    said = (
        "The noise floor is the least agreement of a run with itself under other seeds and paraphrases. No effect: two "
        "runs agree as well as that. "
        if floors
        else "The noise floor was left out, so nothing here is a verdict. "
    )
    fit = "; ".join(
        f"{LETTERS[i]} → {LETTERS[j]}: homogeneity {found.homogeneity[i, j]:.3f}, "
        f"completeness {found.homogeneity[j, i]:.3f}"
        for i in range(len(found.runs))
        for j in range(i + 1, len(found.runs))
    )
    page.text(f"{said}{found.k} neighbours a text, found exactly. Noise counts as one more cluster. {fit}.", quiet=True)
    if found.columns:
        page.heading("How well the clusters match the columns")
        page.table(
            ["column", "values", "texts", *LETTERS[: len(found.runs)]],
            [[each.column, each.values, each.texts, *each.scores] for each in found.columns],
        )
        page.text("V-measure: 1 is exactly, 0 not at all. Texts without a value are left out.", quiet=True)


def _maps(page: Report, compared: Compared) -> None:
    page.heading(f"Maps ({compared.kind})")
    page.figure(maps_figure(compared.found, compared.layouts))
    texts = len(compared.found.runs[0].corpus)
    beside = "" if texts <= READABLE else " The texts are in texts.csv; they are too many to stand beside the points."
    page.text(
        "Matched clusters have one colour; what has no match has its own, and noise is grey." + beside, quiet=True
    )
    page.table(
        ["", "trustworthiness", "for texts", "distance to the first map"],
        [[LETTERS[i], *_worth(layout, texts)] for i, layout in enumerate(compared.layouts)],
    )
    page.text(
        "Trustworthiness: how far neighbours on the map are neighbours in the embedding, 1 at most. Distance: root "
        "mean square over all texts, in units of the first map's spread.",
        quiet=True,
    )


def _worth(layout: RunLayout, texts: int) -> tuple[float, str, float]:
    on = f"all {texts:,}" if layout.trusted_on == texts else f"a sample of {layout.trusted_on:,} of {texts:,}"
    return layout.trustworthiness, on, layout.residual


def _groups(page: Report, found: Comparison, step: int) -> None:
    moved = found.moved(step)
    corpus, texts = found.runs[0].corpus, sum(len(flow.rows) for flow in moved)
    page.heading(f"Groups that left their cluster together, {LETTERS[step]} to {LETTERS[step + 1]}")
    page.text(
        f"{texts:,} of {len(corpus):,} texts, in {len(moved):,} groups"
        + (f"; the {_GROUPS} largest are here, all in flows.csv." if len(moved) > _GROUPS else ".")
    )
    if moved:
        page.table(
            ["texts", LETTERS[step], LETTERS[step + 1], "one of them"],
            [
                [
                    len(flow.rows),
                    cluster_name(found, step, flow.source),
                    cluster_name(found, step + 1, flow.target),
                    corpus.texts[int(flow.rows[0])],
                ]
                for flow in moved[:_GROUPS]
            ],
        )


def _moved(page: Report, found: Comparison, step: int, counts: TermCounts) -> None:
    corpus, change = found.runs[0].corpus, found.changes[step]
    before, after = LETTERS[step], LETTERS[step + 1]
    page.heading(f"The {min(_MOVED, len(corpus))} most moved of {len(corpus):,} texts, {before} to {after}")
    rows = []
    for row in change.order[:_MOVED].tolist():
        near = found.neighbours[step][row], found.neighbours[step + 1][row]
        became = neighbour_change(near[0], near[1], counts)
        words = ", ".join(f"{word} ({here}:{there})" for word, here, there in became.words)
        rows.append(
            [
                corpus.texts[row],
                *(
                    cluster_name(found, place, int(found.runs[place].clustering.labels[row]))
                    for place in (step, step + 1)
                ),
                f"{len(became.kept)} of {found.k}",
                *(corpus.texts[int(each[0])] if len(each) else "" for each in near),
                words,
            ]
        )
    page.table(
        [
            "text",
            before,
            after,
            "neighbours kept",
            f"nearest under {before}",
            f"nearest under {after}",
            "words of new neighbours (new:old)",
        ],
        rows,
    )


def _together(page: Report, found: Comparison) -> None:
    consensus, corpus = found.consensus, found.runs[0].corpus
    page.heading("What stays together")
    alone = ", ".join(f"under {LETTERS[i]} only {pairs:,}" for i, pairs in enumerate(consensus.only))
    page.text(
        f"Of {consensus.ever:,} pairs of texts that share a cluster under some instruction, {consensus.together:,} "
        f"share one under all; {alone}. Counted over all {len(corpus):,} texts. {len(consensus.groups):,} groups of "
        "two or more stay together under all"
        + (f"; the {_GROUPS} largest:" if len(consensus.groups) > _GROUPS else ".")
    )
    if consensus.groups:
        page.table(
            ["texts", *LETTERS[: len(found.runs)], "one of them"],
            [
                [
                    len(rows),
                    *(cluster_name(found, i, int(run.clustering.labels[rows[0]])) for i, run in enumerate(found.runs)),
                    corpus.texts[int(rows[0])],
                ]
                for rows in consensus.groups[:_GROUPS]
            ],
        )
