"""The packages of the project and what they import, read from the sources and not from what is installed."""

import ast
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[2]
TOPS = ("core", "pages", "training")
# `refract serve` starts the app: the one import that goes up.
EXCEPTION = ("core.cli.main", "pages.shared.server")


def sources(*tops: str) -> list[Path]:
    """Every Python file of these folders of the project."""
    return sorted(path for top in tops for path in (ROOT / top).rglob("*.py"))


def module_imports() -> dict[str, set[str]]:
    """Each module of the app, its computation and its training, and the modules of these that it imports.

    Imports inside functions count. Those for the type checker alone don't: they are never run.
    """
    files = {_name(path): path for path in sources(*TOPS)}
    return {module: set(_imported(module, path, files)) - {module} for module, path in files.items()}


def package_imports() -> dict[str, set[str]]:
    """Each folder of the app as a package, and the folders that its own modules import."""
    packages: dict[str, set[str]] = defaultdict(set)
    for module, imported in module_imports().items():
        here = _package(module)
        packages[here] |= {_package(other) for other in imported if (module, other) != EXCEPTION} - {here}
    return dict(packages)


def cycles(graph: dict[str, set[str]]) -> list[set[str]]:
    """Groups of nodes that reach each other."""
    reach = {node: reached(graph, node) for node in graph}
    found: list[set[str]] = []
    for node in sorted(graph):
        knot = {other for other in reach[node] if node in reach.get(other, ())}
        if knot and knot not in found:
            found.append(knot)
    return found


def reached(graph: dict[str, set[str]], start: str) -> set[str]:
    """The nodes that a node leads to."""
    seen: set[str] = set()
    waiting = list(graph[start])
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            waiting.extend(graph.get(node, ()))
    return seen


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _package(module: str) -> str:
    is_folder = (ROOT / module.replace(".", "/")).is_dir()
    return module if is_folder else module.rpartition(".")[0]


def _imported(module: str, path: Path, files: dict[str, Path]) -> Iterable[str]:
    for node in _run(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in files)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module} imports relatively"
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                if full in files:
                    yield full
                elif node.module in files:
                    yield str(node.module)


def _run(tree: ast.AST) -> Iterable[ast.AST]:
    """Every node but those under `if TYPE_CHECKING`."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        if not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"):
            waiting.extend(ast.iter_child_nodes(node))
