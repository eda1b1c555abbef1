"""Names from a language model: what is sent is what is shown, and every odd answer is said in words."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from core.base.errors import InputError
from core.labelling.naming_service import NamingService, ask, request


@dataclass
class Answerer:
    """A service on this machine that answers what it is told to."""

    status: int = 200
    content: object = None
    raw: bytes | None = None
    address: str = ""
    asked: list[tuple[str, dict[str, str], dict[str, object]]] = field(default_factory=list)


@pytest.fixture
def answerer() -> Iterator[Answerer]:
    held = Answerer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            held.asked.append((self.path, dict(self.headers), body))
            said = held.raw or json.dumps({"choices": [{"message": {"content": held.content}}]}).encode()
            self.send_response(held.status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    held.address = f"http://127.0.0.1:{server.server_port}/v1"
    yield held
    server.shutdown()
    server.server_close()


def test_what_is_sent_is_what_was_shown_and_no_other_text(answerer, done):
    service = NamingService(answerer.address + "/", "small", "secret")
    body = request(service, done)
    answerer.content = '```json\n{"0": "fruit", "2": " places "}\n```'
    assert ask(service, body) == {0: "fruit", 2: "places"}
    ((path, head, sent),) = answerer.asked
    assert path == "/v1/chat/completions"
    assert head["Authorization"] == "Bearer secret"
    assert sent == body
    groups = json.loads(body["messages"][1]["content"])["groups"]
    shown = {text for group in groups.values() for text in group["examples"]}
    assert shown == {done.corpus.texts[row] for topic in done.topics for row in topic.representatives[:5]}
    assert [groups[str(topic.cluster)]["texts_in_it"] for topic in done.topics] == [topic.size for topic in done.topics]


def test_without_a_key_none_is_sent(answerer, done):
    service = NamingService(answerer.address, "small")
    answerer.content = "{}"
    assert ask(service, request(service, done)) == {}
    assert "Authorization" not in answerer.asked[0][1]


@pytest.mark.parametrize(
    "content", ["I can't do that.", '{"first": "fruit"}', '["fruit"]', None, '{"0": "two\\nlines"}']
)
def test_an_answer_without_names_is_said(answerer, done, content):
    service = NamingService(answerer.address, "small")
    answerer.content = content
    with pytest.raises(InputError, match=r"no names|line breaks"):
        ask(service, request(service, done))


def test_a_refusal_is_said(answerer, done):
    service = NamingService(answerer.address, "small")
    answerer.status, answerer.raw = 401, b"no such key"
    with pytest.raises(InputError, match="status 401: no such key"):
        ask(service, request(service, done))


def test_an_answer_that_is_no_json_is_said(answerer, done):
    service = NamingService(answerer.address, "small")
    answerer.raw = b"<html>"
    with pytest.raises(InputError, match="<html>"):
        ask(service, request(service, done))


@pytest.mark.parametrize("address", ["", "somewhere", "file:///etc/passwd", "http://"])
def test_what_is_no_address_is_said(done, address):
    with pytest.raises(InputError, match="is no address"):
        ask(NamingService(address, "small"), {})


def test_nobody_there_is_said(done):
    with pytest.raises(InputError, match="can't be reached"):
        ask(NamingService("http://127.0.0.1:9/v1", "small"), {})
