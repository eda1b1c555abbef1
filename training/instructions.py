"""Ways to ask for an aspect: templates, synonyms, and the instructions that ask for none.

Templates and synonyms marked as held out are never trained on: `held_out` phrases an evaluation with them alone.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class TextKind:
    """What the texts of a set are: ``Represent the {domain} {text_type} for clustering by ...`` (Su et al. 2022)."""

    domain: str = ""
    text_type: str = "text"


@dataclass(frozen=True)
class Aspect:
    """An aspect by its names.

    Parameters
    ----------
    names : noun phrases that stand for it in training.
    question : questions that ask for it, "{text}" being the text type.
    """

    names: tuple[str, ...]
    questions: tuple[str, ...] = field(default=())


# {domain} is followed by a space, or is empty; {text} is the text type; {aspect} one of the aspect's names.
TEMPLATES = (
    "Represent the {domain}{text} for clustering by {aspect}: ",
    "Represent the {text} for clustering by {aspect}: ",
    "Represent the {domain}{text} for clustering by {aspect}: ",
    "Represent the {domain}{text} for classification by {aspect}: ",
    "Represent the {domain}{text} by its {aspect}",
    "Represent the {text} for grouping by {aspect}: ",
    "Cluster the {text}s by {aspect}",
    "cluster {domain}{text}s by {aspect}:",
    "Identify the {aspect} of the {domain}{text}: ",
    "Identify the {aspect} of the given {text}",
    "What is the {aspect}?",
    "What {aspect} does the {text} have?",
    "Which {aspect} is this {domain}{text} about?",
    "{aspect}",
    "{aspect}: ",
    "by {aspect}",
    "the {aspect} of the text",
    "Find {text}s with the same {aspect}",
    "Sort these {domain}{text}s into groups by their {aspect}.",
    "Classify the {text} by {aspect}",
    "Focus on the {aspect}",
    "Two {text}s are similar if they have the same {aspect}",
    "Instruct: Identify the {aspect} of {domain}{text}s\nQuery: ",
    "Represent the sentence for {aspect} classification: ",
    "I want to see the {domain}{text}s grouped by {aspect}",
)
HELD_OUT_TEMPLATES = (
    "Represent the {domain}{text} for clustering based on {aspect}: ",
    "Group the {text}s according to their {aspect}",
    "Determine the {aspect} expressed in this {domain}{text}:",
    "How do the {text}s differ in {aspect}?",
    "Put {domain}{text}s together when they share the {aspect}; ignore everything else.",
)

ASPECTS: dict[str, Aspect] = {
    "sentiment": Aspect(
        (
            "sentiment",
            "opinion",
            "attitude",
            "polarity",
            "positive or negative opinion",
            "satisfaction",
            "mood",
            "emotional tone",
            "how happy the writer is",
            "sentiment polarity",
        ),
        (
            "Is the {text} positive or negative?",
            "Does the writer like it?",
            "How satisfied is the author?",
            "Is this good or bad?",
            "Positive or negative?",
        ),
    ),
    "rating": Aspect(
        ("rating", "star rating", "score", "number of stars", "rating given by the customer"),
        ("How many stars does the {text} give?",),
    ),
    "recommended": Aspect(
        ("recommendation", "whether the product is recommended", "willingness to recommend"),
        ("Would the customer recommend it?",),
    ),
    "emotion": Aspect(
        ("emotion", "feeling", "emotion expressed", "affect", "emotional state"),
        ("What does the writer feel?", "Which emotion does the {text} express?"),
    ),
    "ekman_emotion": Aspect(("basic emotion", "emotion", "emotion category", "feeling"), ("What emotion is it?",)),
    "valence": Aspect(
        ("valence", "pleasantness", "sentiment", "positive or negative feeling"),
        ("Is the feeling pleasant or unpleasant?",),
    ),
    "arousal": Aspect(("arousal", "excitement", "emotional intensity"), ("How excited is the writer?",)),
    "politeness": Aspect(
        ("politeness", "courtesy", "how polite the writer is", "rudeness", "politeness of the request"),
        ("Is the request polite?", "How polite is it?"),
    ),
    "register": Aspect(
        ("register", "formality", "language register", "tone of language", "level of formality"),
        ("How formal is the {text}?",),
    ),
    "form": Aspect(
        ("sentence form", "grammatical form", "type of sentence", "sentence structure"),
        ("Is it a question or a statement?",),
    ),
    "typos": Aspect(("typos", "spelling errors", "presence of spelling mistakes"), ("Are there typing errors?",)),
    "genre_of_writing": Aspect(
        ("genre", "type of writing", "writing style", "style", "text genre", "kind of publication", "literary form"),
        ("What kind of writing is it?", "In which style is it written?", "Where was this published?"),
    ),
    "writing style": Aspect(
        (
            "writing style",
            "style",
            "form of writing",
            "style of writing",
            "text form",
            "genre",
            "stylistic form",
            "literary style",
            "the way it is written",
        ),
        ("In which style is it written?", "How is the {text} written?", "What form does the {text} take?"),
    ),
    "dialogue_act": Aspect(
        (
            "dialogue act",
            "speech act",
            "communicative function",
            "purpose of the utterance",
            "function in the conversation",
        ),
        ("What is the speaker doing?",),
    ),
    "speaker": Aspect(("speaker", "who is speaking", "speaker role"), ("Who says this?", "User or system?")),
    "role": Aspect(("speaker role", "role in the conversation", "who is speaking"), ("Who says this?",)),
    "country": Aspect(
        (
            "country",
            "place",
            "location",
            "country mentioned",
            "geographic location",
            "nation",
            "region of the world",
            "where it takes place",
            "country or region",
        ),
        ("Where does it take place?", "Which country is it about?", "Where is this?", "In which country?"),
    ),
    "state": Aspect(("state", "US state", "place of residence", "location"), ("In which state does the writer live?",)),
    "complaint reason": Aspect(
        (
            "complaint reason",
            "reason for the complaint",
            "cause of dissatisfaction",
            "problem",
            "issue",
            "what went wrong",
            "reason",
            "type of problem",
        ),
        ("Why is the customer unhappy?", "What went wrong?", "What is the problem?", "What is the complaint about?"),
    ),
    "kind of business": Aspect(
        (
            "kind of business",
            "product category",
            "industry",
            "product domain",
            "type of product",
            "product",
            "business sector",
            "kind of product",
        ),
        ("What product is it about?", "Which industry is it about?", "What was bought?"),
    ),
    "topic": Aspect(
        ("topic", "subject", "theme", "subject matter", "main topic", "what it is about", "content"),
        ("What is the {text} about?", "What is the main subject?"),
    ),
    "urgency": Aspect(("urgency", "how urgent it is", "priority"), ("Is it urgent?", "How soon is help needed?")),
    "device": Aspect(("device", "device used", "hardware the writer uses"), ("On which device was it written?",)),
    "customer type": Aspect(("customer type", "who the customer is", "customer segment"), ("Who is the customer?",)),
    "payment method": Aspect(("payment method", "means of payment"), ("How was it paid?",)),
    "time of day": Aspect(("time of day", "hour"), ("At what time of day?",)),
    "intent": Aspect(
        ("intent", "user intent", "intention", "what the user wants", "request type", "purpose"),
        ("What does the user want?", "What is the request?"),
    ),
    "intents": Aspect(("intent", "user intent", "what the user wants"), ("What does the user want?",)),
    "action": Aspect(("action", "action requested", "what to do"), ("What should be done?",)),
    "scenario": Aspect(("scenario", "topic", "domain", "application area"), ("Which application is it for?",)),
    "domain": Aspect(
        ("domain", "topic", "service domain", "area", "topic domain", "subject"), ("Which domain is it about?",)
    ),
    "category": Aspect(
        ("category", "topic", "issue category", "support topic", "department responsible"),
        ("What is the request about?",),
    ),
    "product": Aspect(
        ("product", "financial product", "product involved", "kind of account"), ("Which product is it about?",)
    ),
    "company": Aspect(
        ("company", "company complained about", "brand", "organisation"), ("Which company is it about?",)
    ),
    "product_class": Aspect(
        ("product", "garment", "type of clothing", "product category", "item bought"),
        ("What was bought?", "Which garment is it about?"),
    ),
    "department": Aspect(
        ("department", "product department", "product type", "product category"),
        ("What kind of clothing is it about?",),
    ),
    "tag": Aspect(("technology", "programming topic", "software", "topic", "tag"), ("Which technology is it about?",)),
    "ontology_class": Aspect(
        ("type of entity", "category", "topic", "kind of thing described"),
        ("What is described?", "What kind of thing is it about?"),
    ),
    "genre": Aspect(("genre", "film genre", "kind of film", "story type"), ("Which genre is it?",)),
    "type": Aspect(("format", "film or series", "type of production"), ("Is it a film or a series?",)),
    "reason": Aspect(
        ("reason for contact", "reason", "theme of the comment", "what the comment is about", "issue raised"),
        ("What is the comment about?", "Why did the person write?"),
    ),
    "service": Aspect(("service", "kind of care", "department"), ("Which service is it about?",)),
    "clause type": Aspect(
        ("clause type", "type of clause", "legal subject of the clause", "what the clause regulates"),
        ("What does the clause regulate?",),
    ),
    "fairness": Aspect(
        ("fairness", "fairness to the consumer", "how fair the clause is", "unfairness"), ("Is the clause fair?",)
    ),
    "practice": Aspect(
        ("practice", "data practice", "practice described", "subject of the term"), ("What does the term say?",)
    ),
    "for the user": Aspect(
        ("good or bad for the user", "effect on the user", "whom it favours", "user-friendliness"),
        ("Is it good for the user?", "Whom does it favour?"),
    ),
    "shop": Aspect(("shop", "kind of shop", "merchant", "topic"), ("Which shop is it about?",)),
    "aspect of the place": Aspect(
        ("aspect of the place", "aspect discussed", "what is said about the place", "quality judged"),
        ("Which aspect is judged?",),
    ),
    "origin": Aspect(("topic", "domain", "subject", "product domain"), ("What is it about?",)),
}
# Never trained on; used by evaluations beside the aspect's first name.
HELD_OUT_NAMES: dict[str, tuple[str, ...]] = {
    "sentiment": ("sentiment", "opinion polarity"),
    "topic": ("topic", "topical content"),
    "country": ("country or place", "country"),
    "writing style": ("writing style", "stylistic genre"),
    "complaint reason": ("complaint reason", "reason for complaining"),
    "kind of business": ("product domain", "kind of merchandise"),
}

SOURCES: dict[str, TextKind] = {
    "banking77": TextKind("banking", "question"),
    "bitext_support": TextKind("customer support", "message"),
    "cfpb_complaints": TextKind("financial", "complaint"),
    "clinc150": TextKind("assistant", "query"),
    "dbpedia14": TextKind("encyclopedia", "article"),
    "emobank": TextKind("", "sentence"),
    "goemotions": TextKind("social media", "comment"),
    "hwu64": TextKind("home assistant", "command"),
    "mams_aspect_sentiment": TextKind("restaurant", "review"),
    "netflix_titles": TextKind("film", "description"),
    "nlupp": TextKind("customer service", "utterance"),
    "persuasion_for_good": TextKind("charity", "utterance"),
    "poem_sentiment": TextKind("poetry", "verse"),
    "politeness": TextKind("online", "request"),
    "sgd": TextKind("dialogue", "utterance"),
    "stackoverflow20": TextKind("programming", "question"),
    "womens_clothing": TextKind("clothing", "review"),
    "nhs_feedback": TextKind("patient", "comment"),
    "claudette_terms": TextKind("consumer contract", "clause"),
    "tosdr_points": TextKind("terms of service", "passage"),
    "dstc11_calls": TextKind("call centre", "utterance"),
    "hint3_shops": TextKind("online shop", "question"),
    "amazon_stars": TextKind("product", "review"),
    "sentihood_places": TextKind("neighbourhood", "comment"),
    "written_feedback": TextKind("customer", "complaint"),
    "written_opinions": TextKind("product", "review"),
    "written_news": TextKind("news", "article"),
    "written_posts": TextKind("customer", "post"),
    "written_forms": TextKind("", "text"),
}
OTHER_SOURCES = (
    TextKind(),
    TextKind("", "sentence"),
    TextKind("customer", "review"),
    TextKind("", "document"),
    TextKind("", "message"),
    TextKind("product", "review"),
    TextKind("social media", "post"),
    TextKind("", "tweet"),
    TextKind("customer", "feedback"),
    TextKind("news", "article"),
    TextKind("", "comment"),
    TextKind("", "passage"),
    TextKind("survey", "response"),
    TextKind("customer support", "ticket"),
    TextKind("customer", "support ticket"),
    TextKind("", "support ticket"),
    TextKind("support", "email"),
    TextKind("", "chat message"),
    TextKind("", "call transcript"),
    TextKind("", "ad copy"),
    TextKind("", "advertisement"),
    TextKind("contract", "clause"),
    TextKind("legal", "document"),
    TextKind("", "forum post"),
    TextKind("app", "review"),
    TextKind("hotel", "review"),
    TextKind("employee", "survey answer"),
    TextKind("", "note"),
    TextKind("", "headline"),
    TextKind("bug", "report"),
    TextKind("", "question"),
)

GENERIC = (
    "Represent the text for clustering: ",
    "Represent the sentence for clustering: ",
    "Represent the text: ",
    "Represent the document for retrieval: ",
    "Represent the {domain}{text} for clustering: ",
    "text",
    "sentence: ",
    "Represent the {domain}{text}: ",
    "Represent the {text} for similarity: ",
    "cluster the texts",
    "Embed this",
    "Group similar {text}s together",
    "query: ",
    "passage: ",
    "clustering: ",
    "Represent the {text} ",
    "Represent the sentence for searching relevant passages: ",
    "Find similar {text}s",
    "Represent the {domain}{text}",
    "What is this?",
    "Represent the meaning of the {text}: ",
    "Cluster these {domain}{text}s",
    "the",
    "hello",
    "Instruct: Retrieve semantically similar text\nQuery: ",
    "Encode the {text} for semantic search",
)
HELD_OUT_GENERIC = (
    "Represent the text for clustering and exploration: ",
    "Represent the {domain}{text} for grouping: ",
    "Produce an embedding of the {text}.",
    "Arrange these {text}s into clusters",
)

# Aspects that nothing teaches: under them the plain sense of similarity is kept.
UNTAUGHT = (
    "ingredient",
    "event",
    "severity",
    "brand name",
    "colour",
    "material",
    "size",
    "weight",
    "shape",
    "speed",
    "age of the author",
    "gender of the author",
    "religion",
    "person mentioned",
    "organisation mentioned",
    "historical period",
    "century",
    "sport",
    "team",
    "disease",
    "symptom",
    "treatment",
    "body part",
    "chemical element",
    "plant",
    "vehicle",
    "building",
    "profession",
    "hobby",
    "skill level",
    "difficulty",
    "length",
    "readability",
    "reading level",
    "level of detail",
    "argument",
    "claim",
    "evidence",
    "certainty",
    "humour",
    "sarcasm",
    "irony",
    "metaphor",
    "language variety",
    "dialect",
    "narrative perspective",
    "tense",
    "plot",
    "main character",
    "moral",
    "legal field",
    "contract type",
    "party to the contract",
    "obligation",
    "risk",
    "compliance rule",
    "cost",
    "budget",
    "project phase",
    "team responsible",
    "software version",
    "error code",
    "root cause",
    "security threat",
    "data source",
    "research method",
    "discipline",
    "journal",
    "author",
    "publisher",
    "funding",
    "age group",
    "audience",
    "target audience",
    "marketing channel",
    "campaign",
    "call to action",
    "discount",
    "quality",
    "durability",
    "comfort",
    "taste",
    "smell",
    "sound",
    "texture",
    "packaging",
    "sustainability",
    "warranty",
    "delivery route",
    "means of transport",
    "destination",
    "accommodation",
    "musical instrument",
    "art movement",
    "family relation",
    "life event",
    "goal",
    "value",
    "belief",
    "fear",
    "law",
    "crime",
    "weapon",
    "natural disaster",
    "currency",
    "commodity",
    "economic indicator",
    "interest rate",
    "market",
    "occupation",
)

HELD_OUT_UNTAUGHT = ("season", "zodiac sign", "font used")
# Words that name what evaluations ask for: never taught, not even as something to pass over.
HELD_OUT_WORDS = frozenset(
    {"season", "zodiac", "sign", "font", "used", "target", "stance", "bias", "media", "airline", "animal"}
)

TOPICAL = frozenset(
    {
        "topic",
        "intent",
        "intents",
        "domain",
        "scenario",
        "category",
        "product",
        "product_class",
        "department",
        "tag",
        "shop",
    }
    | {"ontology_class", "kind of business", "genre", "origin", "action"}
)


def fill(template: str, aspect: str, source: TextKind) -> str:
    """A template with its parts put in."""
    domain = source.domain + " " if source.domain else ""
    return template.format(domain=domain, text=source.text_type, aspect=aspect)


def aspect_of(name: str, set_name: str = "") -> Aspect:
    """The aspect of a label column, by its name in the data; one without an entry is asked for by that name."""
    if name == "genre" and set_name == "emobank":
        return ASPECTS["genre_of_writing"]
    return ASPECTS.get(name) or Aspect((name.replace("_", " "),))


def source_of(set_name: str) -> TextKind:
    """What the texts of a set are."""
    return SOURCES.get(set_name.split("+")[0], TextKind())


def phrase(known: Aspect, kinds: Sequence[TextKind], rng: random.Random) -> str:
    """One training instruction for an aspect of texts of some kinds: a template and a name, or a question."""
    source = _kind(kinds, rng)
    if known.questions and rng.random() < 0.15:
        return fill(rng.choice(known.questions), "", source)
    return fill(rng.choice(TEMPLATES), rng.choice(known.names), source)


def neutral(
    kinds: Sequence[TextKind], rng: random.Random, words: Sequence[str] = (), untaught: Sequence[str] = UNTAUGHT
) -> str:
    """One instruction that asks for nothing in particular, or for an aspect that nothing teaches.

    A third are generic, a third name an aspect of ``untaught``, and a third one or two of ``words``, where there are
    any.
    """
    source = _kind(kinds, rng)
    kind = rng.randrange(3)
    if kind == 0:
        return fill(rng.choice(GENERIC), "", source)
    if kind == 1 or not words:
        return fill(rng.choice(TEMPLATES), rng.choice(untaught), source)
    aspect = rng.choice(("{0}", "{0}", "{0} {1}", "{0} of the {1}")).format(rng.choice(words), rng.choice(words))
    return fill(rng.choice(TEMPLATES), aspect, source)


def _kind(kinds: Sequence[TextKind], rng: random.Random) -> TextKind:
    return rng.choice(kinds) if rng.random() < 0.6 else rng.choice(OTHER_SOURCES)


def source_words() -> set[str]:
    """The words that say what texts are, in both numbers: they stand in instructions for any aspect."""
    words = {
        word for source in (*SOURCES.values(), *OTHER_SOURCES) for word in f"{source.domain} {source.text_type}".split()
    }
    return words | {word + "s" for word in words}


def taught_names() -> list[str]:
    """Every name that stands for an aspect in training, and those that evaluations use for the same aspects."""
    names = {name for aspect in ASPECTS.values() for name in aspect.names}
    return sorted(names | {name for held in HELD_OUT_NAMES.values() for name in held})


def held_out(aspect: str, source: TextKind, names: Sequence[str] = ()) -> list[str]:
    """Five paraphrases for an evaluation, none of which is trained on: one for each held-out template.

    The aspect's held-out names take turns, or ``names`` where given.
    """
    names = names or HELD_OUT_NAMES.get(aspect) or aspect_of(aspect).names[:2]
    return [fill(template, names[i % len(names)], source) for i, template in enumerate(HELD_OUT_TEMPLATES)]
