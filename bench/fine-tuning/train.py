"""One run: a branch and new heads, trained in one softmax with the frozen old logits."""

import math
import os
import time

import numpy as np
import torch
import torch.nn.functional as F

from graph import Branch

NEW_A_STEP, OLD_A_STEP = 24, 8


class Learner(torch.nn.Module):
    """The branch, and a linear head on its features, which are standardised as they were before training."""

    def __init__(self, branch, classes, trunk, maps):
        super().__init__()
        self.branch, self.scale, self.zero = branch, trunk.scale, trunk.zero
        with torch.no_grad():
            features = self.features(maps)
        self.register_buffer("mean", features.mean(0))
        self.register_buffer("deviation", features.std(0) + 0.05)
        self.head = torch.nn.Linear(features.shape[1], classes)
        torch.nn.init.zeros_(self.head.weight)
        torch.nn.init.zeros_(self.head.bias)

    def features(self, maps):
        values = (torch.from_numpy(maps).float() - self.zero) * self.scale
        return self.branch(values.contiguous(memory_format=torch.channels_last)).flatten(1)

    def forward(self, maps):
        return self.head((self.features(maps) - self.mean) / self.deviation)


def joint_loss(logits, old, labels, new):
    """New and old pictures count the same in all, as in docs/method.md; `labels` are those of the first `new` rows."""
    everything = torch.logaddexp(old, logits.logsumexp(1))
    own = logits[:new].gather(1, labels[:, None])[:, 0]
    return (everything[:new] - own).mean() + (everything[new:] - old[new:]).mean()


@torch.no_grad()
def predict(learner, views, rows, size=32):
    """Logits and old values of plain views."""
    logits, old = [], []
    for start in range(0, len(rows), size):
        some = rows[start : start + size]
        maps, values = views.get(some, [0] * len(some))
        logits.append(learner(maps))
        old.append(values)
    return torch.cat(logits), torch.from_numpy(np.concatenate(old))


def accuracy(logits, labels):
    return (logits.argmax(1) == labels).double().mean().item()


def held_out_shift(logits, old, share=0.01):
    """The highest shift of all new logits with which at most this share of the old pictures goes to a new class."""
    margins = (logits.max(1).values - old[:, 1]).sort(descending=True).values
    return -margins[math.floor(share * len(margins))].item() - 1e-6


class Run:
    """Training that can be stopped after any epoch and goes on where it was."""

    def __init__(self, options, form, cut, output, data, trunk, seed):
        torch.manual_seed(seed)
        self.options, self.data, self.random = options, data, np.random.default_rng(seed)
        branch = Branch(form, cut, output, getattr(torch, options.precision))
        sample = self.random.permutation(data.train)[:64]
        maps, _ = data.new.get(sample, [0] * len(sample))
        self.learner = Learner(branch, data.classes, trunk, maps)
        groups = [
            {"params": branch.parameters(), "lr": options.rate},
            {"params": self.learner.head.parameters(), "lr": options.head_rate},
        ]
        self.optimiser = torch.optim.AdamW(groups, weight_decay=options.decay)
        self.steps = math.ceil(len(data.train) / NEW_A_STEP)
        total, warm = self.steps * options.epochs, self.steps / 2
        self.schedule = torch.optim.lr_scheduler.LambdaLR(
            self.optimiser,
            lambda step: min(1, (step + 1) / warm) * (1 + math.cos(math.pi * step / total)) / 2,
        )
        self.curve = []

    def epoch(self):
        clock, work = time.time(), time.process_time()
        trunk, total = 0, 0
        order = self.random.permutation(self.data.train)
        for start in range(0, len(order), NEW_A_STEP):
            before = time.process_time()
            maps, old, labels = self.batch(order[start : start + NEW_A_STEP])
            trunk += time.process_time() - before
            loss = joint_loss(self.learner(maps), old, labels, len(labels))
            self.optimiser.zero_grad()
            loss.backward()
            self.optimiser.step()
            self.schedule.step()
            total += loss.item()
        self.curve.append(
            {
                "loss": total / self.steps,
                "minutes": (time.time() - clock) / 60,
                "cpuMinutes": (time.process_time() - work) / 60,
                "trunkCpuMinutes": trunk / 60,
            }
        )

    def batch(self, rows):
        """Maps and old logsumexp of new pictures in random views and then old ones, and the labels of the new."""
        old_rows = self.random.choice(self.data.rehearsed, OLD_A_STEP, replace=False)
        new_maps, new = self.data.new.get(rows, self.random.integers(0, self.data.new.views, len(rows)))
        old_maps, old = self.data.old.get(old_rows, self.random.integers(0, self.data.old.views, OLD_A_STEP))
        maps, old = np.concatenate([new_maps, old_maps]), np.concatenate([new, old])
        return maps, torch.from_numpy(old[:, 0]), self.data.labels[rows]

    def judge(self):
        """Adds what the newest epoch gives to the curve."""
        data, last = self.data, self.curve[-1]
        clock = time.time()
        if len(data.held):
            logits, _ = predict(self.learner, data.new, data.held)
            last["heldOut"] = accuracy(logits, data.labels[data.held])
            last["heldOutLoss"] = F.cross_entropy(logits, data.labels[data.held]).item()
        logits, _ = predict(self.learner, data.test, np.arange(len(data.test.files)))
        last["alone"] = accuracy(logits, data.test_labels)
        last["judgeMinutes"] = (time.time() - clock) / 60

    def result(self):
        """Accuracy among new classes alone and among all, and what the old ones lose."""
        data = self.data
        logits, old = predict(self.learner, data.old, data.old_held)
        shift = held_out_shift(logits, old)
        logits, old = predict(self.learner, data.test, np.arange(len(data.test.files)))
        right = logits.argmax(1) == data.test_labels
        joint = right & (logits.max(1).values + shift > old[:, 1])
        logits, old = predict(self.learner, data.old_test, np.arange(len(data.old_test.files)))
        known = old[:, 2].long() == data.old_test_labels
        lost = known & (logits.max(1).values + shift > old[:, 1])
        return {
            "alone": right.double().mean().item(),
            "joint": joint.double().mean().item(),
            "shift": shift,
            "oldBefore": known.double().mean().item(),
            "oldLoss": lost.double().mean().item(),
        }

    def save(self, path):
        state = {
            "learner": self.learner.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "schedule": self.schedule.state_dict(),
            "random": self.random.bit_generator.state,
            "curve": self.curve,
        }
        torch.save(state, f"{path}.new")
        os.replace(f"{path}.new", path)

    def load(self, path):
        state = torch.load(path, weights_only=False)
        self.learner.load_state_dict(state["learner"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.schedule.load_state_dict(state["schedule"])
        self.random.bit_generator.state = state["random"]
        self.curve = state["curve"]
