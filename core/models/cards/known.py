"""The models that Refract knows by name."""

import tomllib
from pathlib import Path

from core.models.cards.card import from_family

CARDS = {
    name: from_family(name, **fields)
    for name, fields in tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8")).items()
}
