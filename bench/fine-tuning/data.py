"""What a run trains with and is judged by, as rows of views."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from pictures import draw, hold_out, list_classes, list_files
from trunk import Views

HELD_OUT = 0.2


@dataclass
class Data:
    classes: int
    new: Views
    labels: torch.Tensor
    train: np.ndarray
    held: np.ndarray
    test: Views
    test_labels: torch.Tensor
    old: Views
    rehearsed: np.ndarray
    old_held: np.ndarray
    old_test: Views
    old_test_labels: torch.Tensor


def load(folder, set_name, shots, seed, phase, trunk, cache, views):
    """`phase` is `choose`, with a fifth of the pictures held out, or `final`, with none."""
    folder = Path(folder)
    pictures, names = list_classes(folder / set_name / "train")
    test, test_names = list_classes(folder / set_name / "val")
    if test_names != names:
        raise ValueError(f"train and val of {set_name} have different classes")
    row = {file: i for i, (file, _) in enumerate(pictures)}
    drawn = draw(pictures, shots, seed)
    kept, held = hold_out(drawn, HELD_OUT, seed) if phase == "choose" else (drawn, [])
    # One photograph of each old class; those held out decide the shift of the new logits.
    old = list_files(folder / "imagenet-1-per-class")
    order = np.random.default_rng(seed).permutation(len(old))
    old_test, wnids = list_classes(folder / "imagenet-test")
    place = old_places(folder)
    rows = lambda some: np.array([row[file] for file, _ in some], int)
    return Data(
        classes=len(names),
        new=Views(cache, trunk, [file for file, _ in pictures], views),
        labels=torch.tensor([label for _, label in pictures]),
        train=rows(kept),
        held=rows(held),
        test=Views(cache, trunk, [file for file, _ in test], 1),
        test_labels=torch.tensor([label for _, label in test]),
        old=Views(cache, trunk, old, views),
        rehearsed=order[round(len(old) * HELD_OUT) :],
        old_held=order[: round(len(old) * HELD_OUT)],
        old_test=Views(cache, trunk, [file for file, _ in old_test], 1),
        old_test_labels=torch.tensor([place[wnids[label]] for _, label in old_test]),
    )


def old_places(folder):
    with open(folder / "imagenet-classes.tsv", newline="") as file:
        return {row[1]: int(row[0]) for row in list(csv.reader(file, delimiter="\t"))[1:]}
