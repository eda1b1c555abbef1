"""A hub of a few files on this machine: enough of its API to download a model from."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

COMMIT = "c0ffee" * 6 + "c0ff"
LFS = (".safetensors", ".bin", ".onnx", ".h5")


@dataclass
class Hub:
    """What the server has and does; change it between requests.

    ``cut_after`` breaks the connection after that many bytes of a weights file, ``times_to_cut`` times; ``slow`` waits
    that many seconds between pieces of 64 KiB; ``stall`` sends nothing more after ``cut_after`` bytes.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    hub_id: str = "acme/tiny"
    gated: bool = False
    listed: tuple[str, ...] = ()  # names in the listing beside those of the files
    damaged: bool = False
    cut_after: int = 0
    times_to_cut: int = 0
    slow: float = 0
    ignores_range: bool = False
    asked: list[tuple[str, str]] = field(default_factory=list)  # (path, Range) of every request
    tokens: list[str] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)

    def add(self, directory: Path) -> "Hub":
        """Publish the files of a directory."""
        for path in directory.rglob("*"):
            if path.is_file():
                self.files[path.relative_to(directory).as_posix()] = path.read_bytes()
        return self

    def listing(self) -> dict[str, object]:
        siblings: list[dict[str, object]] = [{"rfilename": name, "size": 1, "blobId": "0" * 40} for name in self.listed]
        for name, content in self.files.items():
            blob = hashlib.sha1(f"blob {len(content)}\0".encode() + content).hexdigest()
            entry: dict[str, object] = {"rfilename": name, "size": len(content), "blobId": blob}
            if name.endswith(LFS):
                entry["lfs"] = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest(), "pointerSize": 130}
            siblings.append(entry)
        gated = "manual" if self.gated else False
        return {"id": self.hub_id, "sha": COMMIT, "gated": gated, "private": False, "tags": [], "siblings": siblings}


@contextmanager
def serve(hub: Hub) -> Iterator[str]:
    """The hub's address, for HF_ENDPOINT."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            path = unquote(urlsplit(self.path).path)
            hub.asked.append((path, self.headers.get("Range", "")))
            hub.tokens.append(self.headers.get("Authorization", ""))
            if path.startswith("/api/models/"):
                if not path.startswith(f"/api/models/{hub.hub_id}/"):
                    return self._refuse(404, "RepoNotFound")
                return self._send(200, json.dumps(hub.listing()).encode(), {"Content-Type": "application/json"})
            name = path.removeprefix(f"/{hub.hub_id}/resolve/{COMMIT}/")
            if hub.gated and self.headers.get("Authorization") != "Bearer good":
                return self._refuse(403, "GatedRepo")
            if name not in hub.files:
                return self._refuse(404, "EntryNotFound")
            return self._file(name)

        def _refuse(self, status: int, code: str) -> None:
            self._send(status, b"{}", {"X-Error-Code": code})

        def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for key, value in headers.items():
                self.send_header(key, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _file(self, name: str) -> None:
            content = hub.files[name]
            wanted = self.headers.get("Range", "")
            start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and not hub.ignores_range else 0
            body = content[start:]
            if hub.damaged and name == "model.safetensors":
                body = bytes([body[0] ^ 1]) + body[1:]
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            weights = name == "model.safetensors"
            if weights and hub.times_to_cut > 0:
                hub.times_to_cut -= 1
                self.wfile.write(body[: hub.cut_after])
                self.close_connection = True
                return
            for at in range(0, len(body), 65536):
                if weights and hub.slow and hub.release.wait(hub.slow):
                    return
                try:
                    self.wfile.write(body[at : at + 65536])
                except (BrokenPipeError, ConnectionResetError):
                    return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        hub.release.set()
        server.shutdown()
        server.server_close()
