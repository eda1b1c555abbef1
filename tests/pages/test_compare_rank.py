"""Compare and Rank without a browser: what they refuse, and labels given by hand."""

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import begin_at

ROOT = Path(__file__).parents[2]


@pytest.fixture
def app() -> AppTest:
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=600).run()


def check(app: AppTest) -> AppTest:
    assert not app.exception, app.exception
    return app


def test_the_same_recipe_twice_is_refused_in_words(app):
    app.switch_page("pages/compare/page.py")
    check(app.run())
    first, second = app.text_area
    second.input(first.value)
    check(app.run())
    assert "Two of these are the same" in " ".join(error.value for error in app.error)


def test_compare_shows_its_maps_once_they_are_there(app):
    app.switch_page("pages/compare/page.py")
    check(app.run())
    state = app.session_state["comparison"]
    assert state.job.wait(600)
    check(app.run())
    assert state.compared is not None
    assert len(state.compared.layouts) == 2
    assert state.compared.found.runs[0].instruction != state.compared.found.runs[1].instruction
    assert len(app.query_params["view"]) == 12


def test_labels_given_by_hand_can_be_ranked_against(app):
    app.switch_page("pages/rank/page.py")
    check(app.run())
    columns = next(each for each in app.multiselect if each.label == "Label columns")
    columns.set_value(["my labels"])
    check(app.run())
    said = " ".join(caption.value for caption in app.caption)
    assert "0 of at least 30 texts labelled" in said
    state = app.session_state["ranking"]
    corpus = app.session_state["refract"].texts.corpus
    truth = corpus.metadata["product"]
    rows = np.random.default_rng(0).permutation(len(corpus))[:60]
    del app.session_state[f"labels at start {corpus.digest}"]
    state.labels[corpus.digest] = {int(row): str(truth.iloc[row]) for row in rows}
    check(app.run())
    next(button for button in app.button if button.key == "rank").click()
    check(app.run())
    assert state.job.wait(600)
    check(app.run())
    assert state.found.columns == ("my labels",)
    assert state.found.ranked[0].scores["my labels"].texts == 60


def test_nothing_to_rank_is_said(app):
    app.switch_page("pages/rank/page.py")
    check(app.run())
    next(each for each in app.multiselect if each.label == "Models").set_value([])
    check(app.run())
    assert "At least one instruction, one model and one label column are needed." in [c.value for c in app.caption]


def test_pairs_of_texts_suggest_an_instruction(app):
    app.switch_page("pages/rank/page.py")
    check(app.run())
    state = app.session_state["ranking"]
    next(button for button in app.button if button.key == "rank").click()
    check(app.run())
    assert state.job.wait(600)
    check(app.run())
    corpus = state.shown.corpus
    product, mood = corpus.metadata["product"], corpus.metadata["sentiment"]
    first = corpus.metadata.index[0]
    same_product = product.index[(product == product[first]) & (mood != mood[first])][0]
    same_mood = product.index[(product != product[first]) & (mood == mood[first])][0]
    together, apart = (int(first), int(same_product)), (int(first), int(same_mood))
    state.suggest_from_pairs(together, apart, "customer", "support ticket")
    assert state.from_pairs.wait(600)
    assert state.from_pairs.result[0].chosen_on == 1
    app.segmented_control(key="rank further").set_value("Suggestions")
    check(app.run())
    assert "suggest pairs" in {button.key for button in app.button}


@pytest.mark.parametrize("first", ["", "rank"], ids=["begun at Explore", "begun at Rank"])
def test_the_best_instruction_of_the_ranking_stands_on_explore(first):
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=600)
    check(begin_at(app, first).run())
    app.switch_page("pages/rank/page.py")
    check(app.run())
    columns = next(each for each in app.multiselect if each.label == "Label columns")
    columns.set_value(["sentiment"])
    check(app.run())
    next(each for each in app.button if each.label.startswith("Rank ")).click()
    check(app.run())
    assert app.session_state["ranking"].job.wait(600)
    check(app.run())
    best = app.session_state["ranking"].found.best_first("sentiment")
    wanted = next(each for each in best if each.candidate.role == "instruction").candidate.recipe
    app.button(key="use sentiment").click()
    check(app.run())
    app.switch_page("pages/explore/page.py")
    check(app.run())
    assert app.session_state["instruction"].text == wanted.instruction
    assert app.selectbox(key="model").value == wanted.model
    assert app.session_state["refract"].work.asked.instruction == wanted.instruction
