"""Downloads, against a hub of our own: whole, interrupted, cancelled, refused, damaged."""

import errno
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.base.errors import Cancelled, InputError
from core.base.progress import Progress, Watch
from core.models import hub
from core.models.cards.known import CARDS
from tests.support.hub_server import Hub, serve

ROOT = Path(__file__).parents[3]
WEIGHTS = os.urandom(600_000)
FILES = {
    "config.json": b'{"model_type": "t5"}',
    "tokenizer.json": b"{}",
    "tokenizer_config.json": b"{}",
    "spiece.model": b"pieces",
    "modules.json": b'[{"idx": 0, "path": "", "type": "sentence_transformers.models.Transformer"},'
    b'{"idx": 1, "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},'
    b'{"idx": 2, "path": "2_Dense", "type": "sentence_transformers.models.Dense"}]',
    "sentence_bert_config.json": b'{"max_seq_length": 512}',
    "1_Pooling/config.json": b"{}",
    "2_Dense/config.json": b"{}",
    "2_Dense/pytorch_model.bin": b"dense weights",
    "model.safetensors": WEIGHTS,
}
LEFT_OUT = {
    "pytorch_model.bin": b"the same again",
    "onnx/model.onnx": b"another program's",
    "openvino/openvino_model.xml": b"another program's",
    "tf_model.h5": b"another program's",
    "flax_model.msgpack": b"another program's",
    "modeling_evil.py": b"raise SystemExit",
    "README.md": b"words",
    ".gitattributes": b"",
}


@pytest.fixture
def remote(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Hub]:
    """A hub with one model, and an empty home to download it to."""
    monkeypatch.setenv("REFRACT_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("HF_TOKEN", raising=False)
    published = Hub(files=FILES | LEFT_OUT)
    with serve(published) as address:
        monkeypatch.setenv("HF_ENDPOINT", address)
        yield published


def in_directory(directory: Path) -> dict[str, bytes]:
    return {p.relative_to(directory).as_posix(): p.read_bytes() for p in directory.rglob("*") if p.is_file()}


def weight_requests(remote: Hub) -> list[str]:
    return [wanted for path, wanted in remote.asked if path.endswith("/model.safetensors")]


def test_a_model_is_fetched_whole_and_nothing_else(remote: Hub):
    told: list[Progress] = []
    directory = hub.download("acme/tiny", Watch(told.append))
    assert directory == hub.models_home() / "acme--tiny" == hub.local_directory("acme/tiny")
    assert in_directory(directory) == FILES
    assert hub.is_complete(directory)
    total = sum(map(len, FILES.values()))
    assert {p.stage for p in told} == {"download"}
    assert {p.total for p in told} == {total}
    assert [p.done for p in told] == sorted(p.done for p in told)
    assert told[-1].done == total
    assert [p.name for p in hub.models_home().iterdir() if p.is_dir()] == ["acme--tiny"]


def test_what_is_here_is_not_asked_for_again(remote: Hub):
    hub.download("acme/tiny")
    remote.asked.clear()
    hub.download("acme/tiny")
    assert not remote.asked


def test_the_plan_says_the_size_and_fetches_nothing(remote: Hub):
    plan = hub.plan("acme/tiny")
    assert plan.size == sum(map(len, FILES.values()))
    assert {file.name for file in plan.files} == set(FILES)
    assert not hub.models_home().exists()


def test_a_known_name_stands_for_its_place_on_the_hub(remote: Hub):
    remote.hub_id = "hkunlp/instructor-base"
    assert hub.download("instructor-base").name == "hkunlp--instructor-base"
    assert hub.is_complete(hub.local_directory(CARDS["instructor-base"]))


def test_a_broken_connection_is_taken_up_where_it_broke(remote: Hub):
    remote.cut_after, remote.times_to_cut = 200_000, 2
    assert in_directory(hub.download("acme/tiny")) == FILES
    assert weight_requests(remote) == ["", "bytes=200000-", "bytes=400000-"]


def test_an_interrupted_download_goes_on_and_never_passes_for_a_model(remote: Hub):
    remote.cut_after, remote.times_to_cut = 100_000, 10**6
    cancel = threading.Event()

    def stop(progress: Progress) -> None:
        if progress.done > 100_000:
            cancel.set()

    with pytest.raises(Cancelled):
        hub.download("acme/tiny", Watch(stop, cancel))
    directory = hub.local_directory("acme/tiny")
    assert not directory.exists()
    assert not hub.is_complete(directory)
    remote.times_to_cut = 0
    remote.asked.clear()
    assert in_directory(hub.download("acme/tiny")) == FILES
    (resumed,) = weight_requests(remote)
    assert int(resumed.removeprefix("bytes=").rstrip("-")) >= 100_000


def test_a_hub_that_ignores_ranges_starts_the_file_again(remote: Hub):
    remote.cut_after, remote.times_to_cut, remote.ignores_range = 50_000, 1, True
    assert in_directory(hub.download("acme/tiny")) == FILES


def test_cancelling_takes_effect_at_once(remote: Hub):
    remote.slow = 0.3  # three seconds for the weights
    cancel = threading.Event()
    after: list[Progress] = []

    def cancel_within_the_weights(progress: Progress) -> None:
        if cancel.is_set():
            after.append(progress)
        elif 65_536 < progress.done < progress.total:
            cancel.set()

    with pytest.raises(Cancelled):
        hub.download("acme/tiny", Watch(cancel_within_the_weights, cancel))
    assert cancel.is_set()
    assert len(after) <= 1
    assert not hub.local_directory("acme/tiny").exists()


def test_a_killed_download_goes_on(remote: Hub):
    remote.slow = 0.3
    code = "from core.models import hub; hub.download('acme/tiny')"
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=os.environ.copy())
    aside = hub.models_home() / "acme--tiny.partial" / "model.safetensors"
    for _ in range(600):
        if aside.is_file() and aside.stat().st_size > 65_536:
            break
        time.sleep(0.05)
    process.kill()
    process.wait()
    assert not hub.local_directory("acme/tiny").exists()
    remote.slow = 0
    assert in_directory(hub.download("acme/tiny")) == FILES
    assert weight_requests(remote)[-1].startswith("bytes=")


def test_files_of_another_revision_are_replaced(remote: Hub):
    aside = hub.models_home() / "acme--tiny.partial"
    aside.mkdir(parents=True)
    (aside / "config.json").write_bytes(b"x" * len(FILES["config.json"]))
    (aside / "model.safetensors").write_bytes(b"y" * 300_000)
    (aside / "vocab.txt").write_bytes(b"no longer there")
    assert in_directory(hub.download("acme/tiny")) == FILES


def test_damaged_weights_are_refused(remote: Hub):
    remote.damaged = True
    with pytest.raises(InputError, match="arrived damaged"):
        hub.download("acme/tiny")
    assert not hub.local_directory("acme/tiny").exists()
    remote.damaged = False
    assert in_directory(hub.download("acme/tiny")) == FILES


def test_half_a_copy_is_put_aside_and_kept(remote: Hub):
    directory = hub.local_directory("acme/tiny")
    directory.mkdir(parents=True)
    (directory / "config.json").write_text("mine")
    assert in_directory(hub.download("acme/tiny")) == FILES
    (kept,) = hub.models_home().glob("acme--tiny.incomplete-*")
    assert (kept / "config.json").read_text() == "mine"


def test_without_a_network_the_sentence_says_so(remote: Hub, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(InputError, match=r"can't be reached at http://127.0.0.1:9.*network"):
        hub.download("acme/tiny")


def test_a_network_that_goes_away_is_said_and_what_came_is_kept(remote: Hub):
    remote.cut_after, remote.times_to_cut = 0, 10**6
    with pytest.raises(InputError, match=r"can't be reached|nothing more"):
        hub.download("acme/tiny")
    assert (hub.models_home() / "acme--tiny.partial" / "tokenizer.json").is_file()


def test_something_else_that_answers_is_said(remote: Hub, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Hub, "listing", lambda self: ["not", "a", "model"])
    with pytest.raises(InputError, match="is not the hub"):
        hub.download("acme/tiny")


def test_an_unknown_model_is_said(remote: Hub):
    with pytest.raises(InputError, match="no model called acme/huge"):
        hub.download("acme/huge")


@pytest.mark.parametrize(
    "name", ["nonsense", "a/b/c", "../x", "acme/..", "https://acme/tiny", "acme/tiny--x", "", "a/"]
)
def test_what_can_be_no_model_is_not_asked_for(remote: Hub, name: str):
    with pytest.raises(InputError, match="owner/name"):
        hub.download(name)
    assert not remote.asked


def test_a_gated_model_wants_its_licence_accepted(remote: Hub, monkeypatch: pytest.MonkeyPatch):
    remote.gated = True
    with pytest.raises(InputError, match=r"accepted its licence.*HF_TOKEN"):
        hub.download("acme/tiny")
    monkeypatch.setenv("HF_TOKEN", "bad")
    with pytest.raises(InputError, match="accepted its licence"):
        hub.download("acme/tiny")
    monkeypatch.setenv("HF_TOKEN", "good")
    assert in_directory(hub.download("acme/tiny")) == FILES


def test_no_token_is_sent_unless_the_user_set_one(remote: Hub):
    hub.download("acme/tiny")
    assert set(remote.tokens) == {""}


@pytest.mark.parametrize("name", ["../x", "1_Pooling/../../x", "/etc/passwd", "..\\x", "a\nb"])
def test_a_listing_that_would_write_elsewhere_is_refused(remote: Hub, name: str):
    remote.listed = (name,)
    with pytest.raises(InputError, match="outside of the model's folder"):
        hub.download("acme/tiny")
    assert all(path.startswith("/api/") for path, _ in remote.asked)


def test_a_full_disk_is_said(remote: Hub, monkeypatch: pytest.MonkeyPatch):
    usage = type("Usage", (), {"free": 1000})
    monkeypatch.setattr("core.models.hub_transfer.shutil.disk_usage", lambda _: usage)
    with pytest.raises(InputError, match=r"disk is too full.*REFRACT_HOME"):
        hub.download("acme/tiny")
    assert not weight_requests(remote)


def test_a_disk_that_fills_on_the_way_is_said(remote: Hub, monkeypatch: pytest.MonkeyPatch):
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("core.models.hub_transfer.os.fsync", full)
    with pytest.raises(InputError, match="disk is too full"):
        hub.download("acme/tiny")


def test_a_model_without_readable_files_is_refused_before_it_is_fetched(remote: Hub):
    del remote.files["tokenizer.json"], remote.files["model.safetensors"], remote.files["pytorch_model.bin"]
    with pytest.raises(InputError, match=r"has no tokenizer.json and model.safetensors or pytorch_model.bin"):
        hub.download("acme/tiny")


def test_one_download_of_a_model_at_a_time(remote: Hub):
    remote.slow = 1.0
    cancel, under_way = threading.Event(), threading.Event()

    def stopped() -> None:
        with pytest.raises(Cancelled):
            hub.download("acme/tiny", Watch(lambda _: under_way.set(), cancel))

    first = threading.Thread(target=stopped)
    first.start()
    assert under_way.wait(600)
    with pytest.raises(InputError, match="being downloaded already"):
        hub.download("acme/tiny")
    cancel.set()
    first.join()


def test_shards_come_with_their_index_and_bin_only_without_safetensors():
    shards = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "model.safetensors.index.json"]
    assert hub.needed(["config.json", *shards, "pytorch_model.bin", "x.py"]) == sorted(["config.json", *shards])
    assert hub.needed(["pytorch_model.bin", "tf_model.h5"]) == ["pytorch_model.bin"]
    both = ["2_Dense/config.json", "2_Dense/model.safetensors", "2_Dense/pytorch_model.bin"]
    assert hub.needed(both) == both[:2]


def test_a_lost_shard_makes_a_model_incomplete(tmp_path: Path):
    for name in ("config.json", "tokenizer.json", "a.safetensors"):
        (tmp_path / name).write_text("{}")
    assert hub.missing_files(tmp_path) == ("model.safetensors",)
    index = '{"weight_map": {"x": "a.safetensors", "y": "b.safetensors"}}'
    (tmp_path / "model.safetensors.index.json").write_text(index)
    assert hub.missing_files(tmp_path) == ("b.safetensors",)
    (tmp_path / "b.safetensors").write_text("{}")
    assert hub.is_complete(tmp_path)


def test_the_sentence_for_a_missing_model_names_files_folder_command_and_page(remote: Hub):
    sentence = hub.missing_sentence(CARDS["instructor-base"])
    for part in (
        "instructor-base",
        "Models page",
        "refract download instructor-base",
        "hkunlp--instructor-base",
        "tokenizer.json",
        "model.safetensors",
        "2_Dense",
    ):
        assert part in sentence
    directory = hub.local_directory("instructor-base")
    directory.mkdir(parents=True)
    (directory / "config.json").write_text("{}")
    assert "lacks tokenizer.json and model.safetensors" in hub.missing_sentence(CARDS["instructor-base"])


def test_nothing_of_the_hub_is_imported_before_a_download():
    code = "import sys; from core.models import hub; hub.models_home(); sys.exit('huggingface_hub' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_the_command_line_downloads(remote: Hub, capsys: pytest.CaptureFixture[str]):
    from core.cli.main import main

    assert main(["download", "acme/tiny"]) == 0
    assert capsys.readouterr().out.strip() == str(hub.local_directory("acme/tiny"))
    assert main(["download", "acme/huge"]) == 2
    error = capsys.readouterr().err
    assert "no model called acme/huge" in error
    assert len(error.splitlines()) == 1
