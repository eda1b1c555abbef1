"""The report: one page that fetches nothing, with everything that was found and how, and the recipe in it."""

import json
import re

import numpy as np
import pytest

from core.base.errors import InputError
from core.figures.words import hover_text
from core.labelling.edited_run import edited
from core.labelling.edits import Edit, Move, Note, Rename, SetAside
from core.labelling.labels import JUNK, Labels
from core.pipeline import run as pipeline
from core.pipeline.clustering.cluster import ClusterSettings
from core.pipeline.run import Settings
from core.results.labelled import Labelled
from core.results.recipe import read_recipe
from core.results.replay import replay
from core.results.report import recipe_in, report
from core.texts import corpus as corpora
from core.texts import readers
from tests.conftest import three_topics

BAD = "</script><script>alert(1)</script><b>bold</b> & $x$"


@pytest.fixture(scope="module")
def done() -> Labelled:
    texts = [*three_topics()[:-1], f"{BAD} I ate a ripe fig. {'It was sweet. ' * 40}"]
    rows = "\n".join(json.dumps({"comment": text}) for text in texts)
    corpus = corpora.build(readers.read(rows.encode(), "comments.jsonl"))
    run = pipeline.run(corpus, "Represent the sentence: ", Settings(clusters=ClusterSettings(k=3)))
    edits: tuple[Edit, ...] = (
        Rename("c0", BAD),
        Note("c0", f"what belongs here: {BAD}"),
        SetAside("c2", True),
        Move(run.corpus.ids[:2], JUNK),
    )
    labels = Labels.start(corpus.ids, run.clustering.labels, {t.cluster: t.name for t in run.topics})
    for edit in edits:
        labels = edit.apply(labels)
    return Labelled(run, edited(run, labels), edits=edits)


@pytest.fixture(scope="module")
def page(done) -> str:
    return report(done).decode("utf-8")


def written(page: str) -> str:
    """What is written on the page itself, without the chart library."""
    return re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)


def test_nothing_is_fetched(page):
    assert not re.search(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=", page.replace(written(page), ""))
    assert not re.search(r"\b(?:src|href)=|@import|url\(", written(page))


def test_texts_and_names_are_text_and_no_markup(page):
    assert "<script>alert(1)" not in page
    assert "<b>bold</b>" not in page
    assert "&lt;b&gt;bold&lt;/b&gt; &amp; $x$" in written(page)


def test_every_topic_is_there_with_name_size_keywords_texts_and_notes(page, done):
    shown = written(page)
    for topic in done.topics:
        assert f"{topic.size} texts, {topic.size / 30:.1%}" in shown
        for word, _ in topic.keywords:
            assert f"<span>{word}</span>" in shown
    assert "what belongs here:" in shown
    kept = [topic for topic in done.topics if not done.said(topic).junk]
    assert f"{sum(topic.size for topic in kept)} of 30 texts are in the 2 topics below" in shown
    assert "in 1 topic set aside as junk; 2 set aside one by one" in shown


def test_the_method_and_what_it_can_not_tell_are_said(page, done):
    shown = written(page)
    for said in ("Represent the sentence:", done.run.embedding.space.fingerprint, "kmeans:3", "torch ", "not computed"):
        assert said in shown
    assert "Topics were formed in all dimensions of the embedding, not on the map" in shown
    margin = done.table["margin"].to_numpy()
    known = margin[~np.isnan(margin)]
    assert f"Of {len(known)} texts in topics {int((known < 0).sum())} are nearer to another topic" in shown


def test_the_recipe_in_it_makes_the_same_again(page, done, tmp_path):
    path = tmp_path / "recipe.json"
    path.write_text(recipe_in(page.encode()), encoding="utf-8")
    assert replay(read_recipe(path), done.run.corpus).differs == ()


def test_a_page_without_a_recipe_is_said():
    with pytest.raises(InputError, match="no recipe"):
        recipe_in(b"<html></html>")


def test_what_the_hover_leaves_out_is_said(page):
    assert "1 text of 30 is longer than the 300 characters that fit" in written(page)


def test_a_hover_text_is_broken_into_lines_and_nothing_of_a_short_one_is_lost():
    text = "word " * 30 + "x" * 200 + "\nand <i>more</i>"
    shown = hover_text(text, 1000)
    assert all(len(line) <= 100 for line in shown.split("<br>"))
    assert shown.replace("<br>", "").replace(" ", "") == text.replace("<", "&lt;").replace(">", "&gt;").replace(
        "\n", ""
    ).replace(" ", "")
    assert hover_text(text, 20).endswith("…")


def test_of_a_run_that_nobody_has_edited(done):
    shown = written(report(Labelled(done.run)).decode())
    assert "topics as they were computed" in shown
    assert "30 of 30 texts are in the 3 topics below" in shown
