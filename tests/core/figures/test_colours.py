"""Clusters keep their colours from one picture to the next, as far as their texts stay together."""

import re
from itertools import permutations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from core.figures.colours import NOISE, PALETTE, colour, match_slots

Labels = NDArray[np.int32]


@st.composite
def pictures(draw: st.DrawFn, most: int = 5) -> tuple[Labels, int, Labels, tuple[int, ...]]:
    """Labels now, their k, labels before, and different slots for the clusters before."""
    n, k, k_before = draw(st.integers(1, 30)), draw(st.integers(1, most)), draw(st.integers(1, most))
    now = draw(arrays(np.int32, n, elements=st.integers(-1, k - 1)))
    before = draw(arrays(np.int32, n, elements=st.integers(-1, k_before - 1)))
    slots = draw(st.lists(st.integers(0, 12), min_size=k_before, max_size=k_before, unique=True))
    return now, k, before, tuple(slots)


def texts_that_keep_their_slot(now: Labels, new: tuple[int, ...], before: Labels, old: tuple[int, ...]) -> int:
    both = (now >= 0) & (before >= 0)
    return int((np.asarray(new)[now[both]] == np.asarray(old)[before[both]]).sum())


@settings(deadline=None)
@given(picture=pictures())
def test_slots_are_one_for_each_cluster_and_all_different(
    picture: tuple[Labels, int, Labels, tuple[int, ...]],
) -> None:
    now, k, before, slots = picture
    found = match_slots(now, k, before, slots)
    assert len(found) == len(set(found)) == k
    assert all(slot >= 0 for slot in found)


@settings(deadline=None)
@given(picture=pictures(most=4))
def test_no_other_matching_keeps_more_texts_in_their_colours(
    picture: tuple[Labels, int, Labels, tuple[int, ...]],
) -> None:
    now, k, before, slots = picture
    kept = texts_that_keep_their_slot(now, match_slots(now, k, before, slots), before, slots)
    unused = tuple(range(100, 100 + k))
    best = max(texts_that_keep_their_slot(now, new, before, slots) for new in permutations((*slots, *unused), k))
    assert kept == best


@settings(deadline=None)
@given(picture=pictures(), random=st.randoms(use_true_random=False))
def test_a_pure_relabelling_keeps_every_colour(
    picture: tuple[Labels, int, Labels, tuple[int, ...]], random: object
) -> None:
    _, _, before, slots = picture
    names = list(range(len(slots)))
    random.shuffle(names)  # type: ignore[attr-defined]
    now = np.where(before < 0, -1, np.asarray(names)[before]).astype(np.int32)
    new = match_slots(now, len(slots), before, slots)
    clustered = before >= 0
    np.testing.assert_array_equal(np.asarray(new)[now[clustered]], np.asarray(slots)[before[clustered]])


def labels(*values: int) -> Labels:
    return np.array(values, np.int32)


def test_the_first_picture_counts_up() -> None:
    assert match_slots(labels(0, 1, 2), 3) == (0, 1, 2)


def test_another_corpus_counts_up() -> None:
    assert match_slots(labels(0, 1), 2, labels(0, 0, 1), (5, 3)) == (0, 1)


def test_a_cluster_that_splits_keeps_its_colour_in_the_larger_part() -> None:
    before = labels(0, 0, 0, 0, 0, 1, 1, 1)
    now = labels(2, 2, 0, 0, 0, 1, 1, 1)
    assert match_slots(now, 3, before, (4, 7)) == (4, 7, 0)


def test_clusters_that_merge_keep_the_colour_of_the_larger() -> None:
    assert match_slots(labels(0, 0, 0, 1), 2, labels(0, 1, 1, 2), (4, 7, 2)) == (7, 2)


def test_a_cluster_of_other_texts_takes_the_first_free_slot() -> None:
    before, now = labels(0, 0, 1, -1, -1), labels(0, 0, -1, 1, 1)
    assert match_slots(now, 2, before, (0, 1)) == (0, 1)
    assert match_slots(now, 2, before, (1, 0)) == (1, 0)
    assert match_slots(now, 2, before, (3, 5)) == (3, 0)


def test_nothing_but_noise_has_no_slots() -> None:
    assert match_slots(labels(-1, -1), 0, labels(0, 1), (0, 1)) == ()
    assert match_slots(labels(0, 1), 2, labels(-1, -1), ()) == (0, 1)


def test_sixty_different_colours_and_then_round_again() -> None:
    assert len({colour(slot) for slot in range(60)}) == len(PALETTE) == 60
    assert all(re.fullmatch("#[0-9a-f]{6}", shade) for shade in PALETTE)
    assert colour(60) == colour(0)
    assert colour(-1) == NOISE not in PALETTE
