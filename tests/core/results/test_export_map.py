"""Pictures of the map: labels that none covers, the app's colours, the same bytes every time."""

import io
import xml.etree.ElementTree as ElementTree
from itertools import combinations

import matplotlib.colors
import numpy as np
import pytest
from matplotlib.image import imread

from core.base.errors import InputError
from core.figures.colours import NOISE, colour
from core.labelling.edits import Move, Recolour, SetAside
from core.labelling.labels import JUNK
from core.results.labelled import Labelled
from core.results.map_image import DARK, LIGHT, draw, labels_on, map_image
from tests.support.export_runs import labelled, made_up

SVG = "{http://www.w3.org/2000/svg}"


def boxes(figure, labels):
    """What labels cover with their grounds, in dots."""
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    return [label.get_bbox_patch().get_window_extent(renderer) for label in labels]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("size", [(1600, 1000), (1200, 1200)])
@pytest.mark.parametrize("spread", [0.02, 0.6])
def test_thirty_labels_on_a_crowded_map_do_not_overlap_nor_leave_the_picture(seed, size, spread):
    done = Labelled(made_up(900, 30, spread=spread, seed=seed))
    figure, labels = draw(done, size)
    assert len(labels) == 30
    found = boxes(figure, labels)
    for one, other in combinations(found, 2):
        assert min(one.x1, other.x1) <= max(one.x0, other.x0) or min(one.y1, other.y1) <= max(one.y0, other.y0)
    for box in found:
        assert box.x0 >= 0
        assert box.y0 >= 0
        assert box.x1 <= figure.bbox.x1
        assert box.y1 <= figure.bbox.y1


def test_every_label_has_its_topic_s_name_and_size_and_colour():
    run = made_up(60, 3, names=["one", "a rather long name that has to be broken into lines", "漢字"])
    done = labelled(run, Recolour("c0", "#118833"))
    _, labels = draw(done, (1600, 1000))
    said = {" ".join(label.get_text().split("\n")): label for label in labels}
    assert set(said) == {f"{topic.name} {topic.size} texts" for topic in done.topics}
    one = next(topic for topic in done.topics if topic.name == "one")
    edge = said[f"one {one.size} texts"].get_bbox_patch().get_edgecolor()
    assert matplotlib.colors.to_hex(edge) == "#118833"


def test_where_there_is_no_room_for_all_labels_the_picture_says_so():
    figure, labels = draw(Labelled(made_up(400, 100)), (400, 400))
    assert 0 < len(labels) < 100
    said = " ".join(text.get_text() for text in figure.axes[0].texts)
    assert f"Labels of the {len(labels)} largest of 100 topics" in said


def test_what_is_in_no_topic_or_set_aside_is_grey_and_drawn_first():
    run = made_up(90, 3)
    done = labelled(run, SetAside("c1", True), Move(run.corpus.ids[:4], JUNK))
    assert [group.name for group in done.groups[:2]] == ["in no topic", "set aside"]
    assert [group.colour for group in done.groups] == [NOISE, NOISE, NOISE, colour(0), colour(1)]
    figure, labels = draw(done, (800, 600))
    assert len(labels) == 2
    drawn = [points for points in figure.axes[0].collections if len(points.get_offsets()) > 1]
    assert [len(points.get_offsets()) for points in drawn] == [len(group.rows) for group in done.groups]
    said = " ".join(text.get_text() for text in figure.axes[0].texts)
    assert "4 texts set aside" in said
    assert "in 1 junk topic" in said


@pytest.mark.parametrize("format", ["png", "svg"])
def test_a_picture_is_the_same_every_time(format):
    done = Labelled(made_up(120, 5))
    assert map_image(done, format) == map_image(Labelled(made_up(120, 5)), format)


@pytest.mark.parametrize(("dark", "theme"), [(False, LIGHT), (True, DARK)])
def test_a_png_has_its_size_and_ground(dark, theme):
    pixels = imread(io.BytesIO(map_image(Labelled(made_up(60, 3)), "png", (800, 500), dark=dark)))
    assert pixels.shape[:2] == (1000, 1600)
    assert matplotlib.colors.to_hex(pixels[1, 1]) == theme.back


def test_an_svg_has_text_as_text_and_its_points_as_one_image():
    run = made_up(3000, 4, names=["<one> & $x$", "two", "three", "four"], instruction="Represent it by $price$: ")
    content = map_image(Labelled(run), "svg", (800, 500))
    root = ElementTree.fromstring(content)
    assert root.get("width") == "800pt"
    said = " ".join("".join(element.itertext()) for element in root.iter(f"{SVG}text"))
    for text in ("<one> & $x$", "two", "Represent it by $price$:", "3,000 texts"):
        assert text in said
    assert len(list(root.iter(f"{SVG}image"))) >= 1
    assert len(content) < 700_000


def test_a_png_says_which_characters_its_fonts_lack(recwarn):
    done = Labelled(made_up(60, 3, names=["漢字", "two", "three"]))
    figure, _ = draw(done, (800, 500))
    assert "No font here has the characters U+5B57, U+6F22" in " ".join(
        text.get_text() for text in figure.axes[0].texts
    )
    map_image(done, "png", (800, 500))
    assert not [str(warning.message) for warning in recwarn if "Glyph" in str(warning.message)]


def test_a_long_instruction_is_there_in_full():
    instruction = "Represent the customer support ticket for clustering by what went wrong, " * 8
    figure, labels = draw(Labelled(made_up(60, 3, instruction=instruction)), (1200, 800))
    title = figure.axes[0].texts[0]
    assert " ".join(title.get_text().split()) == instruction.strip()
    box = title.get_window_extent()
    assert box.x1 <= figure.bbox.x1
    assert all(box.y0 > label.y1 for label in boxes(figure, labels))


@pytest.mark.parametrize("size", [(100, 1000), (1600, 9000)])
def test_a_size_that_makes_no_picture_is_refused(size):
    with pytest.raises(InputError, match="can't be made"):
        map_image(Labelled(made_up(60, 3)), "png", size)


def test_a_map_of_one_place_and_one_without_topics_can_be_drawn():
    run = made_up(20, 1, noise=0)
    run.layout.xy[:] = 0
    assert map_image(Labelled(run), "png", (400, 400))
    run = made_up(20, 1, noise=0)
    assert map_image(labelled(run, Move(run.corpus.ids, "none")), "svg", (400, 400))


def test_labels_for_a_map_that_is_drawn_elsewhere_do_not_overlap():
    done = Labelled(made_up(600, 20))
    labels, scale, _ = labels_on(done.run.layout.xy, done.groups, (960, 640))
    assert scale > 0
    assert len(labels) == 20
    middles = np.array([label.centre + label.shift for label in labels])
    assert (middles > 0).all()
    assert (middles < (960, 640)).all()
    for one, other in combinations(middles, 2):
        assert abs(one[1] - other[1]) > 20 or abs(one[0] - other[0]) > 50
