"""Names for topics from a language model behind an OpenAI-compatible address: off until the user gives one.

What is sent is `request`, no more: the instruction, and of each topic its size, its keywords and a few of its texts. It
can be shown before anything leaves the machine.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from core.base.errors import InputError
from core.labelling.labels import clean_name
from core.pipeline.run import Run

TEXTS = 5  # representative texts of each topic
_TIMEOUT_SECONDS = 120.0
_TASK = (
    "You name groups of texts for an analyst. The texts were grouped under the analyst's instruction; the names answer "
    "what it asks for, in two to five words, in the language of the texts, and tell the groups apart. Reply with one "
    'JSON object and nothing else: the number of each group, as a string, with its name, like {"0": "late delivery"}.'
)


@dataclass(frozen=True)
class NamingService:
    """Where names are asked for.

    Parameters
    ----------
    address : up to and without "/chat/completions", such as "http://127.0.0.1:11434/v1".
    model : its name there.
    key : sent as a bearer token, where there is one.
    """

    address: str
    model: str
    key: str = ""


def request(service: NamingService, run: Run) -> dict[str, Any]:
    """The JSON that `ask` sends: all of it.

    Parameters
    ----------
    run : its topics, but the noise, are to be named; with all of their representative texts, at most `TEXTS` each.
    """
    groups = {
        str(topic.cluster): {
            "texts_in_it": topic.size,
            "keywords": [word for word, _ in topic.keywords],
            "examples": [run.corpus.texts[row] for row in topic.representatives[:TEXTS]],
        }
        for topic in run.topics
        if topic.cluster >= 0
    }
    content = json.dumps({"instruction": run.instruction, "groups": groups}, ensure_ascii=False, indent=1)
    messages = [{"role": "system", "content": _TASK}, {"role": "user", "content": content}]
    return {"model": service.model, "temperature": 0, "messages": messages}


def ask(service: NamingService, body: Mapping[str, Any]) -> dict[int, str]:
    """Send a request; the name of each topic that got one.

    Parameters
    ----------
    body : of `request`.

    Raises
    ------
    InputError
        Where the address can't be reached, refuses, or answers something else than names.
    """
    import httpx2

    if urlsplit(service.address).scheme not in ("http", "https") or not urlsplit(service.address).hostname:
        raise InputError(f"“{service.address}” is no address. Write it like http://127.0.0.1:11434/v1")
    head = {"Authorization": f"Bearer {service.key}"} if service.key else {}
    url = service.address.rstrip("/") + "/chat/completions"
    try:
        answer = httpx2.post(url, json=dict(body), headers=head, timeout=_TIMEOUT_SECONDS)
    except (httpx2.TransportError, httpx2.InvalidURL, ValueError) as error:
        raise InputError(f"{url} can't be reached ({error or type(error).__name__}). Is it running?") from None
    if answer.status_code != 200:
        raise InputError(f"{url} refused with status {answer.status_code}: {answer.text[:300]}")
    return _names(answer.content)


def _names(content: bytes) -> dict[int, str]:
    try:
        said = json.loads(content)["choices"][0]["message"]["content"]
        inner = said[said.index("{") : said.rindex("}") + 1]  # some models put it between fences
        return {int(number): clean_name(str(name)) for number, name in json.loads(inner).items() if str(name).strip()}
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        raise InputError(
            f"The answer holds no names: {content[:300].decode('utf-8', 'replace')}. Try it again, or another model."
        ) from None
