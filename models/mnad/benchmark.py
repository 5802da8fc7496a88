"""Area under the ROC curve on a labelled data set, for every read-out of the error.

    python3 models/mnad/benchmark.py --checkpoint checkpoint.pt --dataset DIR

DIR has the form that `nunchi eval` takes; its test clips are scored, at 5 frames a second. A score holds until the
next; frames before a clip's first score are left out. Prints a Markdown table.
"""

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

import checkpoint
from footage import SAMPLE_FPS, decode
from network import CONTEXT
from readouts import auc, score
from scorer import Scorer

# Width of the published protocol's smoothing, as in `nunchi eval`.
SIGMA_S = 0.5
# Sums of what has been placed between a clip's extremes; the first is that of the paper (section 3.4).
SUMS = {
    "0.6 psnr + 0.4 feature distance": {"psnr": 0.6, "feature distance": 0.4},
    "0.5 psnr + 0.5 held peak": {"psnr": 0.5, "held peak": 0.5},
}

ByReadOut = dict[str, np.ndarray]


def scored_frames(scorer: Scorer, memory: Tensor, dataset: Path) -> tuple[list[ByReadOut], list[np.ndarray], float]:
    """Scores and labels of all frames of each test clip from its first score on, and their rate."""
    listed = json.loads((dataset / "labels.json").read_text())
    stride = round(listed["fps"] / SAMPLE_FPS)
    scores, labels = [], []
    with tempfile.TemporaryDirectory() as work:
        for clip in listed["clips"]:
            if clip["split"] != "test":
                continue
            frames = decode(dataset / clip["file"], "null", Path(work) / "clip.u8")
            labels.append(np.array(clip["labels"])[CONTEXT * stride :])
            samples = score(scorer, memory, frames, stride)
            scores.append({name: np.repeat(row, stride)[: len(labels[-1])] for name, row in samples.items()})
    return scores, labels, listed["fps"]


def literature(scores: ByReadOut, fps: float) -> ByReadOut:
    """With knowledge of the whole clip: smoothed, then placed between the clip's own extremes."""
    placed = {name: stretched(smoothed(row, SIGMA_S * fps)) for name, row in scores.items()}
    sums = {
        name: sum(weight * placed[part] for part, weight in weights.items()) for name, weights in SUMS.items()
    }
    return {**placed, **sums}


def smoothed(scores: np.ndarray, sigma: float) -> np.ndarray:
    """Centred Gaussian, `sigma` in frames; beyond its ends the clip is mirrored."""
    reach = int(np.ceil(4 * sigma))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    return np.convolve(np.pad(scores, reach, "symmetric"), weights / weights.sum(), "valid")


def stretched(scores: np.ndarray) -> np.ndarray:
    return (scores - scores.min()) / (scores.max() - scores.min())


def micro_aucs(clips: list[ByReadOut], labels: list[np.ndarray]) -> dict[str, float]:
    """Over the frames of all clips pooled, in %."""
    odd = np.concatenate(labels) == 1
    pooled = {name: np.concatenate([clip[name] for clip in clips]) for name in clips[0]}
    return {name: auc(row[odd], row[~odd]) for name, row in pooled.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--dataset", type=Path, required=True)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    scorer, memory, _ = checkpoint.load(arguments.checkpoint)
    scores, labels, fps = scored_frames(scorer, memory, arguments.dataset)
    online = micro_aucs(scores, labels)
    offline = micro_aucs([literature(clip, fps) for clip in scores], labels)
    print("| read-out | online | literature |\n| --- | --- | --- |")
    for name, area in offline.items():
        live = f"{online[name]:.1f}" if name in online else ""
        print(f"| {name} | {live} | {area:.1f} |")


if __name__ == "__main__":
    main()
