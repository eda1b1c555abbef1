"""The public names of `core`: all there, cheap until used, and what the type checker takes them for."""

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import core


def typed() -> dict[str, tuple[str, str]]:
    """Public name to the module and the name that the type checker sees."""
    tree = ast.parse(Path(core.__file__).read_text("utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")
    return {
        alias.asname or alias.name: (str(node.module), alias.name)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def test_the_list_is_what_the_type_checker_sees():
    assert sorted(typed()) == sorted(core.__all__)
    assert set(core.__all__) <= set(dir(core))


@pytest.mark.parametrize("name", core.__all__)
def test_every_name_is_the_one_that_it_says(name):
    module, there = typed()[name]
    assert getattr(core, name) is getattr(import_module(module), there)


def test_a_name_that_is_not_there_is_refused():
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        core.nothing  # noqa: B018
    with pytest.raises(ImportError):
        exec("from core import nothing")


def test_importing_the_package_loads_nothing_of_it():
    code = "import sys, core; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path.cwd())
    modules = loaded.stdout.split()
    assert "core" in modules
    assert [name for name in modules if name.startswith("core.") or name in ("numpy", "pandas", "torch")] == []
