"""Whether a model reads the language that texts are in, and which models do."""

from collections.abc import Sequence

from core.base.wording import listed
from core.models.cards.card import ModelCard
from core.models.catalogue import known_models
from core.pipeline.topics.stopwords import guess_language

# Those that `guess_language` tells, ISO 639-1.
# fmt: off
NAMES = {
    "af": "Afrikaans", "ar": "Arabic", "bg": "Bulgarian", "bn": "Bengali", "br": "Breton", "ca": "Catalan",
    "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek", "en": "English", "eo": "Esperanto", "es": "Spanish",
    "et": "Estonian", "eu": "Basque", "fa": "Persian", "fi": "Finnish", "fr": "French", "ga": "Irish", "gl": "Galician",
    "gu": "Gujarati", "ha": "Hausa", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian",
    "hy": "Armenian", "id": "Indonesian", "it": "Italian", "ja": "Japanese", "ko": "Korean", "ku": "Kurdish",
    "la": "Latin", "lt": "Lithuanian", "lv": "Latvian", "mr": "Marathi", "ms": "Malay", "nl": "Dutch",
    "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sk": "Slovak",
    "sl": "Slovenian", "so": "Somali", "st": "Sesotho", "sv": "Swedish", "sw": "Swahili", "th": "Thai",
    "tl": "Tagalog", "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu", "vi": "Vietnamese", "yo": "Yoruba",
    "zh": "Chinese", "zu": "Zulu",
}
# fmt: on
_NAMED = 3


def reads(card: ModelCard, language: str) -> bool:
    """Whether nothing is known against it: a model of English alone reads no other language."""
    return language == "en" or card.languages != NAMES["en"]


def unread_warning(texts: Sequence[str], card: ModelCard) -> str | None:
    """Say that the model wasn't trained on the language of most texts, and name models that were, those at hand first.

    None where it was, or where that is unknown.

    Parameters
    ----------
    texts : sequence of str
    card : of the model that is chosen.
    """
    language = guess_language(texts)
    if reads(card, language):
        return None
    name = NAMES[language]
    others = [model.name for model in known_models() if model.card.languages and reads(model.card, language)]
    return (
        f"The texts look {name}, and {card.name} was trained on English alone: "
        "the groups may follow length and letters, not meaning. "
        f"{listed(others[:_NAMED])} read {name}: see Models."
    )
