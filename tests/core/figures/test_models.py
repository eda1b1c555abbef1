"""The figures of a comparison of models hold its numbers."""

import numpy as np
import pandas as pd
import pytest

from core.base.recipe import Recipe
from core.comparison.models import ModelComparison, compare
from core.figures import models
from tests.core.comparison.test_models import embedding, groups, noise


@pytest.fixture(scope="module")
def found() -> ModelComparison:
    vectors = {"a": groups(), "b": groups(spread=0.6), "c": noise()}
    kind = pd.Series([str(row % 5) for row in range(300)])
    return compare(300, [Recipe(name) for name in vectors], lambda r: embedding(vectors[r.model]), 5, {"kind": kind})


def test_every_pair_and_figure_has_its_cell_and_number(found):
    figure = models.agreement_figure(found, "#123456")
    assert list(figure.data[0].y) == ["A and B", "A and C", "B and C"]
    figures = (found.cka, found.overlap, found.ari, found.ami)
    np.testing.assert_allclose(figure.data[0].z[1], [each.values[0, 2] for each in figures])
    assert len(figure.layout.annotations) == 12
    assert {note.font.color for note in figure.layout.annotations} == {"#123456"}


def test_a_figure_that_there_is_none_of_is_said():
    vectors = {"a": groups(), "b": np.tile(groups()[:1], (300, 1)) + 1e-3 * noise()}
    found = compare(300, [Recipe(name) for name in vectors], lambda r: embedding(vectors[r.model]), 2)
    found.cka.values[0, 1] = np.nan
    assert models.agreement_figure(found).layout.annotations[0].text == "<b>none</b>"


def test_bars_hold_the_overlap_and_the_chance(found):
    figure = models.overlap_figure(found)
    assert list(figure.data[0].x) == [found.overlap.values[i, j] for i, j in ((0, 1), (0, 2), (1, 2))]
    assert figure.layout.shapes[0].x0 == pytest.approx(10 / 299)


def test_every_recipe_has_its_bar_for_every_column(found):
    figure = models.column_figure(found)
    assert [trace.name for trace in figure.data] == ["A", "B", "C"]
    assert [trace.y[0] for trace in figure.data] == list(found.columns[0].scores)


def test_backgrounds_are_the_pages(found):
    for figure in (models.agreement_figure(found), models.column_figure(found)):
        assert figure.layout.paper_bgcolor == figure.layout.plot_bgcolor == "rgba(0,0,0,0)"
