"""Texts written for training, whose attributes are crossed: every combination of classes is equally likely.

Real sets rarely label the same text under several independent aspects. Here country, topic, sentiment, reason and form
vary freely, so that only the instruction tells which of them counts.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from training.data import LabelledTexts
from training.phrases import BUSINESSES, FORMS, REASONS, SENTIMENTS, SIDE_NOTES, TOPICS, UNSEEN_NOTES, URGENCIES
from training.phrases_news import COUNTRIES, NEWS
from training.phrases_posts import COMPANIES, ENDINGS, OPENINGS, POSTS

# One text and its labels.
Maker: TypeAlias = Callable[[], tuple[str, dict[str, str]]]

_PLACE_NOTES = (
    "I live in {p}",
    "this was in {p}",
    "we were in {p} at the time",
    "greetings from {p}",
    "at the {p} branch",
    "{p} customers deserve better",
    "back home in {p}",
    "delivered to {p}",
    "my {p} friends say the same",
)
_DATELINES = (
    "{p}: {who} {what}.",
    "In {p}, {who} {what}.",
    "{who} in {p} {what}, {p2} sources said.",
    "The {p} government said that {who} {what}.",
    "{who} {what}, a {p} newspaper reports.",
    "{who} {what}. The move was welcomed in {p}.",
    "{p2} officials in {p} confirmed that {who} {what}.",
)
_NEWS_TAILS = (
    "",
    "",
    "A spokesman gave no details.",
    "Analysts had expected as much.",
    "It takes effect next month.",
    "No figures were available.",
    "The decision is final.",
)


def written_sets(texts: int, seed: int) -> list[LabelledTexts]:
    """The written sets, of up to ``texts`` distinct texts each."""
    makers = (written_feedback, written_news, written_forms, written_opinions, written_posts)
    return [make(texts, random.Random(f"{seed}-{make.__name__}")) for make in makers]


def written_feedback(texts: int, rng: random.Random) -> LabelledTexts:
    """Complaints: what about, why, where, how urgent."""

    def one() -> tuple[str, dict[str, str]]:
        business, reason, country = rng.choice([*BUSINESSES]), rng.choice([*REASONS]), rng.choice([*COUNTRIES])
        thing = rng.choice(BUSINESSES[business])
        parts = [f"{rng.choice(('About', 'Regarding', 'This concerns', 'So,'))} {thing}: {rng.choice(REASONS[reason])}"]
        labels = {"kind of business": business, "complaint reason": reason}
        if rng.random() < 0.5:
            parts.append(_place_note(country, rng))
            labels["country"] = country
        if rng.random() < 0.4:
            labels["urgency"] = rng.choice([*URGENCIES])
            parts.append(rng.choice(URGENCIES[labels["urgency"]]))
        if rng.random() < 0.5:
            parts.append(rng.choice(SENTIMENTS["negative"]))
        return _join(parts, rng), labels

    return _collect("written_feedback", texts, one)


def written_opinions(texts: int, rng: random.Random) -> LabelledTexts:
    """Opinions on things: what about, for or against."""

    def one() -> tuple[str, dict[str, str]]:
        business, sentiment = rng.choice([*BUSINESSES]), rng.choice([*SENTIMENTS])
        things = rng.sample(BUSINESSES[business], 2)
        notes = rng.sample(SENTIMENTS[sentiment], rng.randint(1, 3))
        start = rng.choice(("I got {0} last month", "We tried {0}", "{0}, where to begin", "My view of {0}", "On {0}"))
        parts = [start.format(things[0]), *notes]
        if rng.random() < 0.4:
            parts.append(f"{things[1]} was my sister's idea")
        return _join(parts, rng), {"kind of business": business, "sentiment": sentiment}

    return _collect("written_opinions", texts, one)


def written_posts(texts: int, rng: random.Random) -> LabelledTexts:
    """Short posts to a company: whom to, and why."""

    def one() -> tuple[str, dict[str, str]]:
        company, reason = rng.choice(COMPANIES), rng.choice([*POSTS])
        opening, ending = rng.choice(OPENINGS), rng.choice(ENDINGS)
        text = opening + ". ".join(rng.sample(POSTS[reason], rng.randint(1, 2))) + ending
        labels = {"complaint reason": reason}
        if "{c}" in opening + ending:
            labels["company"] = company
        return text.format(c=company.replace(" ", "") if "@{c}" in text else company), labels

    return _collect("written_posts", texts, one)


def written_news(texts: int, rng: random.Random) -> LabelledTexts:
    """News: what about, where."""

    def one() -> tuple[str, dict[str, str]]:
        topic, country = rng.choice([*NEWS]), rng.choice([*COUNTRIES])
        who, what = NEWS[topic]
        sentences = []
        for _ in range(rng.randint(1, 2)):
            place, place_2 = (rng.choice(COUNTRIES[country]) for _ in range(2))
            line = rng.choice(_DATELINES)
            sentences.append(line.format(p=place, p2=place_2, who=rng.choice(who), what=rng.choice(what)))
        text = " ".join(filter(None, [*(s[0].upper() + s[1:] for s in sentences), rng.choice(_NEWS_TAILS)]))
        return text, {"topic": topic, "country": country}

    return _collect("written_news", texts, one)


def written_forms(texts: int, rng: random.Random) -> LabelledTexts:
    """Pieces of writing: what about, in which form."""

    def one() -> tuple[str, dict[str, str]]:
        topic, form = rng.choice([*TOPICS]), rng.choice([*FORMS])
        pieces = []
        for pattern in rng.sample(FORMS[form], rng.randint(1, 2)):
            first, second = rng.sample(TOPICS[topic], 2)
            pieces.append(pattern.format(a=first, b=second))
        return " ".join(pieces), {"topic": topic, "writing style": form}

    return _collect("written_forms", texts, one)


def noted_set(
    name: str, base: LabelledTexts, texts: int, rng: random.Random, notes: Mapping[str, Mapping[str, Sequence[str]]]
) -> LabelledTexts:
    """Texts of another set with phrases put beside them, each of which says one attribute.

    Parameters
    ----------
    base : where the texts, which keep their own labels, come from.
    notes : attribute -> class -> phrases. Each text gets one or two of the attributes.
    """

    def one() -> tuple[str, dict[str, str]]:
        row = rng.randrange(len(base))
        parts = [base.texts[row].rstrip(" .")]
        labels = {aspect: column[row] for aspect, column in base.labels.items() if column[row]}
        for attribute in rng.sample([*notes], rng.randint(1, min(2, len(notes)))):
            labels[attribute] = rng.choice([*notes[attribute]])
            parts.append(rng.choice(notes[attribute][labels[attribute]]))
        return _join(parts, rng), labels

    return _collect(name, texts, one)


def place_notes() -> dict[str, tuple[str, ...]]:
    """Country -> phrases that place a text there."""
    return {
        country: tuple(note.format(p=place) for note in _PLACE_NOTES for place in places)
        for country, places in COUNTRIES.items()
    }


def noted_sets(bases: Sequence[LabelledTexts], texts: int, seed: int) -> list[LabelledTexts]:
    """One set with written notes for each base."""
    notes = {**SIDE_NOTES, "country": place_notes()}
    sets = []
    for base in bases:
        # A note must not contradict what the text says by itself.
        fitting = {attribute: phrases for attribute, phrases in notes.items() if attribute not in base.labels}
        sets.append(noted_set(f"{base.name}+notes", base, texts, random.Random(f"{seed}-{base.name}"), fitting))
    return sets


def unseen_set(base: LabelledTexts, texts: int, seed: int) -> LabelledTexts:
    """A set with attributes that are never trained on, for the dev figures."""
    return noted_set(f"{base.name}+unseen", base, texts, random.Random(f"{seed}-{base.name}-unseen"), UNSEEN_NOTES)


def _place_note(country: str, rng: random.Random) -> str:
    return rng.choice(_PLACE_NOTES).format(p=rng.choice(COUNTRIES[country]))


def _join(parts: list[str], rng: random.Random) -> str:
    """Sentences in any order, with one of several habits of punctuation."""
    rng.shuffle(parts)
    stop = rng.choice((". ", ". ", ". ", "! ", ", ", "; ", "... "))
    text = stop.join(part[0].upper() + part[1:] if stop != ", " else part for part in parts)
    return text + rng.choice((".", ".", "!", ""))


def _collect(name: str, texts: int, one: Maker) -> LabelledTexts:
    made: dict[str, dict[str, str]] = {}
    for _ in range(texts):
        text, labels = one()
        made.setdefault(text, labels)
    aspects = sorted({aspect for labels in made.values() for aspect in labels})
    columns = {aspect: [labels.get(aspect, "") for labels in made.values()] for aspect in aspects}
    return LabelledTexts(name, list(made), columns)
