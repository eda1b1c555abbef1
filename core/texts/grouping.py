"""Which columns of a file group its texts, and their values as they are compared everywhere."""

import pandas as pd

# A column of more values than this is a name or a number for each row, not a way to group the texts.
MOST_VALUES = 30


def grouping_columns(metadata: pd.DataFrame) -> tuple[str, ...]:
    """The columns that group texts: 2 to ``MOST_VALUES`` values, at most half as many as there are texts.

    Parameters
    ----------
    metadata : a row a text.
    """
    most = min(MOST_VALUES, len(metadata) // 2)
    return tuple(str(name) for name, values in metadata.items() if 2 <= known_values(values).nunique() <= most)


def known_values(values: pd.Series) -> pd.Series:
    """Values as strings, missing where the file has none or nothing but white space."""
    text = values.astype("string").str.strip()
    return text.mask(text == "")
