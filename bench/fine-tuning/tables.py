"""
Tables of the runs of `measure.py`, as Markdown and JSON:

    python3 bench/fine-tuning/tables.py runs.jsonl [--out NAME]

With a name, NAME.md and NAME.json are written; without one, the Markdown goes to stdout.
"""

import argparse
import json
from pathlib import Path
from statistics import mean

FIGURES = ("alone", "joint", "oldLoss", "minutes")
ORDER = ["frozen", "7c", "7b", "7a", "6e", "6d", "6c", "6b", "6a", "5d", "5c", "5b"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs")
    parser.add_argument("--out")
    options = parser.parse_args()
    lines = [json.loads(line) for line in Path(options.runs).read_text().splitlines()]
    groups = summaries(lines)
    text = markdown(groups, [line for line in lines if line["kind"] == "run"])
    if options.out is None:
        print(text)
        return
    Path(f"{options.out}.md").write_text(text)
    Path(f"{options.out}.json").write_text(json.dumps({"summaries": groups, "runs": lines}, indent=2) + "\n")


def summaries(lines):
    """Mean over seeds of what is otherwise the same."""
    groups = {}
    for line in lines:
        if line["kind"] != "check":
            groups.setdefault(json.dumps(recipe(line)), []).append(line)
    found = [
        {**json.loads(key), "seeds": len(own), **{name: mean(one[name] for one in own) for name in FIGURES}}
        for key, own in groups.items()
    ]
    return sorted(found, key=lambda one: (one["set"], -one["shots"], ORDER.index(one["cut"]), one["how"]))


def recipe(line):
    place = {"set": line["set"], "shots": line["shots"]}
    if line["kind"] == "frozen":
        return {**place, "cut": "frozen", "how": f"--layers {line['layers']}"}
    pictures = "four fifths of the pictures" if line["phase"] == "choose" else "all pictures"
    how = f"{pictures}, {line['epochs']} epochs, rate {line['rate']:g}, {line['precision']}"
    return {**place, "cut": line["cut"], "how": how}


def markdown(groups, runs):
    rows = [
        "| set | pictures a class | trained from | how | seeds | new alone | joint | old loss | minutes |",
        "|---|---:|---|---|---:|---:|---:|---:|---:|",
    ]
    for one in groups:
        alone, joint = (f"{one[name]:.3f}"[1:] for name in ("alone", "joint"))
        loss, minutes = f"{100 * one['oldLoss']:.1f} pt", f"{one['minutes']:.1f}"
        cells = [one["set"], one["shots"], one["cut"], one["how"], one["seeds"], alone, joint, loss, minutes]
        rows.append(f"| {' | '.join(map(str, cells))} |")
    curves = [
        "| run | epoch | loss | held out | val alone | minutes | processor |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for run in runs:
        name = f"{run['set']} {run['shots']}, {run['cut']}, {run['phase']}, seed {run['seed']}, rate {run['rate']:g}"
        for epoch, one in enumerate(run["curve"], 1):
            held = f"{one['heldOut']:.3f}" if "heldOut" in one else "–"
            minutes = [f"{one[kind]:.1f}" for kind in ("minutes", "cpuMinutes")]
            cells = [name, str(epoch), f"{one['loss']:.2f}", held, f"{one['alone']:.3f}", *minutes]
            curves.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows) + "\n\n" + "\n".join(curves) + "\n"


main()
