"""The resources that all sessions of this server share."""

import atexit
import functools

from core.base.cache import StageCache
from core.base.home import home
from core.models.registry import load_model
from core.pipeline.context import Context
from core.pipeline.layout.process import ProjectionPool
from core.pipeline.run import Settings, run
from core.projects.database import Workspace, open_workspace
from core.store.vectors import VectorStore
from core.texts import corpus as corpora
from core.texts import readers, samples


@functools.cache
def shared_cache() -> StageCache:
    """The results of all sessions: keyed by content, so nobody sees what they didn't bring."""
    return StageCache()


@functools.cache
def shared_store() -> VectorStore:
    """The vectors that outlive the server, keyed by content as well."""
    return VectorStore(home() / "vectors")


@functools.cache
def shared_workspace() -> Workspace:
    """The catalogue of everybody who uses this server."""
    return open_workspace()


@functools.cache
def projectors() -> ProjectionPool:
    """The processes that compute maps. They warm up for seconds, while the texts are being encoded."""
    pool = ProjectionPool()
    atexit.register(pool.close)
    return pool


def shared_context() -> Context:
    """The surroundings of every run."""
    return Context(shared_cache(), shared_store(), projectors())


def prepare() -> None:
    """Map the first sample before anybody asks: the first visitor finds it done, or under way."""
    first = samples.SAMPLES[0]
    corpus = corpora.build(readers.read(first.path), first.text_column)
    load_model()  # before the processes start, which would compete with it for the cores
    instruction = first.presets[0].instruction
    run(corpus, instruction, Settings(), context=shared_context())
