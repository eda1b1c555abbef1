"""Instructions: the template they are written in, advice on one, and what one costs.

The user's string is what the encoder gets, to the last space. Nothing here edits one: `compose` writes a new one,
`parse` and `lint` only read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from core.models.cards.card import MIN_TEXT_TOKENS, room_for_text, too_long
from core.models.cards.spaces import Embedding

Severity = Literal["note", "warning", "error"]


@dataclass(frozen=True)
class Slots:
    """The parts of INSTRUCTOR's template ``Represent the {domain} {text_type} for {objective}:`` (Su et al. 2022, 2.3).

    Parameters
    ----------
    domain : what the texts are from or about ("customer", "Science"), or "".
    text_type : what one text is ("support ticket"). The only part that the template requires.
    objective : what the vectors are for ("clustering by product"), or "". It may begin with its own "for", "to" or
        "by"; otherwise `compose` puts "for" before it.
    """

    domain: str = ""
    text_type: str = ""
    objective: str = ""


# Text types of several words; a type that is not listed is taken to be one word.
_TEXT_TYPES = {
    *("support ticket", "support request", "help desk ticket", "chat message", "chat transcript", "call transcript"),
    *("product review", "movie review", "survey response", "survey answer", "feedback comment", "bug report"),
    *("ad copy", "ad headline", "product description", "product name", "job ad", "job posting", "job title"),
    *("contract clause", "legal clause", "court decision", "news article", "news headline", "press release"),
    *("blog post", "forum post", "social media post", "status update", "search query", "research paper"),
    *("paper title", "paper abstract", "commit message", "error message", "log line", "meeting note"),
    *("question and answer", "question and answer passage", "customer review", "cover letter", "incident report"),
}
_LONGEST_TYPE = max(len(text_type.split()) for text_type in _TEXT_TYPES)

_OPENING = re.compile(r"represent (?:(the|an?|this|these|each|every) )?", re.I)
_ARTICLES = {"the", "a", "an", "this", "these", "each", "every"}
_CONNECTORS = ("for", "to", "by")
# "to retrieve" opens an objective; "a letter to the bank" doesn't.
_FOR_OR_TO = re.compile(r" (?=(?:for|to(?! (?:the|an?|our|your|my|his|her|their|its|this|that)\b)) \S)", re.I)
_FOR_CLUSTERING = re.compile(r" (?=(?:for|to) (?:cluster|group|categori[sz]|classif|sort))", re.I)
_BY = re.compile(r" (?=by \S)", re.I)
_INPUT = re.compile(r"[;,:] ?input$", re.I)
_SECOND_TEMPLATE = re.compile(r"\S\s*[:;.,!]\s*represent\s+(?:the|an?|this|these|each|every)\s", re.I)
_MODIFIER = re.compile(r" (?=(?:of|from|about|on|in|with|by|to|for|between) \S)", re.I)


def compose(slots: Slots) -> str:
    """Fill the template.

    Without a text type "text" stands in, which is true of anything that is embedded here; without any part there is
    nothing to say, and the result is "", the plain embedding. Runs of spaces become one.

    Returns
    -------
    str
        Ends in ": ", as the published examples do, or is "".
    """
    domain, text_type, objective = (" ".join(part.split()) for part in (slots.domain, slots.text_type, slots.objective))
    if not (domain or text_type or objective):
        return ""
    words = ["Represent the", domain, text_type or "text"]
    if objective and not _begins_with_connector(objective):
        words.append("for")
    words.append(objective)
    return " ".join(word for word in words if word) + ": "


def parse(instruction: str) -> Slots | None:
    """Read an instruction's parts, or None where it doesn't fit the template.

    Case, the article, the punctuation at the end ("; Input:" too, which early examples have) and extra spaces may
    differ from the template. The objective begins at "for clustering" or the like, else at the first "for" or "to",
    else at "by". It keeps its first word unless that is a plain "for", so that what `compose` wrote composes to the
    same string again. Where domain and text type meet is a guess: known types of several words, otherwise one word.
    """
    body = " ".join(instruction.split()).rstrip(" :;,.")
    body = _INPUT.sub("", body).rstrip(" :;,.")
    opening = _OPENING.match(body)
    if opening is None or _SECOND_TEMPLATE.search(body):
        return None
    rest = body[opening.end() :]
    cut = _FOR_CLUSTERING.search(rest) or _FOR_OR_TO.search(rest) or _BY.search(rest)
    head, objective = (rest[: cut.start()], rest[cut.end() :]) if cut else (rest, "")
    head = head.rstrip(" ,")
    no_text_type = head.partition(" ")[0].lower() in _CONNECTORS or (not opening[1] and head.lower() in _ARTICLES)
    if not head or no_text_type or re.search("[:;]", head):
        return None
    if objective.startswith("for ") and not _begins_with_connector(objective.removeprefix("for ")):
        objective = objective.removeprefix("for ")
    domain, text_type = _split_head(head)
    return Slots(domain, text_type, objective)


def _begins_with_connector(objective: str) -> bool:
    first, _, more = objective.partition(" ")
    return first.lower() in _CONNECTORS and bool(more)


def _split_head(head: str) -> tuple[str, str]:
    """Domain and text type: "customer support ticket" to "customer", "support ticket"."""
    cut = _MODIFIER.search(head)
    noun, modifier = (head[: cut.start()], head[cut.start() :]) if cut else (head, "")
    words = noun.split(" ")
    for size in range(min(_LONGEST_TYPE, len(words)), 1, -1):
        candidate = " ".join(words[-size:]).lower()
        if candidate in _TEXT_TYPES or candidate.removesuffix("s") in _TEXT_TYPES:
            break
    else:
        size = 1
    return " ".join(words[:-size]), " ".join(words[-size:]) + modifier


@dataclass(frozen=True)
class Advice:
    """A remark on an instruction.

    Parameters
    ----------
    code : a stable name, for example ``no-objective``.
    severity : "error" where the encoder will refuse, "warning" where the map is likely not what was meant, "note"
        for what is good to know.
    message : what it is and what to do.
    """

    code: str
    severity: Severity
    message: str


_ORDER: dict[Severity, int] = {"error": 0, "warning": 1, "note": 2}


def lint(
    instruction: str,
    *,
    follows_instructions: bool = True,
    model_name: str = "",
    instruction_tokens: int | None = None,
    max_tokens: int | None = None,
    min_text_tokens: int = MIN_TEXT_TOKENS,
    longest_text_tokens: int | None = None,
) -> tuple[Advice, ...]:
    """Advice on an instruction, errors first. Only ever advice: the string is used as it is.

    Parameters
    ----------
    instruction : the exact string.
    follows_instructions, model_name, max_tokens : as on the model's card.
    instruction_tokens : tokens of the instruction by itself, without special tokens. With ``max_tokens`` it tells
        whether the text has room.
    min_text_tokens : the room that the encoder insists on.
    longest_text_tokens : tokens of the longest text by itself, without special tokens.
    """
    if not instruction:
        return (Advice("empty", "note", "No instruction: this is the plain embedding, good to compare others with."),)
    if not instruction.strip():
        message = "The instruction is nothing but white space. Clear it for the plain embedding, or write one."
        return (Advice("blank", "warning", message),)
    model = model_name or "the model"
    found = [
        *_lint_room(model, instruction_tokens, max_tokens, min_text_tokens, longest_text_tokens),
        *_lint_model(model, follows_instructions),
        *_lint_template(instruction, model_name),
        *_lint_objective(instruction),
        *_lint_edges(instruction),
    ]
    return tuple(sorted(found, key=lambda advice: _ORDER[advice.severity]))


def _lint_room(
    model: str, tokens: int | None, max_tokens: int | None, min_text_tokens: int, longest_text: int | None
) -> Iterator[Advice]:
    if tokens is None or max_tokens is None:
        return
    room = room_for_text(max_tokens, tokens)
    if refusal := too_long(model, max_tokens, tokens, min_text_tokens):
        yield Advice("too-long", "error", refusal)
    elif longest_text is not None and longest_text > room:
        message = (
            f"The longest text has {longest_text} tokens, and the instruction leaves room for {room}: the rest is cut "
            "off. Shorten the instruction, or split long texts."
        )
        yield Advice("texts-cut-off", "warning", message)


def _lint_model(model: str, follows_instructions: bool) -> Iterator[Advice]:
    if not follows_instructions:
        message = (
            f"The instruction won't be followed: {model} was not trained on instructions. One gives other vectors, but "
            "not by its meaning; compare with the plain embedding before you trust the map."
        )
        yield Advice("model-ignores-instructions", "warning", message)


# Prefixes of other families: pattern, what the family is called, what its models' names contain.
_PREFIXES = (
    ("query|passage", "E5", ("e5",)),
    ("instruct", "E5-instruct and Qwen3-Embedding", ("e5", "qwen")),
    ("search_query|search_document|clustering|classification", "nomic-embed", ("nomic",)),
    ("task", "EmbeddingGemma", ("gemma",)),
)


def _lint_template(instruction: str, model_name: str) -> Iterator[Advice]:
    """Does it have the template's form, once?"""
    for prefix, family, names in _PREFIXES:
        start = re.match(rf"\s*((?:{prefix}):)", instruction, re.I)
        if start:
            if not any(name in model_name.lower() for name in names):
                message = f'"{start[1]}" is a prefix for {family} models. Write "Represent the …" for other ones.'
                yield Advice("foreign-prefix", "warning", message)
            return
    if _SECOND_TEMPLATE.search(instruction):
        message = 'There are two instructions in one ("Represent" twice). Make a map for each and compare them.'
        yield Advice("two-templates", "warning", message)
        return
    slots = parse(instruction)
    if slots is None and re.match(r"\s*represent\b\W*(?:(?:the|an?|for|to|by)\b|$)", instruction, re.I):
        message = 'It isn\'t clear what the texts are. Name them: "Represent the product review for …".'
        yield Advice("no-text-type", "warning", message)
    elif slots is None:
        message = (
            "The instruction doesn't have the form \"Represent the … for …: \", so its parts can't be shown. It is "
            "used as it is."
        )
        yield Advice("not-template", "note", message)
    elif not slots.objective:
        message = 'The instruction says what the texts are, not what to group them by. Add "for clustering by …".'
        yield Advice("no-objective", "note", message)


_CLUSTERING = re.compile(r"\b(?:cluster|group|categor|classif|sort)", re.I)
_OTHER_TASK = re.compile(
    r"\b(?:retriev\w*|search\w*|re-?rank\w*|question[ -]answering|answer(?:s|ing)?\b.{0,40}\bquestions?"
    r"|questions?\b.{0,40}\banswers?)",
    re.I,
)
_NEGATION = re.compile(
    r"\b(?:ignoring|ignore|regardless of|irrespective of|independent(?:ly)? of|disregarding|no matter|whatever the"
    r"|rather than|instead of|but not|and not|not by)\b|, not\b",
    re.I,
)
_SIMILAR = re.compile(r"\b(?:similar(?:ity|ities|ly)?|alike)\b", re.I)
_DIFFERENT = re.compile(r"\b(?:opposites?|different|differences?|dissimilar(?:ity)?)\b", re.I)
# Two words, one aspect.
_PAIRS = re.compile(
    r"\b(?:(?:positive|negative|good|bad) (?:and|or) (?:positive|negative|good|bad)|terms and conditions"
    r"|(?:delivery|offer) and acceptance|health and safety|research and development|pros and cons"
    r"|strengths and weaknesses|questions? and answers?|wear and tear|food and drink|supply and demand)\b",
    re.I,
)
# What follows these explains the aspect and isn't a second one.
_EXPLANATION = re.compile(r" (?:such as|like|as|that is|for example|e\.g\.|i\.e\.)(?: |$)|[:(\u2013\u2014]", re.I)
_BETWEEN_ASPECTS = re.compile(r"(?:,|/|;|&|\+|\band\b|\bas well as\b|\bplus\b)+", re.I)


def _lint_objective(instruction: str) -> Iterator[Advice]:
    """Is it one task, and one that clusters can follow?"""
    slots = parse(instruction)
    objective = slots.objective if slots else ""
    other = _OTHER_TASK.search(objective)
    if other and not _CLUSTERING.search(objective):
        message = (
            f'The objective speaks of "{other[0]}", and what follows here is clustering. Say what the clusters should '
            'go by: "for clustering by …".'
        )
        yield Advice("other-task", "warning", message)
    aspects = _aspects(objective)
    if len(aspects) > 1:
        message = (
            f'The objective asks for {len(aspects)} aspects at once ("{aspects[0]}" and "{aspects[1]}"'
            f"{', …' if len(aspects) > 2 else ''}); one map can follow only one. Make a map for each and compare them."
        )
        yield Advice("several-aspects", "warning", message)
    negation = _NEGATION.search(objective)
    if negation:
        message = (
            f'Embedding models follow "{negation[0].strip(", ")}" badly: what is named can draw the texts together all '
            "the same. Name only what the clusters should go by."
        )
        yield Advice("names-what-to-ignore", "warning", message)
    if _SIMILAR.search(objective) and _DIFFERENT.search(objective):
        message = (
            "The objective asks for what is similar and for what is different, which pull against each other. Keep one."
        )
        yield Advice("similar-and-different", "warning", message)


def _aspects(objective: str) -> list[str]:
    """The aspects that the objective says to go by: "clustering by topic and by tone" to "topic", "tone"."""
    _, by, aspects = f" {objective}".partition(" by ")
    if not by:
        return []
    for rest in (_NEGATION, _EXPLANATION):
        cut = rest.search(aspects)
        aspects = aspects[: cut.start()] if cut else aspects
    parts = _BETWEEN_ASPECTS.split(_PAIRS.sub("pair", aspects))
    return [aspect for part in parts if (aspect := part.strip().removeprefix("both ").removeprefix("by ").strip())]


def _lint_edges(instruction: str) -> Iterator[Advice]:
    """White space and punctuation, which change the vectors though they don't change the meaning."""
    last = instruction[-1]
    if last.isalnum():
        message = (
            'The last word may merge with the text\'s first one ("ticket" and "My" to "ticketMy"). End the '
            'instruction with ": ". The vectors can change with ":", ";" and a space at the end.'
        )
        yield Advice("no-ending", "warning", message)
    elif not last.isspace():
        message = (
            "There is no space between the instruction and the text. With some models a space there, or another mark, "
            'changes the vectors: keep to one ending. The published examples mostly end in ": ".'
        )
        yield Advice("no-final-space", "note", message)
    if instruction[0].isspace():
        message = "The instruction begins with white space. It is used as it is; delete it if you didn't mean it."
        yield Advice("leading-space", "note", message)
    if instruction.splitlines() != [instruction]:
        message = "The instruction has a line break. It is used as it is; write it in one line if you didn't mean it."
        yield Advice("line-break", "note", message)


@dataclass(frozen=True)
class TokenCost:
    """The cost of an instruction: its tokens are computed again for every text.

    Parameters
    ----------
    instruction_tokens : tokens that the instruction adds to every text.
    text_tokens : tokens of all texts together as encoded, after cutting, special tokens counted in and the
        instruction left out.
    texts : how many.
    truncated : how many of them were cut off.
    limit : the tokens after which they were; 0 where none was.
    beside : whether there is an instruction that stands before no text: the model reads it once, for itself.
    """

    instruction_tokens: int
    text_tokens: int
    texts: int
    truncated: int
    limit: int = 0
    beside: bool = False

    @property
    def share(self) -> float:
        """The instruction's part of all tokens that were encoded, 0 to 1."""
        repeated = self.instruction_tokens * self.texts
        return repeated / (repeated + self.text_tokens) if repeated else 0.0

    def sentence(self) -> str:
        """In plain words. Compute is taken to grow with the tokens, which holds while texts are short."""
        if not self.texts:
            return "Nothing was encoded."
        mean = self.instruction_tokens + self.text_tokens / self.texts
        if self.instruction_tokens:
            said = (
                f"{self.instruction_tokens} of {mean:.0f} tokens a text are the instruction: "
                f"about {self.share:.0%} of the compute."
            )
        elif self.beside:
            said = f"{mean:.0f} tokens a text, all its own: the instruction is read once, and costs no text anything."
        else:
            said = f"No instruction: {mean:.0f} tokens a text, all its own."
        if self.truncated:
            are = "text is" if self.truncated == 1 else "texts are"
            said += f" {self.truncated:,} {are} cut off at {self.limit} tokens."
        return said


def token_cost(embedding: Embedding) -> TokenCost:
    """Count from an embedding what its instruction cost.

    Where the instruction's last word merged with a text's first one (see the advice ``no-ending``) the counts can be
    off by a token a text.
    """
    texts = len(embedding.tokens)
    truncated = embedding.truncated
    return TokenCost(
        instruction_tokens=embedding.instruction_tokens,
        text_tokens=int(embedding.tokens.sum()) - embedding.instruction_tokens * texts,
        texts=texts,
        truncated=int(truncated.sum()),
        limit=int(embedding.tokens[truncated].max()) if truncated.any() else 0,
        beside=bool(embedding.space.instruction) and not embedding.instruction_tokens,
    )
