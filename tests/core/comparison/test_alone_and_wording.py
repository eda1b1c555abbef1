"""What stands alone under one instruction, and the short names of runs."""

from dataclasses import replace
from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.comparison.alone import alone
from core.comparison.consensus import consensus
from core.comparison.wording import differing, run_names
from core.pipeline.clustering.cluster import ClusterSettings
from core.pipeline.run import Settings, run


@given(st.integers(2, 4), st.data())
def test_pairs_alone_are_those_that_counting_finds(count: int, data: st.DataObject):
    size = data.draw(st.integers(2, 20))
    clusterings = [
        np.asarray(data.draw(st.lists(st.integers(-1, 3), min_size=size, max_size=size)), np.int32)
        for _ in range(count)
    ]
    found = alone(clusterings)
    for each in found:
        pairs = list(combinations(each.rows.tolist(), 2))
        others = [c for place, c in enumerate(clusterings) if place != each.run]
        only = [(i, j) for i, j in pairs if not any(c[i] == c[j] >= 0 for c in others)]
        assert (each.pairs, each.only) == (len(pairs), len(only))
        assert each.share == len(only) / len(pairs)
    for place, total in enumerate(consensus(clusterings).only):
        assert sum(each.only for each in found if each.run == place) == total
    assert [each.only for each in found] == sorted((each.only for each in found), reverse=True)


def test_instructions_lose_the_words_that_all_begin_with():
    first, second = "Represent the ticket for clustering by product: ", "Represent the ticket for clustering by tone: "
    assert differing([first, second]) == ("… by product", "… by tone")
    assert differing([first, second, ""]) == ("… by product", "… by tone", "")
    assert differing([first, first]) == ("Represent the ticket for clustering by product",) * 2
    assert differing(["by product", "by tone"]) == ("by product", "by tone")
    assert differing(["", ""]) == ("", "")
    begins = "Represent the ticket for clustering"
    assert differing([begins, begins + " by tone"]) == ("… clustering", "… clustering by tone")


@given(st.lists(st.text("ab c:"), min_size=2, max_size=4))
def test_short_names_end_as_the_instructions_do(instructions: list[str]):
    for short, whole in zip(differing(instructions), instructions, strict=True):
        assert " ".join(whole.split()).rstrip(" :;,.").endswith(short.removeprefix("… "))


def test_a_name_has_the_model_and_the_clusters_where_these_differ(small_corpus):
    settings = Settings(model="all-MiniLM-L6-v2", clusters=ClusterSettings(k=3))
    one = run(small_corpus, "", settings, lay_out=False)
    other = replace(one, settings=replace(one.settings, clusters=ClusterSettings(k=2)))
    assert run_names([one, one]) == ("no instruction", "no instruction")
    assert run_names([one, other]) == ("no instruction, kmeans:3", "no instruction, kmeans:2")
    third = replace(one, settings=replace(one.settings, model="another"))
    assert run_names([one, third]) == ("no instruction, all-MiniLM-L6-v2", "no instruction, another")
