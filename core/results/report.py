"""A labelled run as one HTML page that opens anywhere: map, topics, how they came about, and what they can't tell."""

import json
from collections.abc import Sequence
from html import escape

import numpy as np
import plotly.graph_objects as go

from core.base.errors import InputError
from core.base.wording import counted, readable
from core.figures.map import PointGroup, map_figure
from core.figures.words import hover_text
from core.pipeline.topics.describe import Topic
from core.results.html import Report
from core.results.labelled import Labelled
from core.results.map_image import labels_on
from core.results.recipe import versions

# What a text shows when the pointer is on it: as much as fits a few lines, and less where there are many, so that the
# page stays under about 25 MB.
_HOVER, _HOVER_OF_MANY, _MANY = 300, 120, 20_000
_EXAMPLES = 3
_SMALL = 10  # texts
_MAP = (960, 640)  # pixels that the map has beside its legend in a window of 1440

_STYLE = """
body { max-width: 78rem; margin: 1.5rem auto 4rem; }
h1 { margin-bottom: 0.2rem; overflow-wrap: anywhere; }
.map { border: 1px solid #e2e4ee; border-radius: 0.6rem; overflow: hidden; margin: 1rem 0 0.4rem; }
.topics { display: grid; grid-template-columns: repeat(auto-fill, minmax(23rem, 1fr)); gap: 0.9rem; }
.topic { border: 1px solid #e2e4ee; border-left-width: 5px; border-radius: 0.5rem; padding: 0.7rem 0.9rem; }
.topic h3 { margin: 0; font-size: 1.02rem; overflow-wrap: anywhere; }
.topic p { margin: 0.45rem 0 0; font-size: 0.9rem; overflow-wrap: anywhere; white-space: pre-line; }
.topic .text { padding-left: 0.7rem; border-left: 2px solid #e2e4ee; }
.topic .note { background: #fff8e1; border-radius: 0.35rem; padding: 0.35rem 0.6rem; }
.words span { display: inline-block; background: #f0f1f7; border-radius: 0.3em; padding: 0 0.45em;
  margin: 0.35rem 0.3rem 0 0; font-size: 0.82rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.25rem 1.2rem; margin: 0; }
dt { color: #6b7080; } dd { margin: 0; overflow-wrap: anywhere; white-space: pre-wrap; }
button { font: inherit; padding: 0.35rem 0.9rem; border: 1px solid #c9cddd; border-radius: 0.45rem; background: #fff;
  cursor: pointer; }
@media print { .topic { break-inside: avoid; } button { display: none; } }
"""
_SAVE = """
document.getElementById("save").onclick = () => {
  const text = document.getElementById("recipe").textContent;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = "recipe.json";
  link.click();
};
"""


def report(done: Labelled) -> bytes:
    """The page, as UTF-8. It fetches nothing."""
    run = done.shown
    page = Report(readable(run.instruction).strip() or "No instruction", _STYLE)
    made = "topics named and sorted by hand" if done.edits or done.carried else "topics as they were computed"
    page.text(
        f"{readable(run.corpus.name)}: {counted(len(run.corpus), 'text')} in {counted(len(done.topics), 'topic')}, "
        f"by {run.embedding.space.model}; {made}.",
        quiet=True,
    )
    _map(page, done)
    _topics(page, done)
    _limits(page, done)
    _method(page, done)
    _recipe(page, done)
    return page.html().encode("utf-8", "replace")


def recipe_in(page: bytes) -> str:
    """The recipe that a report holds, as `core.results.recipe.read_recipe` reads it from a file.

    Raises
    ------
    InputError
        Where there is none.
    """
    start, end = b'<script type="application/json" id="recipe">', b"</script>"
    _, found, rest = page.partition(start)
    if not found:
        raise InputError("The page holds no recipe.")
    return rest.partition(end)[0].decode("utf-8")


def _map(page: Report, done: Labelled) -> None:
    groups = done.groups
    most = _HOVER if len(done.run.corpus) <= _MANY else _HOVER_OF_MANY
    figure, unlabelled = _figure(done, groups, most)
    with page.block("map"):
        page.figure(figure, {"displaylogo": False, "typesetMath": False, "scrollZoom": True, "responsive": True})
    longer = sum(len(text) > most for text in done.run.corpus.texts)
    said = "Point at a dot to read its text; click a topic in the legend to hide it, twice to see it alone."
    if unlabelled:
        said += f" The {unlabelled} smallest topics have no label, for want of room; the legend has all."
    if longer:
        said += (
            f" {counted(longer, 'text')} of {len(done.run.corpus):,} "
            f"{'is' if longer == 1 else 'are'} longer than the {most} characters that fit, and "
            f"{'ends' if longer == 1 else 'end'} in “…” there; the tables have all of them whole."
        )
    page.text(said, quiet=True)


def _figure(done: Labelled, groups: Sequence[PointGroup], most: int) -> tuple[go.Figure, int]:
    """The map, and how many topics found no room for their label."""
    run = done.shown
    figure = map_figure(run, groups, labelled=False)
    texts = [hover_text(text, most) for text in run.corpus.texts]
    for trace, group in zip(figure.data, groups, strict=True):
        name = escape(readable(group.name))
        trace.update(
            customdata=None,
            text=[texts[row] for row in group.rows],
            hoverinfo="text",
            name=f"{name} ({len(group.rows):,})",
            hovertemplate=f"<b>{name}</b><br>%{{text}}<extra></extra>",
        )
    labels, scale, middle = labels_on(run.layout.xy, groups, _MAP)
    spots = [(label.centre - np.array(_MAP) / 2) / scale + middle for label in labels]
    for label, (x, y) in zip(labels, spots, strict=True):  # lines first, so that none runs over a label
        figure.add_annotation(
            x=x,
            y=y,
            ax=label.shift[0],
            ay=-label.shift[1],
            text=" ",
            arrowhead=0,
            arrowwidth=1.2,
            arrowcolor=label.colour,
        )
    for label, (x, y) in zip(labels, spots, strict=True):
        figure.add_annotation(
            x=x,
            y=y,
            xshift=label.shift[0],
            yshift=label.shift[1],
            text=escape(label.text).replace("\n", "<br>"),
            showarrow=False,
            bordercolor=label.colour,
            borderpad=3,
            bgcolor="rgba(255, 255, 255, 0.92)",
            font={"size": label.points},
        )
    reach = np.array(_MAP) / 2 / scale
    figure.update_xaxes(range=[middle[0] - reach[0], middle[0] + reach[0]])
    figure.update_yaxes(range=[middle[1] - reach[1], middle[1] + reach[1]])
    figure.update_layout(
        height=_MAP[1],
        dragmode="pan",
        hoverlabel={"align": "left", "bgcolor": "#ffffff"},
        font={"family": "system-ui, sans-serif", "color": "#1d2030"},
        paper_bgcolor="#ffffff",
        plot_bgcolor="#ffffff",
    )
    return figure, sum(not group.noise for group in groups) - len(labels)


def _topics(page: Report, done: Labelled) -> None:
    page.heading("Topics")
    total = len(done.run.corpus)
    kept = [topic for topic in done.topics if not done.said(topic).junk]
    junk = [topic for topic in done.topics if done.said(topic).junk]
    alone, none = int(done.alone_aside.sum()), int((done.shown.clustering.labels < 0).sum())
    inside = sum(topic.size for topic in kept)
    said = [f"{inside:,} of {total:,} texts are in the {counted(len(kept), 'topic')} below"]
    if junk:
        said.append(f"{sum(topic.size for topic in junk):,} in {counted(len(junk), 'topic')} set aside as junk")
    if alone:
        said.append(f"{alone:,} set aside one by one")
    if none - alone:
        said.append(f"{none - alone:,} in no topic")
    page.text("; ".join(said) + ". Keywords and examples are of these texts; the most central come first.")
    with page.block("topics"):
        for topic in [*sorted(kept, key=lambda each: -each.size), *junk]:
            page.html_part(_card(done, topic, total))


def _card(done: Labelled, topic: Topic, total: int) -> str:
    said = done.said(topic)
    words = "".join(f"<span>{escape(readable(word))}</span>" for word, _ in topic.keywords)
    examples = [done.run.corpus.texts[row] for row in topic.representatives[:_EXAMPLES]]
    texts = "".join(f'<p class="text">{escape(readable(text))}</p>' for text in examples)
    note = f'<p class="note">{escape(readable(said.notes))}</p>' if said.notes else ""
    facts = [f"{counted(topic.size, 'text')}, {topic.size / total:.1%}", f"cohesion {topic.cohesion:.2f}"]
    facts += ["set aside as junk"] if said.junk else []
    facts += ["named by its keywords"] if said.origin == "automatic" else []
    return (
        f'<div class="topic" style="border-left-color:{done.colour(topic)}"><h3>{escape(readable(topic.name))}</h3>'
        f'<div class="quiet">{" · ".join(facts)}</div><div class="words">{words}</div>{note}{texts}</div>'
    )


def _limits(page: Report, done: Labelled) -> None:
    page.heading("What this can and can’t tell")
    margin = done.table["margin"].to_numpy(dtype=float)
    known = margin[~np.isnan(margin)]
    small = [topic for topic in done.topics if topic.size < _SMALL]
    where = "five dimensions" if done.run.settings.clusters.needs_reduction else "all dimensions of the embedding"
    page.text(
        f"Topics were formed in {where}, not on the map. On the map near texts tend to be alike, but the distance "
        "between two groups, their areas and the empty space between them mean nothing, and the axes have no unit."
    )
    if len(known):
        nearer, (tenth, half) = int((known < 0).sum()), np.quantile(known, [0.1, 0.5])
        page.text(
            "A text’s margin is by how much, in cosine, it is nearer to the centre of its own topic than to the "
            f"nearest other one. Of {len(known):,} texts in topics {nearer:,} are nearer to another topic than to "
            f"their own; a tenth have a margin under {tenth:.3f}, half of them under {half:.3f}. Those with the "
            "smallest stand between topics. Margins can’t be compared between models or instructions."
        )
    if small:
        page.text(
            f"{counted(len(small), 'topic')} {'has' if len(small) == 1 else 'have'} fewer than {_SMALL} texts. Their "
            "keywords and examples rest on little, and their shares may be chance."
        )
    page.text(
        "Another instruction groups the same texts by something else: these topics answer the one in the heading. "
        "Names are a summary, not a definition; read texts before counting on one. Texts that the model had to cut off "
        f"were judged by their beginning: {int(done.run.embedding.truncated.sum()):,} of {len(done.run.corpus):,}."
    )


def _method(page: Report, done: Labelled) -> None:
    page.heading("How it was made")
    run = done.run
    clusters, layout = run.settings.clusters, run.layout
    curve = run.clustering.silhouette_by_k
    on = f"a sample of {run.clustering.sampled:,} texts" if run.clustering.sampled else f"all {len(run.corpus):,} texts"
    tried = ", ".join(f"k={k}: {score:.3f}" for k, score in curve)
    silhouette = f"{tried} (on {on})" if curve else "not computed: k was given"
    if clusters.method == "hdbscan":
        silhouette = "not computed: HDBSCAN chooses the number of clusters by density"
    rows = {
        "instruction": run.instruction or "none",
        "model": run.embedding.space.model,
        "fingerprint": run.embedding.space.fingerprint,
        "dimension": str(run.embedding.space.dimension),
        "clustering": f"{clusters.spec()}: {run.clustering.k} clusters, {run.clustering.noise:,} texts in none",
        "mean silhouette": silhouette,
        "map": f"{layout.method.upper()}, {layout.epochs} rounds" + (", from a map before" if layout.warm else ""),
        "seeds": f"{clusters.seed} (clusters), {run.settings.layout.seed} (map)",
        "edits of the topics": f"{len(done.edits):,}",
        "stop words": run.language,
        "file": run.corpus.name,
        "column": run.corpus.text_column,
        "rows": " ".join(run.corpus.report.sentences()),
        "versions": ", ".join(f"{name} {version}" for name, version in versions().items()),
    }
    said = "".join(f"<dt>{escape(what)}</dt><dd>{escape(readable(value))}</dd>" for what, value in rows.items())
    page.html_part(f"<dl>{said}</dl>")


def _recipe(page: Report, done: Labelled) -> None:
    page.heading("Recipe")
    page.text(
        "This page holds everything that makes the result again, bit for bit, but the texts. Save it, and run "
        "“refract replay recipe.json FILE” with the file that the texts came from."
    )
    said = json.dumps(done.recipe).replace("<", "\\u003c")
    page.html_part(
        '<button id="save">Save recipe.json</button>'
        f'<script type="application/json" id="recipe">{said}</script><script>{_SAVE}</script>'
    )
