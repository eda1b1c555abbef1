"""Parquet, with the types that the file gives."""

from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from core.base.errors import InputError
from core.base.wording import counted
from core.texts.readers.columns import assemble, from_values, infer, text
from core.texts.readers.table import Table

_NULLABLE = {
    pa.bool_(): pd.BooleanDtype(),
    pa.int8(): pd.Int8Dtype(),
    pa.int16(): pd.Int16Dtype(),
    pa.int32(): pd.Int32Dtype(),
    pa.int64(): pd.Int64Dtype(),
    pa.uint8(): pd.UInt8Dtype(),
    pa.uint16(): pd.UInt16Dtype(),
    pa.uint32(): pd.UInt32Dtype(),
    pa.uint64(): pd.UInt64Dtype(),
}


def read(data: bytes, name: str) -> Table:
    """Read every column. Nested values become JSON; a damaged file or one without rows is an ``InputError``."""
    try:
        table = pq.ParquetFile(pa.BufferReader(data)).read()
        table.validate(full=True)
    except Exception as error:  # pyarrow raises its own errors, OSError and more
        raise InputError(f"{name} is a damaged or incomplete Parquet file. Export it again.") from error
    if not table.num_rows or not table.num_columns:
        raise InputError(f"{name} holds no rows. Load a file with at least one row.")
    columns, notes = [], []
    for column_name, values in zip(table.column_names, table.columns, strict=True):
        column, more = _column(column_name, values)
        columns.append(column)
        notes += more
    frame, named = assemble(table.column_names, columns)
    return Table(frame, name, "Parquet", notes=(*notes, *named))


def _column(name: str, values: Any) -> tuple["pd.Series[Any]", list[str]]:
    kind = values.type
    if isinstance(kind, pa.BaseExtensionType):
        return _column(name, pa.chunked_array([chunk.storage for chunk in values.chunks], kind.storage_type))
    if pa.types.is_dictionary(kind):
        return _column(name, values.cast(kind.value_type))
    if any(test(kind) for test in (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)):
        return text([value or "" for value in values.to_pylist()])
    if any(test(kind) for test in (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary)):
        return _binary(name, values.to_pylist())
    if pa.types.is_decimal(kind):
        return infer(["" if value is None else str(value) for value in values.to_pylist()])
    if pa.types.is_date(kind):
        return values.cast(pa.timestamp("ms")).to_pandas(), []
    if any(test(kind) for test in (pa.types.is_timestamp, pa.types.is_duration, pa.types.is_floating)):
        return values.to_pandas(), []
    if kind in _NULLABLE:
        return values.to_pandas(types_mapper=_NULLABLE.get if values.null_count else None), []
    return from_values(name, values.to_pylist())


def _binary(name: str, values: list[bytes | None]) -> tuple["pd.Series[Any]", list[str]]:
    """Read bytes as UTF-8 where all of them are, and else write them as hexadecimal digits."""
    filled = sum(value is not None for value in values)
    try:
        strings = [(value or b"").decode() for value in values]
        note = f'Column "{name}" holds bytes; {counted(filled, "value")} read as UTF-8.'
    except UnicodeDecodeError:
        strings = [(value or b"").hex() for value in values]
        note = f'Column "{name}" holds bytes; {counted(filled, "value")} written as hexadecimal digits.'
    column, more = text(strings)
    return column, [note, *more]
