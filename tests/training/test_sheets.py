"""Texts written under many aspects: how they are asked for, how batches of them are drawn, what counts as hard."""

import json
import math
import random
from collections import Counter
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from training import instructions
from training.instructions import TextKind
from training.objective import HARD, contrast
from training.sheets import HELD_OUT_PHRASES, AspectSheet, read_sheets
from training.states import States
from training.tasks import Column, TaskSet

SHEET = {
    "text_types": ["customer message"],
    "domains": ["retail"],
    "aspects": {
        "urgency": {"phrases": ["how soon", "priority", "haste", "time left"], "values": {"low": ["can wait"]}}
    },
}


def read(tmp_path: Path) -> AspectSheet:
    (tmp_path / "support.aspects.json").write_text(json.dumps(SHEET), "utf-8")
    return read_sheets(tmp_path)["support"]


def test_a_sheet_names_aspects_and_answers_and_keeps_some_names_back(tmp_path: Path) -> None:
    sheet = read(tmp_path)
    assert sheet.aspects["urgency"].names == ("urgency", "how soon", "priority")
    assert sheet.held_out["urgency"] == ("haste", "time left")
    assert len(sheet.held_out["urgency"]) == HELD_OUT_PHRASES
    assert sheet.answers["urgency"] == {"low": ("low", "can wait")}
    assert TextKind("", "customer message") in sheet.kinds


def test_names_that_are_kept_back_stand_in_no_training_instruction(tmp_path: Path) -> None:
    sheet, rng = read(tmp_path), random.Random(0)
    asked = {instructions.phrase(sheet.aspects["urgency"], sheet.kinds, rng) for _ in range(2000)}
    assert any("priority" in each for each in asked)
    assert not [each for each in asked if "haste" in each or "time left" in each]


def column(aspect: str, codes: list[int]) -> Column:
    found = np.asarray(codes, np.int64)
    members = [np.flatnonzero(found == code) for code in range(found.max() + 1)]
    return Column(aspect, found, members, torch.zeros(len(members), 2), torch.zeros(1, 4))


def test_a_batch_is_balanced_over_the_other_aspect_too() -> None:
    # Of the texts of a mood nine in ten are about one product; in a batch the products are as many.
    mood = column("mood", [0] * 100 + [1] * 100)
    product = column("product", ([0] * 90 + [1] * 10) + ([1] * 90 + [0] * 10))
    states = States(np.zeros((200, 2), np.float16), np.arange(201), np.zeros((200, 2), np.float32))
    task = TaskSet("made", states, [mood, product], torch.zeros(1, 4))
    rows = task.draw_rows(mood, 40, random.Random(0), product)
    cells = Counter(zip(mood.codes[rows].tolist(), product.codes[rows].tolist(), strict=True))
    assert set(cells.values()) == {10}
    alone = task.draw_rows(mood, 40, random.Random(0))
    assert max(Counter(zip(mood.codes[alone].tolist(), product.codes[alone].tolist(), strict=True)).values()) > 14


def test_a_negative_that_is_alike_in_the_other_aspect_counts_more() -> None:
    vectors = F.normalize(torch.randn(4, 3, generator=torch.Generator().manual_seed(1)), dim=1)
    classes, beside = [0, 0, 1, 1], [0, 1, 0, 1]
    weights = [
        [HARD if classes[i] != classes[j] and beside[i] == beside[j] else 1.0 for j in range(4)] for i in range(4)
    ]
    scores = (vectors @ vectors.T / 0.5).tolist()
    expected = 0.0
    for i in range(4):
        everyone = sum(weights[i][j] * math.exp(scores[i][j]) for j in range(4) if j != i)
        (alike,) = [j for j in range(4) if j != i and classes[j] == classes[i]]
        expected -= math.log(math.exp(scores[i][alike]) / everyone) / 4
    found = contrast(vectors, torch.tensor(classes), 0.5, torch.tensor(beside))
    assert abs(float(found) - expected) < 1e-5
    unknown = contrast(vectors, torch.tensor(classes), 0.5, torch.full((4,), -1))
    torch.testing.assert_close(unknown, contrast(vectors, torch.tensor(classes), 0.5))
