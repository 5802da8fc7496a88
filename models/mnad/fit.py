"""Fits MNAD to a camera: from recordings of ordinary days to the folder that `models_dir` names.

    python3 models/mnad/fit.py --dataset DIR --out MODELS

DIR holds videos of one place without anomalies, or a labelled data set as for `nunchi eval`, of which the train
clips are taken. MODELS gets a copy of the shipped models with the fitted one in its place.
"""

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

import checkpoint
from augment import Augmentation, ordinary
from export import MODELS, write_json, write_model
from footage import Footage, recorded
from network import CONTEXT
from odd import busy_region
from quantise import quantised
from readouts import auc
from scorer import Scorer
from train import BATCH, train

# The place and its light stay; too much variety would only cost accuracy there.
ONE_CAMERA = Augmentation(
    hurried_share=0.3,
    gliding_share=0.3,
    zoom_share=0.5,
    smallest_crop=0.8,
    dapple_share=0.0,
    gain=(0.85, 1.15),
    offset=0.05,
    noise=0.006,
)
STEPS = 20_000
# The judgement's stand-in for an anomaly: a region as large as a few people, at twice the speed.
ODD_SIDE = (0.2, 0.2)
ODD_SPEED = 2
JUDGED_EVERY = 3


@torch.no_grad()
def judge(scorer: Scorer, memory: Tensor, held_out: Footage) -> dict:
    """How clips that were not trained on score, and how well `peak` tells them from the same with something
    in them too fast: area under the ROC curve in %."""
    rng = np.random.default_rng(0)
    stride = held_out.stride
    scores: dict[str, list[float]] = {"ordinary": [], "odd": []}
    for frames in held_out.clips:
        for now in range((CONTEXT - 1) * ODD_SPEED * stride, len(frames) - ODD_SPEED * stride, JUDGED_EVERY):
            clip = ordinary(frames, now, stride)
            fast = ordinary(frames, now, ODD_SPEED * stride)
            region = busy_region(fast, ODD_SIDE, rng)
            odd = clip.copy()
            odd[region] = fast[region]
            for name, frame in (("ordinary", clip), ("odd", odd)):
                readings = scorer(torch.from_numpy(frame)[None], memory[None])
                scores[name].append(readings.peak.log().item())
    if not scores["ordinary"]:
        return {}
    median, p99 = (round(float(value), 2) for value in np.percentile(scores["ordinary"], (50, 99)))
    area = round(auc(np.array(scores["odd"]), np.array(scores["ordinary"])), 1)
    return {"held_out": {"log_peak_median": median, "log_peak_p99": p99, "auc_in_part_too_fast": area}}


def copy_shipped(out: Path) -> dict:
    """The shipped manifest, its files copied to `out`."""
    out.mkdir(parents=True, exist_ok=True)
    for file in (*MODELS.glob("*.onnx"), *MODELS.glob("*.f32")):
        shutil.copy(file, out)
    return json.loads((MODELS / "manifest.json").read_text())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dataset", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--bf16", action="store_true")
    parser.add_argument("--work", type=Path, default=Path(".cache/mnad-fit"))
    arguments = parser.parse_args()
    trained = arguments.work / "checkpoint.pt"
    footage, held_out = recorded(arguments.dataset, arguments.work / "decoded").split()
    train(footage, ONE_CAMERA, trained, arguments.steps, arguments.bf16)
    exact, memory, _ = checkpoint.load(trained)
    scorer = Scorer(quantised(exact.network, memory, footage, ONE_CAMERA)).eval()
    figures = judge(scorer, memory, held_out)
    print(json.dumps(figures))
    origin = f"for {arguments.steps} steps of {BATCH} clips, only on recordings of the place it is to watch"
    manifest = copy_shipped(arguments.out)
    manifest["models"]["mnad"] = write_model(arguments.out, scorer, memory, origin, figures)
    write_json(arguments.out / "manifest.json", manifest)


if __name__ == "__main__":
    main()
