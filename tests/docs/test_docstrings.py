"""What a class documents is there. (That of functions is checked by ruff, with the rules of pydoclint.)"""

import ast
import re

from tests.support.imports import ROOT, sources

_FIELDS = re.compile(r"^(?:Parameters|Attributes)\n-+\n(.*?)(?=\n\n\w[\w ]*\n-+\n|\Z)", re.DOTALL | re.MULTILINE)


def documented(docstring: str) -> list[str]:
    """The names under ``Parameters`` or ``Attributes`` of a numpydoc docstring."""
    section = _FIELDS.search(docstring)
    entries = [line for line in section[1].splitlines() if line and not line[0].isspace()] if section else []
    return [name.strip(" *") for entry in entries for name in entry.split(" :")[0].split(",")]


def held(found: ast.ClassDef) -> set[str]:
    """The names that a class has: fields, methods, what it is made with, and what it keeps as ``self.name``."""
    names: set[str] = set()
    for node in ast.walk(found):
        if isinstance(node, ast.FunctionDef):
            names.add(node.name)
            if node.name == "__init__":
                names |= {argument.arg for argument in [*node.args.args, *node.args.kwonlyargs]}
        elif isinstance(node, ast.AnnAssign):
            names.add(ast.unparse(node.target).removeprefix("self."))
        elif isinstance(node, ast.Assign):
            names |= {ast.unparse(target).removeprefix("self.") for target in node.targets}
    return names


def gone(source: str) -> dict[str, list[str]]:
    """Classes of a module, with what they document and don't have."""
    classes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef)]
    wrong = {node.name: sorted(set(documented(ast.get_docstring(node) or "")) - held(node)) for node in classes}
    return {name: missing for name, missing in wrong.items() if missing}


def test_what_a_class_documents_is_there():
    found = {path.relative_to(ROOT).as_posix(): gone(path.read_text("utf-8")) for path in sources("core", "pages")}
    assert {name: classes for name, classes in found.items() if classes} == {}


def test_a_field_that_is_gone_would_be_found():
    fields = "    Parameters\n    ----------\n    a, b : two.\n    c : one.\n"
    code = f'class A:\n    """It.\n\n{fields}    """\n\n    a: int\n    c: int\n'
    assert gone(code) == {"A": ["b"]}
