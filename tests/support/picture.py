"""``python -m tests.support.picture``: draws the rooms of the project into docs/architecture.md, from their imports."""

from tests.support.imports import EXCEPTION, ROOT, module_imports, reached

PAGE = ROOT / "docs" / "architecture.md"
BEGIN, END = "```mermaid\n", "```\n"


def rooms() -> dict[str, set[str]]:
    """Each room and those that it imports: ``pages``, ``training``, and the folders of ``core``."""
    graph: dict[str, set[str]] = {}
    for module, imported in module_imports().items():
        found = {_room(other) for other in imported if (module, other) != EXCEPTION}
        graph.setdefault(_room(module), set()).update(found - {_room(module), "core"})
    graph.pop("core", None)
    return graph


def drawn() -> str:
    """The picture in Mermaid: an arrow for an import that doesn't already follow from others."""
    graph = rooms()
    lines = ["flowchart TD"]
    lines += [f"    {room}" for room in sorted(graph)]
    for room in sorted(graph):
        through = {far for near in graph[room] for far in reached(graph, near)}
        lines += [f"    {room} --> {near}" for near in sorted(graph[room] - through)]
    return "\n".join(lines) + "\n"


def placed(page: str) -> str:
    """A page with the picture as it is now."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + BEGIN + drawn() + END + after


def _room(module: str) -> str:
    parts = module.split(".")
    return parts[1] if parts[0] == "core" and len(parts) > 1 else parts[0]


if __name__ == "__main__":
    PAGE.write_text(placed(PAGE.read_text("utf-8")), "utf-8")
