"""UMAP in processes of their own.

UMAP's compiled loops keep Python's lock for as long as they run, and compiling them takes seconds in every process.
Next to an encoder on a thread that costs the encoder most of its speed, and every other user of the server their
patience. Here both happen elsewhere: `ProjectionPool` has the methods of `core.pipeline.layout.projection`, and the
same results.
"""

import dataclasses
import itertools
import os
import queue
import subprocess
import sys
import threading
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from core.base.errors import Cancelled, RefractError
from core.base.home import ROOT
from core.base.messages import Arrays, receive, send
from core.base.progress import UNWATCHED, Progress, Watch
from core.pipeline.layout import projection
from core.pipeline.layout.neighbours import Neighbours
from core.pipeline.layout.projection import Layout, LayoutSettings

_POLL_SECONDS = 0.05
# How long a process may take to notice that it is to stop, before it is ended. UMAP's graph can't be interrupted.
_PATIENCE_SECONDS = 10.0


class ProjectionPool:
    """Up to ``size`` processes that compute layouts; each takes one at a time. The first starts at once."""

    def __init__(self, size: int = 2) -> None:
        self._free: queue.LifoQueue[_Worker] = queue.LifoQueue()
        self._unstarted = threading.Semaphore(size - 1)
        self._free.put(_Worker())

    def umap_layout(
        self,
        vectors: NDArray[np.float32],
        settings: LayoutSettings,
        neighbours: Neighbours,
        init: NDArray[np.float32] | None = None,
        watch: Watch = UNWATCHED,
    ) -> Layout:
        """As `core.pipeline.layout.projection.umap_layout`."""
        task = {"task": "layout", "settings": dataclasses.asdict(settings)}
        arrays = [vectors, neighbours.indices, neighbours.distances, *([] if init is None else [init])]
        header, (xy,) = self._run(task, arrays, watch)
        return Layout(xy, header["method"], header["warm"], header["epochs"], settings)

    def umap_reduce(
        self,
        vectors: NDArray[np.float32],
        dims: int,
        n_neighbors: int,
        neighbours: Neighbours,
        seed: int = 0,
        watch: Watch = UNWATCHED,
    ) -> NDArray[np.float32]:
        """As `core.pipeline.layout.projection.umap_reduce`."""
        task = {"task": "reduction", "dims": dims, "n_neighbors": n_neighbors, "seed": seed}
        _, (points,) = self._run(task, [vectors, neighbours.indices, neighbours.distances], watch)
        return points

    def close(self) -> None:
        """End the processes that are free."""
        while not self._free.empty():
            self._free.get_nowait().end()

    def _run(self, task: dict[str, Any], arrays: Arrays, watch: Watch) -> tuple[dict[str, Any], list[NDArray[Any]]]:
        worker = self._take(watch)
        try:
            return worker.run(task, arrays, watch)
        finally:
            if worker.alive:
                self._free.put(worker)
            else:
                self._unstarted.release()

    def _take(self, watch: Watch) -> "_Worker":
        while True:
            watch.check()
            try:
                worker = self._free.get_nowait()
            except queue.Empty:
                if self._unstarted.acquire(timeout=_POLL_SECONDS):
                    return _Worker()
                continue
            if worker.alive:
                return worker
            self._unstarted.release()


class _Worker:
    """One process, and a thread that listens to it."""

    def __init__(self) -> None:
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "core.pipeline.layout.process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
        )
        self._numbers = itertools.count()
        self._inbox: queue.Queue[tuple[dict[str, Any], list[NDArray[Any]]] | None] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def end(self) -> None:
        self._process.kill()
        self._process.wait()

    def run(self, task: dict[str, Any], arrays: Arrays, watch: Watch) -> tuple[dict[str, Any], list[NDArray[Any]]]:
        number = next(self._numbers)
        try:
            send(self._pipe, {**task, "number": number}, arrays)
            return self._await(number, watch)
        except OSError:
            self.end()  # it may look alive for a moment yet, and must not be given to anybody again
            raise _ended() from None

    def _await(self, number: int, watch: Watch) -> tuple[dict[str, Any], list[NDArray[Any]]]:
        patience = None
        while True:
            if patience is None and watch.stopped:
                send(self._pipe, {"task": "cancel", "number": number})
                patience = _PATIENCE_SECONDS
            try:
                message = self._inbox.get(timeout=_POLL_SECONDS)
            except queue.Empty:
                if patience is not None:
                    patience -= _POLL_SECONDS
                    if patience < 0:
                        self.end()
                        raise Cancelled from None
                continue
            if message is None:
                self.end()
                raise _ended()
            header, arrays = message
            if header["kind"] == "progress" and patience is None:
                watch.report(header["stage"], header["done"], header["total"])
            elif header["kind"] == "cancelled":
                raise Cancelled
            elif header["kind"] == "failed":
                raise RefractError(header["error"])
            elif header["kind"] == "done":
                watch.check()
                return header, arrays

    @property
    def _pipe(self) -> BinaryIO:
        assert self._process.stdin is not None
        return self._process.stdin  # type: ignore[return-value]

    def _listen(self) -> None:
        assert self._process.stdout is not None
        message = True
        while message:
            message = receive(self._process.stdout)  # type: ignore[arg-type,assignment]
            self._inbox.put(message)  # type: ignore[arg-type]


def _ended() -> RefractError:
    return RefractError(
        "The process that draws the map ended, perhaps for lack of memory. Try again, or with fewer texts."
    )


class _Server:
    """The worker's own side: takes tasks from stdin and answers on stdout."""

    def __init__(self, inbox: BinaryIO, outbox: BinaryIO) -> None:
        self._inbox, self._outbox = inbox, outbox
        self._tasks: queue.Queue[tuple[dict[str, Any], list[NDArray[Any]]]] = queue.Queue()
        self._cancels: dict[int, threading.Event] = {}

    def serve(self) -> None:
        threading.Thread(target=self._listen, daemon=True).start()
        projection.warm_up()
        while True:
            header, arrays = self._tasks.get()
            self._answer(header, arrays, self._cancels[header["number"]])
            del self._cancels[header["number"]]

    def _listen(self) -> None:
        while message := receive(self._inbox):
            header, arrays = message
            if header["task"] == "cancel":
                if cancel := self._cancels.get(header["number"]):
                    cancel.set()
            else:
                self._cancels[header["number"]] = threading.Event()
                self._tasks.put((header, arrays))
        os._exit(0)  # the server that started this process is gone

    def _answer(self, header: dict[str, Any], arrays: list[NDArray[Any]], cancel: threading.Event) -> None:
        try:
            facts, result = _compute(header, arrays, Watch(self._tell, cancel))
        except Cancelled:
            send(self._outbox, {"kind": "cancelled"})
        except Exception as error:
            send(self._outbox, {"kind": "failed", "error": f"The map could not be drawn: {error}"})
        else:
            send(self._outbox, {"kind": "done", **facts}, [result])

    def _tell(self, progress: Progress) -> None:
        send(
            self._outbox, {"kind": "progress", "stage": progress.stage, "done": progress.done, "total": progress.total}
        )


def _compute(
    header: dict[str, Any], arrays: list[NDArray[Any]], watch: Watch
) -> tuple[dict[str, Any], NDArray[np.float32]]:
    vectors, indices, distances, *start = arrays
    neighbours = Neighbours(indices, distances)
    if header["task"] == "reduction":
        points = projection.umap_reduce(
            vectors, header["dims"], header["n_neighbors"], neighbours, header["seed"], watch
        )
        return {}, points
    settings = LayoutSettings(**header["settings"])
    layout = projection.umap_layout(vectors, settings, neighbours, start[0] if start else None, watch)
    return {"method": layout.method, "warm": layout.warm, "epochs": layout.epochs}, layout.xy


if __name__ == "__main__":
    if hasattr(os, "nice"):
        os.nice(10)  # the reader of texts goes first: without its vectors there is nothing to draw
    outbox = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not fall into the messages
    _Server(sys.stdin.buffer, outbox).serve()
