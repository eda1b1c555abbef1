"""What is on show, saved as files by its user and opened again."""

import json

from playwright.sync_api import expect

from core.results.reimport import read_export
from tests.browser.conftest import SCREENSHOTS


def test_every_file_can_be_saved_and_tables_hold_all_texts(app, page, tmp_path):
    app.wait_for_map(420)
    page.get_by_role("button", name="Export").click()
    expect(page.get_by_role("button", name="JSON Lines")).to_be_visible()
    page.wait_for_timeout(500)
    page.screenshot(path=SCREENSHOTS / "export.png")
    for label, ending in [
        ("CSV", "csv"),
        ("Excel", "xlsx"),
        ("Parquet", "parquet"),
        ("JSON Lines", "jsonl"),
        ("PNG", "png"),
        ("SVG", "svg"),
        ("Report", "html"),
    ]:
        with page.expect_download() as begun:
            page.get_by_role("button", name=label, exact=True).click()
        assert begun.value.suggested_filename == f"product_reviews-topics.{ending}"
        begun.value.save_as(tmp_path / f"a.{ending}")
        assert (tmp_path / f"a.{ending}").stat().st_size > 10_000
    tables = [read_export(tmp_path / f"a.{ending}") for ending in ("csv", "xlsx", "parquet", "jsonl")]
    assert {len(table.texts) for table in tables} == {420}
    assert len({(table.ids, table.texts, table.topics) for table in tables}) == 1
    with page.expect_download() as begun:
        page.get_by_role("button", name="Recipe", exact=True).click()
    begun.value.save_as(tmp_path / "recipe.json")
    assert json.loads((tmp_path / "recipe.json").read_text())["corpus"]["texts"] == 420


def test_a_report_opens_offline_and_shows_a_text_under_the_pointer(app, page, browser, tmp_path):
    app.wait_for_map(420)
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as begun:
        page.get_by_role("button", name="Report", exact=True).click()
    begun.value.save_as(tmp_path / "report.html")
    context = browser.new_context(viewport={"width": 1440, "height": 900}, offline=True)
    report = context.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    report.on("request", lambda request: asked.append(request.url))
    report.on("pageerror", lambda error: complaints.append(str(error)))
    report.goto((tmp_path / "report.html").as_uri())
    labels = report.locator(".js-plotly-plot .annotation").filter(has_text="texts")
    expect(labels).to_have_count(report.locator(".topic").count())
    x, y = report.evaluate(
        """() => { const chart = document.querySelector(".js-plotly-plot"), trace = chart._fullData[0],
             layout = chart._fullLayout, box = chart.getBoundingClientRect();
             return [box.x + layout.xaxis.c2p(trace.x[0]) + layout.xaxis._offset,
                     box.y + layout.yaxis.c2p(trace.y[0]) + layout.yaxis._offset]; }"""
    )
    report.mouse.move(x, y)
    expect(report.locator(".hoverlayer .hovertext")).to_be_visible()
    report.screenshot(path=SCREENSHOTS / "report.png")
    with report.expect_download() as saved:
        report.get_by_role("button", name="Save recipe.json").click()
    saved.value.save_as(tmp_path / "recipe.json")
    assert json.loads((tmp_path / "recipe.json").read_text())["format"] == "refract recipe 1"
    context.close()
    assert [url for url in asked if not url.startswith(("file:", "blob:", "data:"))] == []
    assert not complaints
