"""The five steps of the Learn page. Each says one thing and lets it be tried."""

from collections.abc import Callable
from functools import partial
from html import escape
from typing import TypeVar

import pandas as pd
import streamlit as st

from core.base.cache import StageCache
from core.base.jobs import Job
from core.base.recipe import Recipe
from core.comparison.recipes import Comparer
from core.figures.comparison import cluster_colour
from core.figures.heat import cosine_figure
from core.figures.map import point_size
from core.instructions.lessons import MOODS_AND_THINGS, cosines, length_costs, pieces
from core.models.cards.card import FAMILIES, Family
from core.models.registry import DEFAULT_MODEL, load_model
from core.pipeline.clustering.cluster import ClusterSettings
from core.pipeline.embed import embed_corpus
from core.ranking.candidates import Candidate
from core.ranking.rank import Ranking, rank
from core.texts import corpus as corpora
from core.texts import readers, samples
from core.texts.corpus import Corpus
from pages.shared.compare_view import morph_view
from pages.shared.elements.job_line import outcome
from pages.shared.elements.shaded import shaded
from pages.shared.elements.words import visible
from pages.shared.session.held import held
from pages.shared.session.resources import shared_cache, shared_context

T = TypeVar("T")

_PLOT = {"displayModeBar": False}
_TICKETS = samples.sample("support tickets")
_PRODUCT, _SENTIMENT = (preset.instruction for preset in _TICKETS.presets[:2])


def same_texts() -> None:
    """Which texts are alike depends on what is asked."""
    st.markdown("### Which of these texts are alike?")
    st.write(
        "A model turns every text into a list of numbers, its *embedding*. Texts with similar numbers count as alike, "
        "and clusters are groups of texts that are alike. But alike in what? Two reviews can be about the same thing "
        "and feel opposite. The *instruction* says which likeness is meant. Change the texts and the instructions:"
    )
    written = st.text_area("Texts, one a line", "\n".join(MOODS_AND_THINGS), height=118, key="learn texts")
    texts = list(dict.fromkeys(line.strip() for line in written.splitlines() if line.strip()))
    if len(texts) < 2:
        st.warning("Write at least two texts.", icon=":material/edit:")
        return
    model = load_model(DEFAULT_MODEL)
    for column, label, first in zip(
        st.columns(2, gap="large"),
        ("Ask for one thing", "Ask for another"),
        (
            "Represent the product review for clustering by product: ",
            "Represent the product review for clustering by sentiment: ",
        ),
        strict=True,
    ):
        with column:
            instruction = st.text_input(label, first, key=f"learn {label}")
            st.plotly_chart(cosine_figure(texts, cosines(model, texts, instruction)), config=_PLOT, key=f"cos {label}")
    st.caption("Each cell is the cosine of two texts: 1 is the same, 0 nothing in common. Nothing here is prepared.")


def where_it_goes() -> None:
    """Before the text, or beside it."""
    st.markdown("### Where does the instruction go in?")
    text = st.text_input("A text", "The blender broke on the second day and nobody answers.", key="learn text")
    instruction = st.text_input(
        "An instruction", "Represent the customer review for clustering by complaint reason: ", key="learn instruction"
    )
    if not text.strip():
        st.warning("Write a text.", icon=":material/edit:")
        return
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("**Before every text** (INSTRUCTOR and its kin)")
        st.html(
            '<div class="rf-pieces">'
            + "".join(
                f'<span class="rf-{piece.role}">{escape(piece.text)}</span>' for piece in pieces(instruction, text)
            )
            + "</div>"
        )
        st.caption(
            "The model reads instruction and text as one row of tokens, so every word of the text can look at the "
            "instruction. Then the numbers of the text's own tokens (blue) are averaged; those of the instruction "
            "(outlined) are left out. Averaging them in is a common mistake: all texts then look alike."
        )
    with right:
        st.markdown("**Beside the text** (refract-small, built in)")
        model = load_model(DEFAULT_MODEL)
        words = model.attention(text, instruction) if instruction.strip() else []
        st.html(f'<div class="rf-card">{shaded(text, words)}</div>')
        st.caption(
            "A reader goes over the text once and keeps what it found. The instruction is then asked of that: it "
            "decides how much each word counts (shaded), and what is made of it. Another instruction takes "
            "milliseconds, since nothing is read again."
        )


def clusters_re_form() -> None:
    """The same points under two instructions."""
    st.markdown("### How clusters re-form")
    st.write(
        "These are 450 messages to the support of five products. Asked for the product, the model makes five groups; "
        "asked for the sentiment, the same messages gather anew. Move the slider: every point is one message."
    )
    job = _once(
        "learn clusters",
        lambda job: _comparer().compare(
            [Recipe(DEFAULT_MODEL, _PRODUCT), Recipe(DEFAULT_MODEL, _SENTIMENT)],
            ClusterSettings("kmeans"),
            "aligned",
            job.watch,
        ),
    )
    compared = outcome(job, "learn clusters", stop=False)
    if compared is None:
        return
    found = compared.found
    colours = [
        [cluster_colour(found, place, int(label)) for label in run.clustering.labels]
        for place, run in enumerate(found.runs)
    ]
    morph_view(
        (compared.layouts[0].xy, compared.layouts[1].xy),
        (colours[0], colours[1]),
        (_PRODUCT, _SENTIMENT),
        key="learn morph",
        size=point_size(len(colours[0])),
        height=430,
    )
    agree = float(found.figures["ari"].values[0, 1])
    st.caption(
        f"The two groupings of {len(found.runs[0].corpus):,} messages agree at an adjusted Rand index of {agree:.2f}; "
        "1 would be the same grouping, 0 no more than by chance. The Compare page shows which texts moved, and why."
    )


def pitfalls() -> None:
    """The wrong question, and the long one."""
    st.markdown("### What goes wrong")
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("**The instruction asks for something else**")
        st.write(
            "How well do five clusters match the product that each message is about? It depends on what was asked:"
        )
        ranking = outcome(_once("learn mismatch", _mismatch), "learn mismatch", stop=False)
        if ranking is not None:
            st.table(
                pd.DataFrame(
                    [
                        {
                            "asked for": each.candidate.recipe.instruction or "nothing",
                            "match (V-measure)": f"{each.scores['product'].v_measure:.2f}",
                        }
                        for each in ranking.ranked
                    ]
                ).set_index("asked for")
            )
            st.caption("Measured on all 450 messages just now. The Rank page does this for your own texts and labels.")
    with right:
        st.markdown("**The instruction is long**")
        st.write(
            "Where the instruction stands before every text, its tokens are computed again for each. Measured here, on "
            "the same 128 messages:"
        )
        costs = outcome(
            _once("learn length", lambda job: length_costs(_lengths(), _some_texts(), job.watch.quiet)),
            "learn length",
            stop=False,
        )
        if costs is not None:
            base = costs[0].seconds
            st.table(
                pd.DataFrame(
                    [
                        {
                            "instruction": visible(each.instruction) if each.instruction else "none",
                            "its tokens": each.instruction_tokens,
                            "all tokens": f"{each.tokens:,}",
                            "time": f"{each.seconds / base:.1f} times",
                        }
                        for each in costs
                    ]
                ).set_index("instruction")
            )
            st.caption(
                "all-MiniLM-L6-v2, best of three. With refract-small the instruction costs no text anything. Texts "
                "that no longer fit behind a long instruction are cut off; the Explore page says how many."
            )


def kinds_of_models() -> None:
    """Which models listen."""
    st.markdown("### Which models listen to instructions?")
    st.write(
        "Some models were trained to follow an instruction in free words. Others know a few fixed prefixes and nothing "
        "else. Plain ones know none: words put before a text still change its numbers, but not by their meaning."
    )
    rows = [
        {
            "family": family.title,
            "follows instructions": _listens(family),
            "before a text": visible(family.template.replace("{instruction}", "…")) if family.template else "nothing",
            "what that means": family.meaning,
        }
        for family in FAMILIES.values()
    ]
    st.table(pd.DataFrame(rows).set_index("family"))
    st.caption("The Models page loads them, and opens them side by side on your texts.")


STEPS = [
    ("1 Alike in what?", same_texts),
    ("2 Where it goes in", where_it_goes),
    ("3 Clusters re-form", clusters_re_form),
    ("4 What goes wrong", pitfalls),
    ("5 Which models listen", kinds_of_models),
]


def _listens(family: Family) -> str:
    if family.follows_instructions:
        return "yes"
    return "fixed prefixes" if family.prefixes else "no"


def _tickets() -> Corpus:
    cache: StageCache = shared_cache()
    return cache.get("learn tickets", lambda: corpora.build(readers.read(_TICKETS.path), _TICKETS.text_column))[0]


def _comparer() -> Comparer:
    return Comparer(_tickets(), shared_context())


def _mismatch(job: Job[Ranking]) -> Ranking:
    corpus = _tickets()
    listed = [Candidate(Recipe(DEFAULT_MODEL, text)) for text in (_PRODUCT, "", _SENTIMENT)]
    embed = partial(embed_corpus, corpus, context=shared_context(), watch=job.watch.quiet)
    columns = {"product": corpus.metadata["product"]}
    return rank(listed, columns, embed, reword=False, watch=job.watch)


def _lengths() -> list[str]:
    long = (
        "Represent the message that a customer has written to the support of a company for clustering by the product "
    )
    return ["", _PRODUCT, long + "that the message is about, whatever its tone, length, language and urgency may be: "]


def _some_texts() -> list[str]:
    return list(_tickets().texts[:128])


def _once(key: str, work: Callable[[Job[T]], T]) -> Job[T]:
    """A job that this session starts when the step is first looked at."""
    return held(key, lambda: Job(work))
