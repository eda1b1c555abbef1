"""Models from the hub, fetched when the user asks for one and never otherwise."""

import json
import re
from pathlib import Path, PurePosixPath

from core.base.errors import InputError
from core.base.home import home
from core.base.progress import UNWATCHED, Watch
from core.base.wording import listed
from core.models.cards.card import ModelCard
from core.models.cards.known import CARDS
from core.models.hub_transfer import (
    INCOMPLETE,
    PARTIAL,
    TIMEOUT_SECONDS,
    Plan,
    RemoteFile,
    endpoint,
    fetch_all,
    gated,
    in_words,
    token,
)

_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
_FILES = re.compile(
    r"(config|modules|config_sentence_transformers|sentence_bert_config|tokenizer|tokenizer_config|special_tokens_map|"
    r"added_tokens|vocab)\.json|vocab\.txt|merges\.txt|spiece\.model|sentencepiece\.bpe\.model|tokenizer\.model|"
    r"\d+_[A-Za-z]+/config\.json"  # 1_Pooling, 2_Dense, 3_Normalize
)
_WEIGHTS = "model.safetensors", "pytorch_model.bin"  # the first that is there is taken
_SHARD = {"model.safetensors": r"model-\d+-of-\d+\.safetensors", "pytorch_model.bin": r"pytorch_model-\d+-of-\d+\.bin"}
_EXAMPLE = "instructor-base"
_PATIENCE_SECONDS = 2.0  # for a download that was stopped just now to end


def models_home() -> Path:
    """The folder of downloaded models, which may not be there yet; see `core.base.home`."""
    return home() / "models"


def local_directory(model: ModelCard | str) -> Path:
    """Where a model's files belong: a folder called ``owner--name``, whether it is there or not."""
    return models_home() / _hub_id(model).replace("/", "--")


def is_aside(directory: Path) -> bool:
    """Whether a folder beside the models is no model: a download under way, or half a copy that was put aside."""
    return directory.name.endswith(PARTIAL) or INCOMPLETE in directory.name


def missing_files(directory: Path) -> tuple[str, ...]:
    """The files that a model's directory lacks; none where it is complete."""
    missing = [name for name in ("config.json", "tokenizer.json") if not (directory / name).is_file()]
    folders = ["", *_dense_folders(directory)]
    missing += [lack for folder in folders for lack in _missing_weights(directory, folder)]
    return tuple(missing)


def is_complete(directory: Path) -> bool:
    """Whether a directory holds all that it takes to load the model. No weights are read."""
    return not missing_files(directory)


def missing_sentence(card: ModelCard) -> str:
    """The way to get a model that is not here, in the user's words."""
    directory = local_directory(card)
    found = missing_files(directory) if directory.is_dir() else ()
    lacks = f" Its folder lacks {listed(found)}." if found else ""
    return (
        f"The model {card.name} is not on this machine.{lacks} Download it on the Models page, or with the command "
        f"refract download {card.name}. Without a network, copy its files from another machine into the folder "
        f"{directory}: config.json, tokenizer.json, model.safetensors (or pytorch_model.bin), modules.json, "
        "sentence_bert_config.json, and its numbered folders such as 1_Pooling and 2_Dense."
    )


def plan(model: ModelCard | str) -> Plan:
    """Ask the hub what the download of a model consists of.

    Raises
    ------
    InputError
        Without a network, for an unknown or gated model, or one without files that Refract can read.
    """
    from huggingface_hub import HfApi

    hub_id = _hub_id(model)
    card = model if isinstance(model, ModelCard) else CARDS.get(model)
    api = HfApi(endpoint=endpoint(), token=token(), library_name="refract")
    revision = card.revision if card else "main"
    with in_words(hub_id, models_home()):
        info = api.model_info(hub_id, revision=revision, files_metadata=True, timeout=TIMEOUT_SECONDS)
    if info.gated and not token():
        raise InputError(gated(hub_id))
    files: dict[str, RemoteFile] = {}
    for sibling in info.siblings or ():
        name, lfs = sibling.rfilename, sibling.lfs
        _check_name(hub_id, name)
        kind, value = ("sha256", lfs.sha256) if lfs else ("blob", sibling.blob_id or "")
        files[name] = RemoteFile(name, int(sibling.size or 0), kind, value)
    chosen = needed(list(files))
    lacks = [name for name in ("config.json", "tokenizer.json") if name not in chosen]
    if not any(name.startswith(("model", "pytorch_model")) for name in chosen):
        lacks.append("model.safetensors or pytorch_model.bin")
    if lacks:
        raise InputError(f"The model {hub_id} has no {listed(lacks)} on the hub, so it can't be used. Choose another.")
    commit = info.sha or revision
    return Plan(hub_id, commit, tuple(files[name] for name in chosen), local_directory(hub_id))


def needed(names: list[str]) -> list[str]:
    """Those of a listing's names that are downloaded: no code, no weights for other programs, none twice."""
    chosen = {name for name in names if _FILES.fullmatch(name)}
    for folder in {"", *(name.rpartition("/")[0] + "/" for name in chosen if "/" in name)}:
        for weights in _WEIGHTS:
            index = f"{folder}{weights}.index.json"
            if folder + weights in names:
                chosen.add(folder + weights)
            elif index in names:
                chosen |= {index, *(name for name in names if re.fullmatch(re.escape(folder) + _SHARD[weights], name))}
            else:
                continue
            break
    return sorted(chosen)


def download(model: ModelCard | str, watch: Watch = UNWATCHED) -> Path:
    """Fetch a model's files and return their directory. One that is complete already is left as it is.

    What arrives stands in a folder of another name until everything is there and checked, by size and by the digests
    that the hub gives. A download that was stopped goes on where it was.

    Parameters
    ----------
    model : a card, a name in ``CARDS``, or ``owner/name`` on the hub.
    watch : see `core.base.progress.Watch`; the stage is "download", in bytes.

    Raises
    ------
    InputError
        As `plan`, and where the disk is full, files arrive damaged, or another program downloads the same model.
    Cancelled
        Once ``watch`` stops it.
    """
    from filelock import FileLock, Timeout

    hub_id, target = _hub_id(model), local_directory(model)
    if is_complete(target):
        return target
    watch.check()
    with in_words(hub_id, models_home()):
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            held = FileLock(target.with_name(target.name + ".lock")).acquire(timeout=_PATIENCE_SECONDS)
        except Timeout:
            raise InputError(f"The model {hub_id} is being downloaded already. Wait until it is here.") from None
        with held:
            fetch_all(plan(model), watch)
    return target


def _hub_id(model: ModelCard | str) -> str:
    card = CARDS.get(model) if isinstance(model, str) else model
    name = card.hub_id if card else str(model)
    if not _ID.fullmatch(name) or ".." in name or "--" in name:
        raise InputError(f"“{name}” is no model on the hub. Write it as owner/name, such as {CARDS[_EXAMPLE].hub_id}.")
    return name


def _dense_folders(directory: Path) -> list[str]:
    """The folders of a model's own layers, which have weights too."""
    try:
        modules = json.loads((directory / "modules.json").read_text(encoding="utf-8"))
        return [str(module["path"]) + "/" for module in modules if str(module["type"]).endswith(".Dense")]
    except (OSError, ValueError, KeyError, TypeError):  # what else is wrong with it is said when the model is loaded
        return []


def _missing_weights(directory: Path, folder: str) -> list[str]:
    for weights in _WEIGHTS:
        if (directory / folder / weights).is_file():
            return []
        index = directory / folder / f"{weights}.index.json"
        if index.is_file():
            try:
                shards = sorted(set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()))
            except (OSError, ValueError, KeyError, TypeError, AttributeError):
                return [f"{folder}{index.name}"]
            return [f"{folder}{shard}" for shard in shards if not (directory / folder / str(shard)).is_file()]
    return [f"{folder}{_WEIGHTS[0]}"]


def _check_name(hub_id: str, name: str) -> None:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or not name.isprintable():
        raise InputError(
            f"The hub lists a file called “{name}” for {hub_id}, which would be written outside of the model's folder. "
            "Nothing was downloaded."
        )
