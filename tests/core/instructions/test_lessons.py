"""What the Learn page shows is computed."""

import numpy as np
from transformers import AutoTokenizer

from core.instructions.lessons import MOODS_AND_THINGS, cosines, length_costs, pieces
from core.models.cards.known import CARDS
from core.models.registry import find, load_model

INSTRUCTION = "Represent the review for clustering by sentiment: "


def test_cosines_are_those_of_the_vectors():
    model = load_model()
    found = cosines(model, MOODS_AND_THINGS, INSTRUCTION)
    vectors = model.encode(MOODS_AND_THINGS, INSTRUCTION)
    np.testing.assert_allclose(found, vectors @ vectors.T, atol=1e-6)


def test_the_likeness_turns_with_the_instruction():
    by_mood = cosines(load_model(), MOODS_AND_THINGS, INSTRUCTION)
    by_thing = cosines(load_model(), MOODS_AND_THINGS, "Represent the review for clustering by product: ")
    assert by_mood[0, 2] > by_mood[0, 1]
    assert by_thing[0, 1] > by_thing[0, 2]


def test_pieces_are_the_tokenizers_and_the_text_begins_where_it_does():
    tokenizer = AutoTokenizer.from_pretrained(find(CARDS["all-MiniLM-L6-v2"]))
    found = pieces(INSTRUCTION, "A fine, fine day")
    assert [piece.text for piece in found] == tokenizer.convert_ids_to_tokens(
        tokenizer(INSTRUCTION + "A fine, fine day")["input_ids"]
    )
    assert [piece.text for piece in found if piece.role == "text"] == ["a", "fine", ",", "fine", "day"]
    assert [piece.role for piece in (found[0], found[-1])] == ["special", "special"]


def test_a_longer_instruction_has_more_tokens_in_all():
    texts = ["A fine day.", "A long and dreary night, without any sleep at all."]
    none, some, many = length_costs(["", INSTRUCTION, INSTRUCTION * 3], texts)
    assert (none.instruction_tokens, some.instruction_tokens) == (0, 9)
    assert some.tokens - none.tokens == 2 * 9
    assert many.tokens - none.tokens == 2 * many.instruction_tokens
    assert all(cost.seconds > 0 for cost in (none, some, many))
