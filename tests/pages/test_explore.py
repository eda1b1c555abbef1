"""The Explore page without a browser: what it shows, and what stays when something goes wrong."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.instructions.line import Line
from pages.shared.session import Session
from pages.shared.session import work as work_module
from tests.conftest import three_topics
from tests.pages.conftest import write, written

APP = str(Path(__file__).parents[2] / "app.py")
CSV = "\n".join(["comment,group", *(f'"{text}",{"ABC"[n % 3]}' for n, text in enumerate(three_topics()))]).encode()


def state(app: AppTest) -> Session:
    return app.session_state["refract"]


def settle(app: AppTest) -> AppTest:
    """Wait for the work under way and show its result."""
    for _ in range(3):
        job = state(app).work.job
        assert job is not None
        assert job.wait(600)
        app.run()
        if state(app).work.job is job:
            break
    assert not app.exception
    return app


def presets(app: AppTest):
    return next(each for each in app.pills if each.label == "Ready-made instructions")


def said(app: AppTest) -> str:
    return " ".join(element.value for element in [*app.caption, *app.error, *app.warning, *app.info, *app.markdown])


@pytest.fixture(autouse=True)
def _never_ask_first(monkeypatch):
    """On a busy machine a run may look slow enough to wait for a click."""
    monkeypatch.setattr(work_module, "LIVE_SECONDS", float("inf"))


@pytest.fixture
def app() -> AppTest:
    return settle(AppTest.from_file(APP, default_timeout=600).run())


def test_the_first_visit_maps_the_product_reviews(app):
    shown = state(app).picture.run
    assert shown is not None
    assert shown.settled
    assert len(shown.corpus) == 420
    assert "420 texts" in said(app)
    assert len(app.dataframe[0].value) == 420


def test_the_first_run_shows_that_it_is_at_work():
    app = AppTest.from_file(APP, default_timeout=600).run()
    assert not app.exception
    assert state(app).work.job is not None
    settle(app)


def test_every_topic_has_its_card(app):
    shown = state(app).picture.run
    buttons = [button for button in app.button if button.key and button.key.startswith("focus ")]
    assert len(buttons) == len(shown.topics)
    buttons[0].click()
    app.run()
    assert state(app).picture.focus == 0
    assert len(app.dataframe[0].value) == shown.topics[0].size


def test_a_file_is_mapped_as_soon_as_it_is_dropped(app):
    app.file_uploader(key="upload").upload("comments.csv", CSV, "text/csv")
    settle(app.run())
    shown = state(app).picture.run
    assert shown.corpus.name == "comments.csv"
    assert shown.corpus.text_column == "comment"
    assert list(shown.corpus.metadata.columns) == ["group"]
    assert "30 rows read, 30 texts kept" in said(app)


def test_the_text_column_can_be_changed(app):
    rows = [f'"{text}","note {n} on this"' for n, text in enumerate(three_topics())]
    app.file_uploader(key="upload").upload("two.csv", "\n".join(["comment,note", *rows]).encode(), "text/csv")
    settle(app.run())
    column = next(box for box in app.selectbox if box.label == "Text column")
    column.select("note")
    settle(app.run())
    assert state(app).picture.run.corpus.text_column == "note"


def test_a_wrong_choice_is_said_and_can_be_taken_back(app):
    rows = [f'"{text}",{n}' for n, text in enumerate(three_topics())]
    app.file_uploader(key="upload").upload("two.csv", "\n".join(["comment,number", *rows]).encode(), "text/csv")
    settle(app.run())
    next(box for box in app.selectbox if box.label == "Text column").select("number")
    app.run()
    assert "holds numbers" in said(app)
    assert state(app).picture.run.corpus.text_column == "comment"
    next(box for box in app.selectbox if box.label == "Text column").select("comment")
    app.run()
    assert not app.error


def test_a_wrong_encoding_is_said_and_can_be_taken_back(app):
    app.file_uploader(key="upload").upload("café.csv", CSV.replace(b"trip", "café".encode()), "text/csv")
    settle(app.run())
    app.text_input(key="café.csv|encoding").input("ascii")
    app.run()
    assert not app.exception
    assert app.error
    assert len(state(app).picture.run.corpus) == 30
    app.text_input(key="café.csv|encoding").input("")
    app.run()
    assert not app.error


@pytest.mark.parametrize(
    ("name", "data", "mentions"),
    [
        ("ragged.csv", b"text,n\none,1\ntwo,2,3\n", "ragged.csv"),
        ("empty.csv", b"", "0 bytes"),
        ("one.txt", b"just one text\n", "1 different text"),
        ("two.txt", b"one text\nanother text\n", "2 different texts"),
        ("same.csv", b"text\n" + b"the same words\n" * 40, "1 different text"),
        ("binary.txt", bytes(range(256)) * 20, "binary"),
    ],
)
def test_a_bad_file_is_said_and_the_corpus_stays(app, name, data, mentions):
    before = state(app).picture.run
    app.file_uploader(key="upload").upload(name, data, "text/plain")
    app.run()
    assert not app.exception
    assert mentions in " ".join(error.value for error in app.error)
    assert "Still shown: product_reviews.csv" in said(app)
    assert state(app).picture.run is before


def test_pasted_lines_become_a_corpus(app):
    app.text_area(key="pasted").input("\n".join(three_topics()))
    next(button for button in app.button if button.label == "Use these texts").click()
    settle(app.run())
    assert len(state(app).picture.run.corpus) == 30
    assert state(app).picture.run.corpus.name == "pasted lines"


def test_a_preset_changes_instruction_slots_and_map(app):
    before = state(app).picture.run
    presets(app).select("by sentiment")
    settle(app.run())
    after = state(app).picture.run
    assert written(app) == ("Represent the product review for clustering by sentiment: ")
    assert app.session_state["instruction"].line == Line("product review", "sentiment")
    assert after.instruction.endswith("by sentiment: ")
    assert after.layout.warm
    assert (after.layout.xy != before.layout.xy).any()


def test_the_line_writes_the_instruction_and_the_exact_text_is_used(app):
    held = app.session_state["instruction"]
    held.typed_line(held.seen + 1, Line("product review", "mood"))
    settle(app.run())
    assert state(app).picture.run.instruction == "Represent the product review for clustering by mood: "
    write(app, "  odd ;")
    settle(app.run())
    assert state(app).picture.run.instruction == "  odd ;"


def test_what_a_browser_still_says_of_the_presets_does_not_undo_typing(app):
    presets(app).select("by sentiment")
    settle(app.run())
    before = app._tree.get_widget_states()  # a browser sends them with the next letters, before it is told of the last
    held = app.session_state["instruction"]
    held.typed_line(held.seen + 1, Line("product review", "sentiment of the customer"))
    settle(app.run())
    settle(app._run(before))
    assert written(app) == "Represent the product review for clustering by sentiment of the customer: "


def test_lint_says_that_a_plain_model_follows_no_instruction(app):
    assert "was not trained on instructions" not in said(app)
    app.selectbox(key="model").select("all-MiniLM-L6-v2")
    settle(app.run())
    assert "was not trained on instructions" in said(app)


def test_an_over_long_instruction_is_refused_in_words_and_the_picture_stays(app):
    before = state(app).picture.run
    write(app, "word " * 400)
    settle(app.run())
    assert "400 tokens; refract-small reads 254" in " ".join(error.value for error in app.error)
    assert state(app).picture.run is before


def test_clusters_can_be_counted_or_dense(app):
    app.toggle(key="auto_k").set_value(False)
    app.run()
    app.slider(key="k").set_value(4)
    settle(app.run())
    assert state(app).picture.run.clustering.k == 4
    app.segmented_control(key="method").select("hdbscan")
    settle(app.run())
    assert state(app).picture.run.settings.clusters.method == "hdbscan"


def test_colours_stay_with_their_clusters(app):
    shown, slots = state(app).picture.run, state(app).picture.slots
    presets(app).select("no instruction")
    settle(app.run())
    again = state(app).picture.run
    kept = sum(
        slots[old] == state(app).picture.slots[new]
        for old, new in zip(shown.clustering.labels, again.clustering.labels, strict=True)
    )
    assert kept > 0.6 * len(shown.corpus)


def test_cancel_keeps_the_picture(app):
    before = state(app).picture.run
    presets(app).select("by complaint reason")
    app.run()
    job = state(app).work.job
    job.cancel()
    job.wait(600)
    app.run()
    assert not app.exception
    if job.result is None:
        assert state(app).picture.run is before
        assert "Stopped" in said(app)


def test_search_and_filter_list_what_matches(app):
    search = next(field for field in app.text_input if field.key and field.key.startswith("search"))
    search.input("backpack")
    app.run()
    listed = app.dataframe[0].value
    assert 0 < len(listed) < 420
    assert all("backpack" in text.lower() for text in listed["text"])


def test_a_costly_change_waits_for_a_click(app, monkeypatch):
    monkeypatch.setattr(work_module, "LIVE_SECONDS", 15.0)
    app.selectbox(key="model").select("all-MiniLM-L6-v2")
    settle(app.run())
    state(app).work.rates["all-MiniLM-L6-v2"] = 100.0  # tokens a second, of a slow machine
    before = state(app).picture.run
    write(app, "Represent the note: ")
    app.run()
    button = next(button for button in app.button if button.label.startswith("Embed 420 texts again"))
    assert state(app).picture.run is before
    button.click()
    settle(app.run())
    assert state(app).picture.run.instruction == "Represent the note: "


def test_topics_show_the_nearest_of_the_users_names_and_the_words_that_counted(app):
    presets(app).select("by sentiment")
    settle(app.run())
    app.text_input(key="candidate names").input("satisfied, angry, neutral question")
    app.run()
    cards = " ".join(element.proto.body for element in app.get("html"))
    assert cards.count("nearest of your names") == state(app).picture.run.clustering.k
    assert any(name in cards for name in ("<b>satisfied</b>", "<b>angry</b>"))
    assert "<mark" in cards
    app.text_input(key="candidate names").input(" , ")
    app.run()
    assert "nearest of your names" not in " ".join(element.proto.body for element in app.get("html"))


def test_the_line_says_whether_the_model_listened(app):
    def verdict() -> str:
        held = app.session_state["followed"]
        assert held.job.wait(600)
        app.run()
        return said(app)

    presets(app).select("by sentiment")
    settle(app.run())
    assert "**Followed**" in verdict()
    write(app, "Blorp the frindle zum for quaxing by morvish: ")
    settle(app.run())
    assert "**Not followed**" in verdict()
    presets(app).select("by product")
    settle(app.run())
    assert "**Already so**: the groups are by product" in verdict()
    presets(app).select("no instruction")
    settle(app.run())
    assert "ollowed**" not in said(app)
    assert "Already so" not in said(app)


def test_cards_show_the_shares_of_the_column_that_is_asked_for(app):
    presets(app).select("by sentiment")
    settle(app.run())
    box = next(each for each in app.selectbox if each.label == "Shares of")
    assert box.value == "sentiment"
    assert "match with sentiment" in said(app)
    assert 'class="rf-share-bar"' in " ".join(element.proto.body for element in app.get("html"))
    box.select("no column")
    app.run()
    assert 'class="rf-share-bar"' not in " ".join(element.proto.body for element in app.get("html"))


def test_what_a_browser_still_says_of_the_shares_does_not_undo_those_asked_for(app):
    before = [each for each in app._tree.get_widget_states().widgets if "shares" in each.id]
    assert before
    presets(app).select("by sentiment")
    settle(app.run())
    late = app._tree.get_widget_states()
    kept = [each for each in late.widgets if each.id not in {old.id for old in before}]
    settle(app._run(type(late)(widgets=[*kept, *before])))
    assert "match with sentiment" in said(app)


def test_an_own_file_is_offered_its_columns(app):
    app.file_uploader(key="upload").upload("comments.csv", CSV, "text/csv")
    settle(app.run())
    assert "by group" in presets(app).options
