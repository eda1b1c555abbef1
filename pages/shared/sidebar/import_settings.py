"""The sidebar's part for how a file is read: what was found out, and how to have it otherwise."""

from dataclasses import replace
from typing import Literal

import streamlit as st

from core.base.wording import counted
from core.results.tables import left_out_csv
from core.texts import readers
from core.texts.corpus import RowReport, likely_text_columns
from core.texts.readers.table import DELIMITER_NAMES, Table
from pages.shared.session.texts import ReadingOptions, SessionTexts

_ROWS_NAMED = 5


def import_settings(texts: SessionTexts, name: str) -> ReadingOptions:
    """How a source is read: found out, and changeable. A sample needs no choices.

    Raises
    ------
    InputError
        Where the source can't be read as it was chosen; what was chosen stays changeable.
    """
    source = texts.sources.get(name)
    if source is None:
        return ReadingOptions()
    with st.expander("Import settings"):
        options = _of_table(texts, name, source.pasted is not None)
        table = texts.table(name, options)
        _found_out(name, table)
        column, duplicates, repair = _of_corpus(name, options, table)
    return replace(options, text_column=column, duplicates=duplicates, repair=repair)


def set_reading(name: str, options: ReadingOptions) -> None:
    """Make the sidebar stand at a way of reading a source."""
    held = st.session_state
    held[_column_key(name, options)] = options.text_column
    held[_key(name, "duplicates")], held[_key(name, "repair")] = options.duplicates, options.repair
    for option, value in options.of_file.items():
        if value is not None:
            held[_key(name, option)] = value


def offer_repair(name: str, report: RowReport) -> None:
    """One click that repairs garbled letters, where there are any."""
    if report.garbled:
        st.button(
            f"Repair {counted(report.garbled, 'text')}",
            type="tertiary",
            icon=":material/build:",
            on_click=_choose,
            args=(name, "repair", True),
        )


def _of_table(texts: SessionTexts, name: str, pasted: bool) -> ReadingOptions:
    """The choices that the table depends on; each is drawn before the file is read so: a wrong one stays changeable."""
    options = ReadingOptions(sheet=_held(name, "sheet"), encoding=_held(name, "encoding"))
    if first := texts.table(name, ReadingOptions()).encoding:
        st.text_input(
            "Encoding",
            key=_key(name, "encoding"),
            placeholder=first,
            persist_state="session",
            help="Such as utf-8, utf-16, cp1252, shift_jis. Empty: found out from the file.",
        )
    table = texts.table(name, options)
    if len(table.sheets) > 1:
        at = table.sheets.index(table.sheet or table.sheets[0])
        st.selectbox("Sheet", table.sheets, at, key=_key(name, "sheet"), persist_state="session")
    if table.unit and not pasted:
        st.segmented_control(
            "A text is a",
            [readers.TABLE, "line", "paragraph"],
            default=table.unit,
            key=_key(name, "unit"),
            persist_state="session",
            format_func=lambda unit: "cell of a table" if unit == readers.TABLE else unit,
        )
    options = replace(options, unit=_held(name, "unit") or table.unit)
    table = texts.table(name, options)
    if table.delimiter is not None:
        signs = list(dict.fromkeys([table.delimiter, *DELIMITER_NAMES]))
        sign = st.selectbox(
            "Cells are apart by",
            signs,
            key=_key(name, "delimiter"),
            persist_state="session",
            format_func=lambda each: DELIMITER_NAMES.get(each, each),
        )
        options = replace(options, delimiter=sign)
        table = texts.table(name, options)
    if table.header is not None:
        line = st.number_input(
            "Line with the columns' names",
            min_value=0,
            value=table.header,
            key=_key(name, "header"),
            persist_state="session",
            help="0: the file has no names, and its first line is a text like the others.",
        )
        options = replace(options, header=int(line))
    return options


def _found_out(name: str, table: Table) -> None:
    """Say what reading decided, with the runner-up in one click, and what it left out."""
    for decision in table.decisions:
        st.caption(f"{decision.option.capitalize()}: {decision.chosen}. {decision.why}")
        if decision.others and not decision.sure:
            other = decision.others[0]
            st.button(
                f"Not so: {other}",
                key=f"{name}|other {decision.option}",
                type="tertiary",
                icon=":material/swap_horiz:",
                on_click=_choose,
                args=(name, decision.option, decision.value(other)),
            )
    if table.set_aside:
        count = len(table.set_aside)
        lines = ", ".join(f"{row.line:,}" for row in table.set_aside[:_ROWS_NAMED])
        more = f" and {count - _ROWS_NAMED:,} more" if count > _ROWS_NAMED else ""
        st.caption(f"{counted(count, 'row')} left out: line {lines}{more}.")
        st.download_button(
            "Rows left out",
            lambda: left_out_csv(table.set_aside),
            f"{table.source} rows left out.csv",
            "text/csv",
            key=f"{name}|left out",
            on_click="ignore",
            type="tertiary",
            icon=":material/download:",
        )


def _choose(name: str, option: str, value: object) -> None:
    st.session_state[_key(name, option)] = value


def _of_corpus(name: str, options: ReadingOptions, table: Table) -> tuple[str, Literal["once", "all"], bool]:
    """The column of texts, what becomes of repeated texts, and whether garbled letters are repaired."""
    columns = list(table.frame.columns)
    likely = likely_text_columns(table.frame)
    column = st.selectbox(
        "Text column",
        columns,
        columns.index(likely[0]) if likely else 0,
        key=_column_key(name, options),
        persist_state="session",
    )
    duplicates: Literal["once", "all"] = st.radio(
        "Repeated texts",
        ["once", "all"],
        key=_key(name, "duplicates"),
        horizontal=True,
        persist_state="session",
        format_func={"once": "keep once, with count", "all": "keep all"}.__getitem__,
    )
    repair = st.toggle(
        "Repair garbled characters",
        key=_key(name, "repair"),
        persist_state="session",
        help="Mends text that was decoded wrongly, such as cafÃ© for café. What it changes is counted below.",
    )
    return column, duplicates, repair


def _key(name: str, option: str) -> str:
    return f"{name}|{option}"


def _column_key(name: str, options: ReadingOptions) -> str:
    """A table that is read otherwise has other columns to choose from."""
    return f"{name}|column {options.of_table}"


def _held(name: str, option: str) -> str | None:
    value = st.session_state.get(_key(name, option))
    return (value.strip() or None) if isinstance(value, str) else None
