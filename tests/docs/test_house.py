"""The order of the house: packages without cycles, folders and files of a size to read, names that mean one thing."""

import ast
from collections import defaultdict

from tests.support.imports import ROOT, cycles, package_imports, sources

LINES, MODULES = 400, 20
LONGER = {"training/instructions.py"}  # until its tables are data


def test_no_two_packages_import_each_other():
    graph = package_imports()
    assert len(graph) > 20
    assert cycles(graph) == []


def test_a_cycle_would_be_found():
    assert cycles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [{"a", "b", "c"}]


def test_no_folder_has_more_modules_than_one_can_look_over():
    folders = defaultdict(list)
    for path in sources("core", "pages", "training", "tests"):
        if path.name not in ("__init__.py", "conftest.py"):
            folders[str(path.parent.relative_to(ROOT))].append(path.name)
    assert {folder: len(names) for folder, names in folders.items() if len(names) > MODULES} == {}


def test_no_file_is_longer_than_one_can_read():
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text("utf-8").splitlines())
        for path in sources("core", "pages", "training", "tests")
    }
    assert {name: lines for name, lines in lengths.items() if lines > LINES and name not in LONGER} == {}


def test_the_exemptions_are_needed():
    for name in LONGER:
        assert len((ROOT / name).read_text("utf-8").splitlines()) > LINES, f"{name} needs no exemption any more"


def test_a_class_name_means_one_thing():
    where = defaultdict(list)
    for path in sources("core", "pages", "training"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                where[node.name].append(path.relative_to(ROOT).as_posix())
    assert {name: files for name, files in where.items() if len(files) > 1} == {}
