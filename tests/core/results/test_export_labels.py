"""Labels made of an exported table: export, re-import, identical labels."""

import io
import json

import numpy as np
import pandas as pd
import pytest

from core.base.errors import InputError
from core.labelling.edited_run import edited
from core.labelling.edits import (
    Edit,
    Gather,
    Merge,
    Move,
    Note,
    Part,
    Recolour,
    Rename,
    SetAside,
    Split,
    edit_from_json,
)
from core.labelling.labels import JUNK, NONE, Labels
from core.results.downloads import TABLES, export
from core.results.labelled import Labelled
from core.results.reimport import labels_from_export, read_export
from tests.support.export_runs import labelled, labels_of, made_up

RUN = made_up(80, 6)
IDS = RUN.corpus.ids
MEMBERS = {number: [IDS[row] for row in np.flatnonzero(RUN.clustering.labels == number)] for number in range(6)}
EDITS: tuple[Edit, ...] = (
    Rename("c0", "=the first"),
    Merge(("c1", "c2"), "c1"),
    Rename("c1", "merged, of two"),
    Split("c3", (Part("t1", tuple(MEMBERS[3][:4]), "half"),)),
    Gather(Part("t2", (MEMBERS[4][0], MEMBERS[5][0]), "gathered 漢字")),
    SetAside("c4", True),
    Rename("c4", "set aside"),
    Move(tuple(MEMBERS[5][1:3]), JUNK),
    Move(tuple(MEMBERS[0][:2]), NONE),
    Recolour("c5", "#123456"),
    Note("c5", "kept"),
)


def meaning(labels: Labels, done: Labelled) -> list[tuple[str, bool, tuple[int, ...]]]:
    """Name, whether it is set aside, and texts of every topic, as they are shown."""
    view = edited(done.run, labels)
    found = [
        ("", True, tuple(labels.members(JUNK).tolist())),
        ("", False, tuple(labels.members(NONE).tolist())),
    ]
    for topic in view.run.topics:
        if topic.cluster >= 0 and view.topics[topic.cluster].id != JUNK:
            rows = tuple(np.flatnonzero(view.run.clustering.labels == topic.cluster).tolist())
            found.append((topic.name, view.topics[topic.cluster].junk, rows))
    return sorted(found)


def after(*edits: Edit) -> Labels:
    labels = labels_of(RUN)
    for edit in edits:
        labels = edit.apply(labels)
    return labels


@pytest.mark.parametrize("format", TABLES)
@pytest.mark.parametrize("onto", ["the run as it was", "the same labels", "other labels"])
def test_export_and_reimport_give_identical_labels(format, onto):
    done = labelled(RUN, *EDITS)
    start = {
        "the run as it was": labels_of(RUN),
        "the same labels": after(*EDITS),
        "other labels": after(Merge(("c0", "c5"), "c5"), Move(tuple(MEMBERS[2]), JUNK), Rename("c3", "other")),
    }[onto]
    found = labels_from_export(read_export(export(done, format), f"a.{format}"), start, edited(RUN, start))
    assert meaning(found.apply(start), done) == meaning(after(*EDITS), done)
    assert found.absent == 0
    if onto == "the same labels":
        assert found.edits == ()
        assert found.sentence().startswith("0 edits")


def test_colours_and_notes_stay_where_topics_stay():
    done = labelled(RUN, *EDITS)
    start = after(*EDITS)
    found = labels_from_export(read_export(export(done, "csv"), "a.csv"), start, edited(RUN, start))
    assert found.apply(start).same(start)


def test_a_run_that_nobody_has_edited_needs_no_edit():
    table = read_export(export(Labelled(RUN), "xlsx"), "a.xlsx")
    assert labels_from_export(table, labels_of(RUN)).edits == ()


def changed(change: dict[str, object], rows: list[int]) -> bytes:
    """The exported table as somebody changed it in a spreadsheet."""
    frame = pd.read_csv(io.BytesIO(export(Labelled(RUN), "csv")), dtype=str, keep_default_na=False)
    for column, value in change.items():
        frame.loc[rows, column] = value
    return frame.to_csv(index=False).encode()


def test_names_and_topics_changed_in_a_spreadsheet_are_taken_over():
    zero = [int(row) for row in np.flatnonzero(RUN.clustering.labels == 0)]
    labels = labels_of(RUN)
    found = labels_from_export(read_export(changed({"topic": "mine"}, zero), "a.csv"), labels)
    assert [edit.to_json() for edit in found.edits] == [{"edit": "rename", "topic": "c0", "name": "mine"}]
    moved = labels_from_export(read_export(changed({"cluster": "9", "topic": "new"}, zero[:3]), "a.csv"), labels)
    new = next(topic for topic in moved.apply(labels).shown if topic.name == "new")
    assert moved.apply(labels).members(new.id).tolist() == zero[:3]


def test_ids_that_a_spreadsheet_has_spoilt_are_told_from_the_texts():
    spoilt = read_export(changed({"id": "1.23E+15"}, list(range(80))), "a.csv")
    assert labels_from_export(spoilt, labels_of(RUN)).edits == ()


def test_texts_that_are_not_in_the_file_stay_where_they_are():
    frame = pd.read_csv(io.BytesIO(export(Labelled(RUN), "csv")), dtype=str, keep_default_na=False)
    found = labels_from_export(read_export(frame.iloc[10:].to_csv(index=False).encode(), "a.csv"), labels_of(RUN))
    assert found.absent == 10
    assert "10 texts not in the file stay where they are" in found.sentence()


def test_rows_with_texts_that_are_not_here_are_left_out_and_named():
    table = read_export(changed({"id": "0" * 16, "text": "another text"}, [3, 4]), "a.csv")
    found = labels_from_export(table, labels_of(RUN))
    assert (found.unmatched, found.absent, found.edits) == ((3, 4), 2, ())
    assert (
        "2 rows of the file with texts that are not here left out, counted without the header: 4, 5."
        in found.sentence()
    )


def test_a_file_is_taken_over_in_one_edit_that_keeps_its_meaning_as_json():
    start = after(Merge(("c0", "c5"), "c5"))
    done = labelled(RUN, *EDITS)
    one = labels_from_export(read_export(export(done, "csv"), "a.csv"), start, edited(RUN, start)).as_edit("a.csv")
    again = edit_from_json(json.loads(json.dumps(one.to_json())))
    assert again == one
    assert meaning(again.apply(start), done) == meaning(after(*EDITS), done)
    assert one.sentence(start).startswith("took over the topics of a.csv (")
    touched = one.footprint(start)
    assert touched.clashes(Move(tuple(MEMBERS[3]), NONE).footprint(start))
    assert touched.rows.tolist() == sorted(set(touched.rows.tolist()))


@pytest.mark.parametrize(
    ("change", "rows", "mentions"),
    [
        ({"topic": "odd"}, [int(np.flatnonzero(RUN.clustering.labels == 2)[0])], "Cluster 2 is called"),
        ({"aside": "true"}, [int(np.flatnonzero(RUN.clustering.labels == 2)[0])], "some of its rows only"),
        ({"id": "0" * 16, "text": "another text"}, list(range(80)), "None of the table's texts are here"),
        ({"id": IDS[0]}, [1], "twice"),
    ],
)
def test_what_can_not_be_told_is_refused(change, rows, mentions):
    with pytest.raises(InputError, match=mentions):
        labels_from_export(read_export(changed(change, rows), "a.csv"), labels_of(RUN))
