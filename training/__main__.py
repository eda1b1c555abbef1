"""``python -m training --data FOLDER --out FOLDER``: train refract-small from the open sets."""

import argparse
import json
import logging
from dataclasses import asdict
from pathlib import Path

import torch

from training import data
from training.dev import dev_figures, summary
from training.sheets import read_sheets
from training.states import StateReader
from training.synthetic import unseen_set
from training.tasks import load_sets, prepare_task, untaught
from training.train import TrainingSettings, load, new_read_out, save, train

log = logging.getLogger("training")


def main() -> None:
    """Read, train, measure on the dev split, save."""
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument(
        "--data",
        type=Path,
        nargs="+",
        required=True,
        help="folders of Parquet files with text and labels, and *.aspects.json beside those written for training",
    )
    parser.add_argument("--cap", type=int, default=data.TEXTS_PER_SET, help="texts kept of a set")
    parser.add_argument("--out", type=Path, required=True, help="where the weights go")
    parser.add_argument("--work", type=Path, default=Path("training-work"), help="cached states and checkpoints")
    parser.add_argument("--steps", type=int, default=TrainingSettings.steps)
    parser.add_argument("--seed", type=int, default=TrainingSettings.seed)
    parser.add_argument("--start", type=Path, help="folder of weights to go on from (default: the untrained read-out)")
    parser.add_argument(
        "--rate", type=float, default=TrainingSettings.rate, help="highest learning rate; the blocks' is a fifth"
    )
    parser.add_argument("--threads", type=int, default=0, help="processor threads; 0 for all")
    parser.add_argument(
        "--leave-out", nargs="*", default=[], metavar="SET[/ASPECT]", help="not trained on, only measured"
    )
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    settings = TrainingSettings(
        steps=arguments.steps, seed=arguments.seed, rate=arguments.rate, block_rate=arguments.rate / 5
    )
    cache = arguments.work / "states"

    reader = StateReader()
    training, dev = load_sets(arguments.data, arguments.leave_out, settings.seed, arguments.cap)
    sheets = {name: sheet for folder in arguments.data for name, sheet in read_sheets(folder).items()}
    others = untaught(reader, sheets)
    sets = [
        prepare_task(labelled, reader, cache, settings.seed, others, sheets.get(labelled.name)) for labelled in training
    ]
    sets = [task for task in sets if task.columns]
    log.info("%d sets, %d texts", len(sets), sum(len(task.states.plain) for task in sets))

    torch.manual_seed(settings.seed)
    model = new_read_out() if arguments.start is None else load(arguments.start).requires_grad_(True)
    left = [entry.replace("/", "_") for entry in sorted(arguments.leave_out)]
    run = arguments.work / "-".join(["run", str(settings.seed), str(settings.steps), *left])
    train(model, sets, settings, run)
    save(model, arguments.out, settings)

    whole = {labelled.name: labelled for folder in arguments.data for labelled in data.training_sets(folder)}
    left_out = [data.split(whole[name])[1] for name in {entry.split("/")[0] for entry in arguments.leave_out}]
    unseen = unseen_set(whole["clinc150"], 600, settings.seed)
    figures = dev_figures(model, [*dev, *left_out, unseen], reader, cache, sheets)
    log.info("dev %s", json.dumps(summary(figures)))
    run.mkdir(parents=True, exist_ok=True)
    (run / "dev.json").write_text(json.dumps([asdict(figure) for figure in figures], indent=1))


if __name__ == "__main__":
    main()
