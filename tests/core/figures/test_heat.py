"""Tables of numbers as figures."""

import numpy as np

from core.figures.heat import cosine_figure, heat_figure

VALUES = np.array([[1.0, 0.25, 0.5], [0.0, 0.75, 1.0]])


def test_the_words_stand_on_their_cells_in_the_colour_of_the_page():
    cells, words = heat_figure(VALUES, ["a", "b", "c"], ["x", "y"], "", 200).data
    assert words.textfont.color is None  # the theme's, light or dark
    for x, y, text in zip(words.x, words.y, words.text, strict=True):
        assert text == VALUES[y, x] == cells.z[y][x]
    assert len(words.text) == VALUES.size


def test_other_words_can_stand_on_them():
    words = heat_figure(VALUES, ["a", "b", "c"], ["x", "y"], "", 200, text=VALUES * 100, template="%{text:.0f}").data[1]
    assert words.text[1] == 25.0
    assert words.texttemplate == "%{text:.0f}"


def test_texts_that_are_the_same_have_rows_of_their_own():
    figure = cosine_figure(["same", "same"], np.eye(2, dtype=np.float32))
    assert figure.layout.yaxis.ticktext == ("same", "same")
    assert list(figure.layout.yaxis.tickvals) == [0, 1]
