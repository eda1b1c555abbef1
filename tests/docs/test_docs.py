"""The documents: the picture is that of the imports, and every link and path that they name is there."""

import re

import pytest

from tests.support.imports import ROOT
from tests.support.picture import PAGE, drawn, placed, rooms

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


def test_the_picture_is_that_of_the_imports():
    page = PAGE.read_text("utf-8")
    assert placed(page) == page, "python -m tests.support.picture draws it anew"


def test_every_room_is_told_of():
    page = PAGE.read_text("utf-8")
    assert {room for room in rooms() if f"| `{room}` |" not in page} == set()


def test_an_arrow_that_follows_from_others_is_left_out():
    assert "pages --> base" not in drawn()
    assert "texts --> base" in drawn()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document):
    links = re.findall(r"""(?:\]\(|src="|srcset=")([^)"#\s]+)[)"]""", document.read_text("utf-8"))
    gone = [link for link in links if "://" not in link and not (document.parent / link).exists()]
    assert gone == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_files_that_are_named_are_there(document):
    named = re.findall(r"`((?:core|pages|training|tests|docs|assets)/[\w./-]+)`", document.read_text("utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []
