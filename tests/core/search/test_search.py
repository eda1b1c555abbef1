"""Search against formulas written out, and against scikit-learn."""

import math
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics.pairwise import cosine_similarity

from core.base.errors import InputError
from core.models.registry import load_model
from core.search.meaning import as_on_the_map, cosines, mean_vector, query_vector, search_instructions
from core.search.rank import ranked
from core.search.words import matched, word_index, words

TEXTS = ["the router is dead", "the router, the router!", "a café in Paris", "", "12 routers", "猫が好きです", "Straße"]
vocabulary = st.lists(st.sampled_from(["one", "two", "three", "four"]), max_size=6).map(" ".join)


def bm25(texts: list[str], query: str, k1: float = 1.5, b: float = 0.75) -> list[float]:
    """As Lucene computes it, without its constant factor of k1 + 1."""
    documents = [text.split() for text in texts]
    mean = sum(map(len, documents)) / len(documents)
    scores = []
    for document in documents:
        score = 0.0
        for word in query.split():
            having, times = sum(word in each for each in documents), document.count(word)
            idf = math.log(1 + (len(documents) - having + 0.5) / (having + 0.5))
            score += idf * times / (times + k1 * (1 - b + b * len(document) / mean))
        scores.append(score)
    return scores


@settings(max_examples=60, deadline=None)
@given(st.lists(vocabulary, min_size=2, max_size=8).filter(any), vocabulary.filter(bool))
def test_scores_are_bm25(texts, query):
    np.testing.assert_allclose(word_index(texts).scores(query), bm25(texts, query), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("router", {0, 1}),
        ("ROUTER dead", {0, 1}),
        ("cafe", {2}),
        ("CAFÉ", {2}),
        ("猫", set()),
        ("猫が", {5}),
        ("strasse", {6}),
        ("12", {4}),
        ('"router is"', {0}),
        ('"is router"', set()),
        ("nothing such", set()),
        ("?!", set()),
        ("", set()),
        ('""', set()),
    ],
)
def test_what_is_found(query, rows):
    assert set(np.flatnonzero(word_index(TEXTS).scores(query))) == rows


def test_a_word_written_with_its_accents_counts_more():
    index = word_index(["café", "cafe", "tea", "tea"])
    with_accent, without = index.scores("café")[:2]
    assert with_accent > without > 0


def test_texts_without_any_word():
    assert word_index(["", "?!", "…"]).scores("router").tolist() == [0, 0, 0]


def test_a_progress_bar_that_hangs_elsewhere_stops_no_search():
    from tqdm import tqdm

    found = []
    with tqdm.get_lock():
        work = threading.Thread(target=lambda: found.append(word_index(TEXTS).scores("café").argmax()), daemon=True)
        work.start()
        work.join(30)
    assert found == [2]


def test_words_of_scripts_without_spaces_are_pairs():
    assert words("iPhoneの充電器") == ["iphone", "の充", "充電", "電器"]


def test_matched_words_stand_as_the_text_has_them():
    assert matched("The Café's router, the ROUTER", "router café's the") == ["The", "Café's", "router", "the", "ROUTER"]


def test_a_huge_query_is_no_trouble():
    assert word_index(TEXTS).scores("router " * 5000).argmax() == 1


def test_fusion_adds_reciprocal_ranks():
    by_words = np.array([0, 3, 1, 0], np.float32)
    by_meaning = np.array([0.9, 0.1, 0.5, 0.8], np.float32)
    found = ranked(by_words, by_meaning, np.ones(4, bool))
    wanted = {0: 1 / 61, 1: 1 / 64 + 1 / 61, 2: 1 / 63 + 1 / 62, 3: 1 / 62}
    assert found.rows.tolist() == sorted(wanted, key=lambda row: -wanted[row])
    np.testing.assert_allclose(found.scores, sorted(wanted.values(), reverse=True), rtol=1e-6)


def test_filters_hold_for_every_way():
    scores = np.array([3, 2, 1, 0], np.float32)
    keep = np.array([False, True, True, True])
    assert ranked(scores, None, keep).rows.tolist() == [1, 2]
    assert ranked(None, scores, keep).rows.tolist() == [1, 2, 3]
    assert set(ranked(scores, scores, keep).rows.tolist()) == {1, 2, 3}


def test_ties_stand_as_the_corpus_has_them():
    assert ranked(None, np.zeros(5, np.float32), np.ones(5, bool)).rows.tolist() == [0, 1, 2, 3, 4]


def test_meaning_is_the_cosine(done):
    model, instruction = load_model(done.settings.model), done.instruction
    query = query_vector(model, "something to eat", as_on_the_map(model.card, instruction).query)
    vectors = done.embedding.vectors
    np.testing.assert_allclose(cosines(vectors, query), cosine_similarity(vectors, query[None])[:, 0], atol=1e-5)
    best = ranked(None, cosines(vectors, query), np.ones(len(vectors), bool)).rows[:10]
    assert sum("breakfast" in done.corpus.texts[row] for row in best) >= 9


def test_like_several_is_near_their_middle(done):
    vectors = done.embedding.vectors
    found = mean_vector(vectors, (0, 3, 6))
    mean = vectors[[0, 3, 6]].mean(axis=0)
    np.testing.assert_allclose(found, mean / np.linalg.norm(mean), atol=1e-6)
    with pytest.raises(InputError, match="at least one"):
        mean_vector(vectors, ())


def test_an_empty_query_is_said():
    with pytest.raises(InputError, match="what to search for"):
        query_vector(load_model(), "  ", "")


def test_every_model_has_instructions_to_search_with():
    from core.models.cards.known import CARDS

    found = {name: search_instructions(card) for name, card in CARDS.items()}
    assert found["instructor-base"].query.startswith("Represent the question")
    assert found["instructor-base"].text.startswith("Represent the document")
    assert found["refract-small"].query == found["refract-small"].text == ""
    for name, card in CARDS.items():
        assert as_on_the_map(card, "by x: ").text == "by x: "
        assert as_on_the_map(card, "by x: ").query == ("" if name == "refract-small" else "by x: ")
