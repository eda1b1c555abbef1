"""Words put together for sentences."""

from core.base.wording import counted, listed, shortened


def test_words_are_listed_and_counted():
    assert [listed(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]
    assert [counted(count, "row") for count in (0, 1, 2000)] == ["0 rows", "1 row", "2,000 rows"]
    assert counted(2, "entry", "entries") == "2 entries"


def test_a_text_that_is_cut_ends_with_a_word_and_says_so():
    assert shortened("A short text", 12) == "A short text"
    assert shortened("billing, refunds, delivery", 20) == "billing, refunds …"
    assert shortened("unbroken" * 10, 8) == "unbroken …"
