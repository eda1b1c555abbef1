"""Four corpora to try things on, and instructions to start from."""

from dataclasses import dataclass
from pathlib import Path

from core.base.errors import InputError
from core.base.home import ROOT

DIRECTORY = ROOT / "assets" / "samples"


@dataclass(frozen=True)
class Preset:
    """An instruction to start from.

    Parameters
    ----------
    label : what the user picks it by.
    instruction : the exact string; "" is the plain embedding.
    column : the sample's label column that holds the right answer to it, or "".
    """

    label: str
    instruction: str
    column: str = ""


@dataclass(frozen=True)
class Sample:
    """A corpus with label columns that are independent of one another: each is a different right way to group it.

    Parameters
    ----------
    name : what the user picks it by.
    file : the CSV in `DIRECTORY`.
    description : how many texts of what kind, and where they come from.
    what_you_see : two short sentences for somebody who looks at its map for the first time.
    presets : instructions to start from, without the plain embedding.
    text_column : the column of texts.
    """

    name: str
    file: str
    description: str
    what_you_see: str
    presets: tuple[Preset, ...]
    text_column: str = "text"

    @property
    def path(self) -> Path:
        """The CSV file."""
        return DIRECTORY / self.file

    @property
    def label_columns(self) -> tuple[str, ...]:
        """The columns that presets ask for."""
        return tuple(preset.column for preset in self.presets if preset.column)


PLAIN = Preset("no instruction", "")

# The app opens on the first.
SAMPLES = (
    Sample(
        name="product reviews",
        file="product_reviews.csv",
        description="420 reviews of seven everyday products, written for Refract; the buyers are invented.",
        what_you_see=(
            "Each point is what a buyer says about one of seven products. "
            "Group them by product or by sentiment: the same reviews form different groups."
        ),
        presets=(
            Preset("by product", "Represent the product review for clustering by product: ", "product"),
            Preset("by sentiment", "Represent the product review for clustering by sentiment: ", "sentiment"),
            Preset(
                "by complaint reason", "Represent the product review for clustering by complaint reason: ", "aspect"
            ),
        ),
    ),
    Sample(
        name="support tickets",
        file="support_tickets.csv",
        description="450 messages to the support of five products, written for Refract; the customers are invented.",
        what_you_see=(
            "Each point is a message to a support desk, about one of five products. "
            "Group them by product, by how the customer feels, or by how soon help is needed."
        ),
        presets=(
            Preset("by product", "Represent the customer support ticket for clustering by product: ", "product"),
            Preset("by sentiment", "Represent the customer support ticket for clustering by sentiment: ", "sentiment"),
            Preset("by urgency", "Represent the customer support ticket for clustering by urgency: ", "urgency"),
            Preset("by problem", "Represent the customer support ticket for clustering by kind of problem: "),
            Preset("by request", "Represent the customer support ticket for clustering by what the customer wants: "),
            Preset("by writing style", "Represent the customer support ticket for clustering by writing style: "),
        ),
    ),
    Sample(
        name="ad copy",
        file="ad_copy.csv",
        description="480 advertisements in four tones, written for Refract; the brands are invented.",
        what_you_see=(
            "Each point is a short advertisement. "
            "Group them by what is sold, by the tone, or by what the reader is asked to do."
        ),
        presets=(
            Preset("by category", "Represent the ad copy for clustering by product category: ", "category"),
            Preset("by tone", "Represent the ad copy for clustering by tone of voice: ", "tone"),
            Preset("by call to action", "Represent the ad copy for clustering by call to action: ", "call_to_action"),
            Preset("by benefit", "Represent the ad copy for clustering by promised benefit: "),
            Preset("by audience", "Represent the ad copy for clustering by target audience: "),
        ),
    ),
    Sample(
        name="contract clauses",
        file="contract_clauses.csv",
        description="432 clauses from contracts of many trades, written for Refract; the parties are invented.",
        what_you_see=(
            "Each point is a clause of a contract. Group them by what the clause settles, or by whom it favours."
        ),
        presets=(
            Preset("by clause type", "Represent the contract clause for clustering by clause type: ", "clause_type"),
            Preset("by favoured party", "Represent the contract clause for clustering by favoured party: ", "favours"),
            Preset("by trade", "Represent the contract clause for clustering by trade: "),
            Preset("by remedy", "Represent the contract clause for clustering by remedy for a breach: "),
            Preset("by drafting style", "Represent the contract clause for clustering by drafting style: "),
        ),
    ),
)

# For the user's own files, whose kind of text isn't known.
GENERIC_PRESETS = (
    Preset("by topic", "Represent the text for clustering by topic: "),
    Preset("by sentiment", "Represent the text for clustering by sentiment: "),
    Preset("by complaint reason", "Represent the customer review for clustering by complaint reason: "),
    Preset("by intent", "Represent the message for clustering by intent: "),
    Preset("by audience", "Represent the text for clustering by intended audience: "),
    Preset("by style", "Represent the text for clustering by writing style: "),
    PLAIN,
)


def sample(name: str) -> Sample:
    """The sample of that name; an `InputError` lists the names."""
    for candidate in SAMPLES:
        if candidate.name == name:
            return candidate
    raise InputError(f"There is no sample called {name}. Choose one of: {', '.join(s.name for s in SAMPLES)}.")


def presets_for(chosen: Sample | None) -> tuple[Preset, ...]:
    """The presets to offer for a sample, or for a user's own file; the plain embedding is always the last."""
    return GENERIC_PRESETS if chosen is None else (*chosen.presets, PLAIN)
