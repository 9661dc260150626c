"""The frozen features on the same pictures, by the product itself."""

import json
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from pictures import draw, list_classes


def frozen(program, folder, set_name, shots, seed, layers):
    """Adds the drawn pictures to the default model, and evaluates the bundle."""
    folder = Path(folder).resolve()
    pictures, names = list_classes(folder / set_name / "train")
    with tempfile.TemporaryDirectory() as place:
        added, bundle = Path(place) / set_name, Path(place) / "bundle"
        for file, label in draw(pictures, shots, seed):
            (added / names[label]).mkdir(parents=True, exist_ok=True)
            shutil.copy(file, added / names[label])
        start = time.time()
        how = ["--model", "inception-v3", "--layers", layers, "--seed", str(seed)]
        run(program, "--add", added, "--out", bundle, *how)
        minutes = (time.time() - start) / 60
        new = run(program, "evaluate", folder / set_name / "val", "--model", bundle)["new"]
        old = run(program, "evaluate", folder / "imagenet-test", "--model", bundle)["old"]
    return {
        "alone": new["top1Alone"],
        "joint": new["top1"],
        "oldBefore": old["top1Base"],
        "oldLoss": old["top1Base"] - old["top1"],
        "minutes": minutes,
    }


def run(program, *words):
    done = subprocess.run(["node", program, *words, "--json"], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"the product failed: {done.stderr.strip()[-500:]}")
    return json.loads(done.stdout)
