"""The instructions that were used are remembered exactly, the last one first."""

import pytest

from core.base.errors import InputError
from core.projects import projects
from core.projects.history import forget, pin, recent, remember

ODD = "  by tone; trailing space \0 “ü” 🌍 \ud800 "


def test_the_last_one_first_each_once_with_its_count(workspace):
    project, other = projects.create(workspace, "one"), projects.create(workspace, "other")
    for instruction, model in [("a", "m"), ("b", "m"), ("a", "m"), ("a", "n"), (ODD, "m"), ("a ", "m"), ("b", "m")]:
        remember(workspace, project, instruction, model)
    remember(workspace, other, "elsewhere", "m")
    found = [(used.instruction, used.model, used.times) for used in recent(workspace, project)]
    assert found == [("b", "m", 2), ("a ", "m", 1), (ODD, "m", 1), ("a", "n", 1), ("a", "m", 2)]


def test_pinned_ones_stay_on_top(workspace):
    project = projects.create(workspace, "one")
    for instruction in "abc":
        remember(workspace, project, instruction, "m")
    last = recent(workspace, project)[-1]
    pin(workspace, last.id, True)
    assert [used.instruction for used in recent(workspace, project)] == ["a", "c", "b"]
    assert recent(workspace, project)[0].pinned
    remember(workspace, project, "a", "m")
    assert recent(workspace, project)[0].pinned
    pin(workspace, last.id, False)
    assert [used.instruction for used in recent(workspace, project)] == ["a", "c", "b"]


def test_forgotten_ones_are_gone(workspace):
    project = projects.create(workspace, "one")
    remember(workspace, project, "a", "m")
    (used,) = recent(workspace, project)
    forget(workspace, used.id)
    forget(workspace, used.id)
    assert recent(workspace, project) == []
    with pytest.raises(InputError, match="deleted"):
        pin(workspace, used.id, True)


def test_a_project_that_is_gone_is_said(workspace):
    with pytest.raises(InputError, match="deleted"):
        remember(workspace, "0" * 32, "a", "m")
