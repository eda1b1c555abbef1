"""Tables of web pages, which many programs save under the name of a workbook."""

from html.parser import HTMLParser

from core.base.errors import InputError
from core.texts.readers.columns import assemble, infer
from core.texts.readers.header import header_decision, numbered, tell_rows
from core.texts.readers.table import Table


class _Tables(HTMLParser):
    """Collect the cells of every table, by rows."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self._cell: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self.tables[-1].append([])
        elif tag in {"td", "th"} and self.tables:
            if not self.tables[-1]:
                self.tables[-1].append([])
            self._end_cell()
            self._cell = []
        elif tag == "br" and self._cell is not None:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th", "tr", "table"}:
            self._end_cell()

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def _end_cell(self) -> None:
        if self._cell is not None and self.tables and self.tables[-1]:
            self.tables[-1][-1].append("".join(self._cell).strip())
        self._cell = None


def read(text: str, name: str, header: int | None = None) -> Table | None:
    """Read the table with the most cells; None where the page has none with rows."""
    parser = _Tables()
    parser.feed(text)
    parser.close()
    tables = [[row for row in table if any(row)] for table in parser.tables]
    most = max(tables, key=lambda table: sum(map(len, table)), default=[])
    if len(most) < 2:
        return None
    width = max(map(len, most))
    grid = tell_rows([(k, [*row, *[""] * (width - len(row))]) for k, row in enumerate(most, start=1)], header)
    if not grid.body:
        raise InputError(f"{name} has a header and no rows. Load a file with at least one row.")
    names = grid.names or numbered(width)
    columns, notes = [], list(grid.notes)
    for place in range(width):
        column, more = infer([cells[place] for _, cells in grid.body])
        columns.append(column)
        notes += more
    frame, named = assemble(names, columns)
    if len(tables) > 1:
        notes.append(f"The largest of {len(tables):,} tables was read.")
    return Table(
        frame,
        name,
        "HTML",
        notes=("It is a web page, whatever its name; its table was read.", *notes, *named),
        header=grid.line,
        set_aside=grid.set_aside,
        decisions=(header_decision(grid, "row"),),
    )
