"""The Label page without a browser: suggestions, what is sent to a service, names that outlive a new instruction."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from core.results.downloads import export
from pages.label.state import LabelState
from tests.pages.conftest import write
from tests.pages.test_explore import APP, CSV, settle, state


def label(app: AppTest) -> LabelState:
    return app.session_state["labelling"]


def check(app: AppTest) -> AppTest:
    assert not app.exception, app.exception
    return app


def named(app: AppTest, text: str):
    """The text field of that label."""
    return next(field for field in [*app.text_input, *app.text_area] if field.label == text)


def button(app: AppTest, text: str):
    return next(each for each in app.button if each.label == text)


def to_label(app: AppTest) -> AppTest:
    app.switch_page("pages/label/page.py")
    return check(app.run())


@pytest.fixture
def app() -> AppTest:
    """The labels of thirty texts of three subjects."""
    app = AppTest.from_file(APP, default_timeout=600).run()
    app.file_uploader(key="upload").upload("mine.csv", CSV, "text/csv")
    app.run()
    settle(app)
    app.toggle(key="auto_k").set_value(False).run()
    app.slider(key="k").set_value(3).run()
    settle(app)
    return to_label(app)


def test_names_follow_the_texts_to_another_instruction(app):
    held = label(app)
    topic = held.view.run.topics[0]
    named(app, "Name").set_value("Mine").run()
    check(app)
    assert label(app).view.run.topics[0].name == "Mine"
    ids = {held.run.corpus.ids[row] for row in held.labels.members(held.view.topics[0].id)}
    app.switch_page("pages/explore/page.py").run()
    write(app, "Represent the sentence for clustering by topic: ").run()
    settle(app)
    to_label(app)
    carried = next(each for each in label(app).view.topics if each.name == "Mine")
    assert carried.origin == "carried"
    now = {held.run.corpus.ids[row] for row in label(app).labels.members(carried.id)}
    assert len(ids & now) / len(now) == pytest.approx(carried.share)
    assert any("1 label carried over" in info.value for info in app.info)
    assert topic.size == len(ids)


def test_the_nearest_of_the_users_names_is_offered_and_taken(app):
    named(app, "Names to choose from").set_value("fruit, tools, sights in a town").run()
    check(app)
    offered = {"fruit", "tools", "sights in a town"} & {each.label for each in app.button}
    assert len(offered) == 1
    name = offered.pop()
    button(app, name).click().run()
    assert label(check(app)).view.run.topics[0].name == name


def test_what_would_be_sent_is_shown_before_anything_is(app):
    assert not any(each.label.startswith("Send it") for each in app.button)
    named(app, "Address").set_value("http://127.0.0.1:9/v1").run()
    named(app, "Model").set_value("small").run()
    check(app)
    shown = json.loads(app.json[0].value)
    assert shown["model"] == "small"
    button(app, "Send it and ask for names").click().run()
    assert label(app).asking.wait(600)
    check(app.run())
    assert any("can't be reached" in error.value for error in app.error)


def test_a_topic_that_is_set_aside_is_counted_and_comes_back(app):
    button(app, "Set aside").click().run()
    view = label(check(app)).view
    assert view.junk == (2,)
    size = view.run.clustering.sizes[2]
    assert any(f"{size} set aside" in element.proto.body for element in app.get("html"))
    button(app, "Undo").click().run()
    assert label(check(app)).view.junk == ()


def test_no_text_in_a_topic_is_said(app):
    app.switch_page("pages/explore/page.py").run()
    app.segmented_control(key="method").set_value("hdbscan").run()
    settle(app)
    app.slider(key="min_size").set_value(15).run()
    settle(app)
    if state(app).picture.run.clustering.k:
        pytest.skip("there are clusters after all")
    to_label(app)
    assert any("No text is in a topic" in info.value for info in app.info)


def exported(app: AppTest, **names: str) -> bytes:
    """The table of the topics as they are, with topics renamed as somebody does in a spreadsheet."""
    held = label(app)
    table = export(held.labelled(held.look()), "csv").decode("utf-8-sig")
    for before, after in names.items():
        table = table.replace(before, after)
    return table.encode()


def to_import(app: AppTest):
    """The place for a table, in the panel that somebody has opened."""
    app.session_state["import labels"] = True
    check(app.run())
    return next(each for each in app.file_uploader if each.label.startswith("A table that was exported"))


def test_labels_of_a_table_are_taken_over_and_undone_in_one_step(app):
    before = label(app).view.run.topics[0].name
    table = exported(app, **{before: "Out of the spreadsheet"})
    to_import(app).upload("changed.csv", table, "text/csv")
    check(app.run())
    assert any("1 edit to make the topics those of the file" in caption.value for caption in app.caption)
    assert label(app).view.run.topics[0].name == before  # said before it is done
    button(app, "Take these topics over").click().run()
    assert label(check(app)).view.run.topics[0].name == "Out of the spreadsheet"
    assert any("changed.csv: 1 edit" in info.value for info in app.info)
    button(app, "Undo").click().run()
    assert label(check(app)).view.run.topics[0].name == before


def test_a_table_of_other_texts_is_refused_in_words(app):
    table = b"id,text,cluster,topic\n1,nothing of this,0,odd\n2,is here,0,odd\n"
    to_import(app).upload("other.csv", table, "text/csv")
    check(app.run())
    assert any("None of the table's texts are here" in error.value for error in app.error)
    assert not any(each.label == "Take these topics over" for each in app.button)
