"""The Search page without a browser."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.test_explore import APP, CSV, settle


def check(app: AppTest) -> AppTest:
    assert not app.exception, app.exception
    return app


def ready(app: AppTest) -> AppTest:
    """Wait for what is indexed or embedded, and show it."""
    held = app.session_state["searching"]
    for job in (held.index, held.vectors):
        if job is not None:
            assert job.wait(600)
    app.run()
    return check(app)


def ask(app: AppTest, query: str) -> AppTest:
    app.text_input(key="searching for").set_value(query).run()
    return ready(app)


@pytest.fixture
def app() -> AppTest:
    app = AppTest.from_file(APP, default_timeout=600).run()
    app.file_uploader(key="upload").upload("mine.csv", CSV, "text/csv")
    settle(app.run())
    app.switch_page("pages/search/page.py")
    return check(app.run())


def test_words_find_what_has_them_and_say_what_does_not(app):
    app.segmented_control(key="searching by").set_value("words").run()
    ask(app, "hammer")
    found = app.dataframe[0].value
    assert found["text"].tolist() == ["The carpenter's hammer lies on the workbench"]
    assert found["words"].tolist() == ["hammer"]
    ask(app, "zeppelin")
    assert any("None of the 30 texts has these words" in info.value for info in app.info)
    assert len(app.dataframe) == 0


def test_meaning_ranks_every_text_and_says_how_many_are_shown(app):
    app.segmented_control(key="searching by").set_value("meaning").run()
    ask(app, "something sweet to eat")
    found = app.dataframe[0].value
    assert len(found) == 25
    assert found["text"].str.contains("breakfast").iloc[:8].all()
    assert any("The 25 best of 30 texts" in line.value for line in app.markdown)
    assert found["cosine"].is_monotonic_decreasing


def test_other_instructions_embed_the_texts_again(app):
    app.radio(key="searching with").set_value("as the model searches").run()
    ask(app, "hammer")
    assert app.dataframe[0].value["text"].iloc[0] == "The carpenter's hammer lies on the workbench"
    assert app.session_state["searching"].vectors is not None


def test_more_like_these_and_back(app):
    ask(app, "hammer")
    app.session_state["searching"].like = (1,)
    check(app.run())
    found = app.dataframe[0].value
    assert found["text"].str.contains("carpenter").iloc[:8].all()
    assert "The carpenter's hammer lies on the workbench" not in found["text"].tolist()
    next(button for button in app.button if button.label == "Back to the search").click().run()
    assert "hammer" in check(app).dataframe[0].value["text"].iloc[0]


@pytest.mark.parametrize("query", ["?!", '"', "a" * 30_000])
def test_odd_queries_break_nothing(app, query):
    ask(app, query)
    assert len(app.dataframe) == 1  # by meaning there is always something
