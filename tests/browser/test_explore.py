"""The Explore page, used as its user would."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SCREENSHOTS, App
from tests.conftest import three_topics


def write_csv(path: Path) -> Path:
    rows = [f'"{text}",{"ABC"[number % 3]},{number}' for number, text in enumerate(three_topics())]
    path.write_text("\n".join(["comment,group,number", *rows]) + "\n", encoding="utf-8")
    return path


def shoot(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


def test_the_first_visit_shows_the_product_reviews_mapped(app: App):
    app.wait_for_map(420)
    assert len(app.places()) == 420
    assert sum(int(re.search(r"\(([\d,]+)\)$", entry)[1]) for entry in app.legend()) == 420
    expect(app.instruction()).to_have_value("Represent the product review for clustering by product: ")
    shoot(app.page, "mapped")


@pytest.mark.parametrize("page", ["dark"], indirect=True)
def test_the_dark_theme_reaches_the_map(app: App):
    app.wait_for_map(420)
    background = app.page.evaluate("document.querySelector('.js-plotly-plot')._fullLayout.paper_bgcolor")
    assert background in ("#12141c", "rgb(18, 20, 28)")
    shoot(app.page, "dark")


def test_a_dropped_file_is_mapped_without_a_click(app: App, tmp_path: Path):
    app.wait_for_map(420)
    app.upload(write_csv(tmp_path / "comments.csv"))
    app.wait_for_map(30)
    assert len(app.places()) == 30
    expect(app.page.get_by_text("Texts from the column comment").first).to_be_visible()
    shoot(app.page, "uploaded")


def test_another_instruction_moves_the_same_points(app: App):
    app.wait_for_map(420)
    before = app.places()
    app.preset("by sentiment")
    expect(app.instruction()).to_have_value(re.compile("by sentiment: $"))
    expect(app.page.get_by_text("Followed", exact=True)).to_be_visible(timeout=300_000)
    app.wait_for_map(420)
    after = app.places()
    assert set(after) == set(before)
    assert any(after[row] != before[row] for row in before)
    shoot(app.page, "instruction-changed")


def test_the_line_and_the_exact_string_stay_in_step(app: App):
    app.wait_for_map(420)
    text, by = app.instruction(), app.page.get_by_role("textbox", name="Group by")
    by.fill("mood")
    expect(text).to_have_value("Represent the product review for clustering by mood: ")
    text.fill("Represent the letter for clustering by tone: ")
    text.press("Enter")
    expect(by).to_have_value("tone")
    expect(app.page.get_by_role("textbox", name="Kind of text")).to_have_value("letter")


def test_the_map_follows_what_is_typed_and_the_last_one_wins(app: App):
    app.wait_for_map(420)
    before = app.places()
    by = app.page.get_by_role("textbox", name="Group by")
    by.click()
    by.press("Control+A")
    for letters in ("sent", "iment", " of the", " customer"):  # each followed by a pause in which it is sent
        by.press_sequentially(letters, delay=40)
        app.page.wait_for_timeout(600)
    expect(by).to_be_focused()
    expect(by).to_have_value("sentiment of the customer")
    expect(app.page.get_by_text("Followed", exact=True)).to_be_visible(timeout=300_000)
    app.wait_for_map(420)
    assert app.places() != before
    expect(app.instruction()).to_have_value(re.compile("by sentiment of the customer: $"))
    shoot(app.page, "typed")


def test_a_lasso_lists_its_texts_and_dims_the_rest(app: App):
    app.wait_for_map(420)
    app.drag_lasso()
    line = app.page.get_by_text(re.compile(r"\d+ of 420 texts in the selection"))
    expect(line).to_be_visible()
    count = int(re.match(r"\d+", line.inner_text())[0])
    assert 0 < count < 420
    assert len(app.places()) == 420, "a selection dims the rest, it never removes it"
    shoot(app.page, "lasso")
    app.page.keyboard.press("Escape")
    expect(app.page.get_by_text("All 420 texts")).to_be_visible()


def test_a_box_selects_and_the_selection_survives_a_new_instruction(app: App):
    app.wait_for_map(420)
    app.drag_box()
    line = app.page.get_by_text(re.compile(r"\d+ of 420 texts in the selection"))
    expect(line).to_be_visible()
    before = line.inner_text()
    app.preset("no instruction")
    app.wait_for_details("from the last map")
    app.wait_for_map(420)
    assert line.inner_text() == before


def test_hovering_shows_the_text_below_the_map(app: App):
    app.wait_for_map(420)
    spot = app.page.evaluate(
        """() => { const v = document.querySelector('.js-plotly-plot').closest('.map-view').mapView;
                   const r = v.ranges(), a = v.plotArea(), t = v.figure.traces[0];
                   const box = v.root.getBoundingClientRect();
                   return [box.x + a.left + (t.x[0] - r.x[0]) / (r.x[1] - r.x[0]) * a.width,
                           box.y + a.top + (1 - (t.y[0] - r.y[0]) / (r.y[1] - r.y[0])) * a.height]; }"""
    )
    app.page.mouse.move(spot[0] - 60, spot[1])
    app.page.mouse.move(*spot, steps=6)
    expect(app.page.locator(".rf-card:not(.rf-quiet)")).to_contain_text("sentiment:")


def test_search_dims_what_does_not_match(app: App):
    app.wait_for_map(420)
    app.page.get_by_placeholder("Search the texts").fill("backpack")
    expect(app.page.get_by_text(re.compile(r"\d+ of 420 texts match"))).to_be_visible()
    assert len(app.places()) == 420


def test_colours_can_follow_a_column(app: App):
    app.wait_for_map(420)
    app.page.get_by_role("combobox", name="Colour by").click()
    app.page.get_by_role("option", name="Colour by sentiment").click()
    expect(app.page.locator(".js-plotly-plot .legendtext", has_text="negative (168)")).to_be_visible()
    shoot(app.page, "coloured-by-sentiment")


def test_hdbscan_shows_its_noise(app: App):
    app.wait_for_map(420)
    app.preset("by complaint reason")  # by product every review is in a group
    expect(app.instruction()).to_have_value(re.compile("by complaint reason: $"))
    app.wait_for_map(420)
    app.page.get_by_text("Only clear groups", exact=True).click()
    app.wait_for_details("reduction")
    assert any(entry.startswith("noise (") for entry in app.legend())
    shoot(app.page, "hdbscan")


BAD_FILES = {
    "ragged.csv": b"text,n\none,1\ntwo,2,3\n",
    "empty.csv": b"",
    "one.csv": b"text\nonly one text here\n",
    "notes.csv": b"PK\x03\x04" + b"\0" * 60,
    "binary.txt": bytes(range(256)) * 30,
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_said_and_the_corpus_stays(app: App, tmp_path: Path, name: str):
    app.wait_for_map(420)
    (tmp_path / name).write_bytes(BAD_FILES[name])
    app.upload(tmp_path / name)
    expect(app.page.get_by_role("alert").filter(has_text=name)).to_be_visible()
    expect(app.page.get_by_text("Still shown: product_reviews.csv")).to_be_visible()
    assert len(app.places()) == 420
    if name == "ragged.csv":
        shoot(app.page, "error")


def test_a_file_over_the_limit_is_refused_and_the_corpus_stays(app: App, tmp_path: Path):
    app.wait_for_map(420)
    with (tmp_path / "big.csv").open("wb") as file:
        file.truncate(300 * 1024**2)
    app.upload(tmp_path / "big.csv")
    expect(app.page.get_by_text("File must be 200.0MB or smaller")).to_be_visible()
    assert len(app.places()) == 420


def test_two_sessions_do_not_disturb_each_other(app: App, browser, server: str):
    app.wait_for_map(420)
    other = browser.new_page()
    other.goto(server)
    second = App(other)
    second.wait_for_map(420)
    second.preset("by complaint reason")
    second.wait_for_details("from the last map")
    expect(app.instruction()).to_have_value(re.compile("by product: $"))
    other.close()


def test_a_deep_link_before_any_other_request_shows_the_whole_app(browser, server: str):
    page = browser.new_page()
    page.goto(f"{server}/explore")
    expect(App(page).instruction()).to_be_visible()
    page.close()


def test_words_that_counted_are_shaded_and_topics_take_the_users_names(app: App):
    app.wait_for_map(420)
    app.preset("by sentiment")
    app.wait_for_details("from the last map")
    names = app.page.get_by_role("textbox", name="Names to choose from")
    names.fill("satisfied, angry, neutral question")
    names.press("Enter")
    expect(app.page.get_by_text("nearest of your names").first).to_be_visible()
    expect(app.page.locator("mark").first).to_be_visible()
    app.page.wait_for_timeout(500)
    shoot(app.page, "names")
