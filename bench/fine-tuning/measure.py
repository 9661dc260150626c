"""
What fine-tuning a copy of the later layers brings, by the depth of the cut: a measurement outside the product.

    npx tsc -p tsconfig.json && npx rollup -c
    python3 bench/fine-tuning/measure.py --data DIR --runs runs.jsonl --cache DIR [--cuts 6a,6c]
        [--sets cards] [--shots 10,20,30] [--seeds 0,1,2] [--epochs 20] [--minutes 60]

Needs Python 3.10 or later with numpy, torch, onnx, onnxruntime and pillow, and Node. Every finished run is a line of
the file of runs; what is there already is not done again, and a run that was stopped goes on after its last epoch.
`tables.py` makes tables of the file. Runs are those of docs/lab-notes.md, "Fine-tuning".
"""

import argparse
import datetime
import importlib.util
import json
import platform
import subprocess
import sys
import time
from pathlib import Path

missing = [name for name in ("numpy", "torch", "onnx", "onnxruntime", "PIL") if importlib.util.find_spec(name) is None]
if missing:
    print(f"Skipped: Python's {', '.join(missing)} not found.")
    sys.exit(0)

import onnxruntime
import torch

from baseline import frozen
from check import check
from data import load
from pictures import list_files
from train import Run
from trunk import Trunk

# Each cut is the output of the block before.
BLOCKS = ["5b", "5c", "5d", "6a", "6b", "6c", "6d", "6e", "7a", "7b", "7c"]
STEM = "InceptionV3/InceptionV3/MaxPool_5a_3x3/MaxPool"
FEATURES = "InceptionV3/Logits/AvgPool_1a_8x8/AvgPool"
ROOT = Path(__file__).resolve().parents[2]


def tensor_before(block):
    place = BLOCKS.index(block)
    return STEM if place == 0 else f"InceptionV3/InceptionV3/Mixed_{BLOCKS[place - 1]}/concat"


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words = lambda text: text.split(",")
    numbers = lambda text: [int(one) for one in text.split(",")]
    add = parser.add_argument
    add("--data", default=str(ROOT / "../shared/data"), help="folder of the data sets")
    add("--runs", required=True, help="JSONL file of finished runs")
    add("--cache", required=True, help="folder for maps and unfinished runs; some gigabytes for each cut")
    add("--cuts", type=words, default=words("7a,6e,6c,6a,5d,5b"), help="blocks that training starts with, or none")
    add("--sets", type=words, default=words("cards,textures,materials,flowers"))
    add("--shots", type=numbers, default=[30, 20, 10], help="pictures of each class")
    add("--seeds", type=numbers, default=[0, 1, 2])
    add("--epochs", type=int, default=20, help="of the schedule, which is gone through to its end")
    add("--phases", type=words, default=words("choose,final"), help="with pictures held out, and with all of them")
    add("--views", type=int, default=10, help="different views of each picture, the plain one among them")
    add("--rate", type=float, default=1e-4, help="of the branch, at its highest")
    add("--head-rate", type=float, default=1e-3)
    add("--decay", type=float, default=1e-4)
    add("--frozen", type=words, default=words("default,auto"), help="the product's --layers to compare with, or none")
    add("--minutes", type=float, default=float("inf"), help="no epoch starts after this time")
    add("--threads", type=int, default=2)
    add("--precision", choices=["float32", "bfloat16"], default="float32", help="of activations in the branch")
    return parser.parse_args()


def main():
    options = parse()
    torch.set_num_threads(options.threads)
    until = time.time() + 60 * options.minutes
    Path(options.cache).mkdir(parents=True, exist_ok=True)
    base = base_model(Path(options.cache) / "float32.onnx")
    book = Book(options.runs)
    everything = [(s, n, seed) for n in options.shots for s in options.sets for seed in options.seeds]
    for set_name, shots, seed in everything:
        for layers in options.frozen:
            key = {"kind": "frozen", "set": set_name, "shots": shots, "seed": seed, "layers": layers}
            if layers != "none" and book.find(key) is None and time.time() < until:
                program = ROOT / "dist/src/program/start.js"
                book.add(key, frozen(program, options.data, set_name, shots, seed, layers))
    cuts = [cut for cut in options.cuts if cut != "none"]
    checked = {"kind": "check", "cuts": cuts, "sha256": base["sha256"]}
    if cuts and book.find(checked) is None:
        files = list_files(Path(options.data) / "imagenet-1-per-class")[::100]
        book.add(checked, check(base["model"], base["form"], [tensor_before(cut) for cut in cuts], files))
    for set_name, shots, seed in everything:
        for cut in cuts:
            for phase in options.phases:
                if not train(options, base, book, set_name, shots, seed, cut, phase, until):
                    print("time is up: start again to go on", file=sys.stderr)
                    return


def train(options, base, book, set_name, shots, seed, cut, phase, until):
    """Whether the run is done, now or before."""
    recipe = {name: getattr(options, name) for name in ("epochs", "views", "rate", "head_rate", "decay", "precision")}
    key = {"kind": "run", "phase": phase, "set": set_name, "shots": shots, "seed": seed, "cut": cut, **recipe}
    if book.find(key) is not None:
        return True
    if phase not in ("choose", "final"):
        raise SystemExit(f"there is no phase {phase}: --phases takes choose and final")
    trunk = Trunk(base["model"], tensor_before(cut), options.threads)
    data = load(options.data, set_name, shots, seed, phase, trunk, Path(options.cache) / "views", options.views)
    run = Run(options, base["form"], tensor_before(cut), FEATURES, data, trunk, seed)
    name = "-".join(str(value) for value in key.values())
    state = Path(options.cache) / f"{name}.pt"
    if state.exists():
        run.load(state)
    while len(run.curve) < options.epochs:
        if time.time() > until:
            return False
        run.epoch()
        run.judge()
        run.save(state)
        print(set_name, shots, seed, cut, phase, len(run.curve), json.dumps(run.curve[-1]), file=sys.stderr, flush=True)
    result = {"curve": run.curve, "minutes": sum(one["minutes"] for one in run.curve)}
    book.add(key, {**result, **run.result(), "trained": sum(one.numel() for one in run.learner.parameters())})
    state.unlink()
    return True


class Book:
    """The file of finished runs."""

    def __init__(self, path):
        self.path = Path(path)
        self.lines = [json.loads(line) for line in self.path.read_text().splitlines()] if self.path.exists() else []

    def find(self, key):
        return next((line for line in self.lines if key.items() <= line.items()), None)

    def add(self, key, result):
        versions = {one.__name__: one.__version__ for one in (torch, onnxruntime)}
        versions["python"] = platform.python_version()
        date = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
        line = {**key, **result, "date": date, "machine": machine(), "versions": versions}
        self.lines.append(line)
        with self.path.open("a") as file:
            file.write(json.dumps(line) + "\n")


def machine():
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        model = platform.processor()
    return f"{model}, {torch.get_num_threads()} threads"


def base_model(form):
    """The product's model and, written to `form`, its float32 form."""
    script = ROOT / "dist/bench/fine-tuning/float32-form.js"
    done = subprocess.run(["node", script, form], stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise SystemExit("The float32 form could not be made; is the product built (npx tsc -p tsconfig.json)?")
    return json.loads(done.stdout)


main()
