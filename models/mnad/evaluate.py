"""How far the error rises on anomalies: on the encoded demo clips, and on scenes of unseen seeds.

    python3 models/mnad/evaluate.py --checkpoint checkpoint.pt --clips src/demo/clips --frames DIR --out figures.json

Prints Markdown tables. All scores are natural logarithms of `peak`, sampled at 5 frames a second.
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
from scorer import Scorer

SETTLE_S = 3.0


@torch.no_grad()
def log_errors(scorer: Scorer, memory: Tensor, streams: np.ndarray) -> np.ndarray:
    """Scores of streams uint8 [S,N,192,192], float [S,N]; NaN for the first four frames of each.

    All streams advance together as one batch, each with its own memory carried along as in production.
    """
    state = memory.expand(len(streams), -1, -1)
    scores = np.full(streams.shape[:2], np.nan)
    for last in range(CONTEXT, streams.shape[1]):
        clips = torch.from_numpy(streams[:, last - CONTEXT : last + 1].copy())
        readings = scorer(clips, state)
        state = readings.memory_out
        scores[:, last] = readings.peak.log().numpy()
    return scores


def normal_mask(scores: np.ndarray, spans: list[tuple[int, int]]) -> np.ndarray:
    """Frames with a score whose window, and a while after it, touches no anomaly."""
    mask = ~np.isnan(scores)
    for start, end in spans:
        mask[start : end + CONTEXT + int(SETTLE_S * SAMPLE_FPS)] = False
    return mask


def describe(values: np.ndarray) -> dict[str, float]:
    quantiles = np.percentile(values, [50, 95, 99])
    named = dict(zip(("median", "p95", "p99"), quantiles), max=values.max())
    return {name: round(float(value), 2) for name, value in named.items()}


def evaluate_clips(scorer: Scorer, memory: Tensor, clips: Path) -> list[dict]:
    truths = {path.name.split(".")[0]: json.loads(path.read_text()) for path in sorted(clips.glob("*.truth.json"))}
    with tempfile.TemporaryDirectory() as work:
        streams = [
            decode(clips / f"{camera}.mp4", every(truth["fps"] // SAMPLE_FPS), Path(work) / f"{camera}.u8")
            for camera, truth in truths.items()
        ]
        scores = log_errors(scorer, memory, np.stack(streams))
    return [describe_clip(camera, truth, row) for (camera, truth), row in zip(truths.items(), scores)]


def every(count: int) -> str:
    """The ffmpeg filter that takes the first of so many frames."""
    return f"select=not(mod(n\\,{count}))"


def describe_clip(camera: str, truth: dict, scores: np.ndarray) -> dict:
    keep_every = truth["fps"] // SAMPLE_FPS
    spans = [(a["start_frame"] // keep_every, a["end_frame"] // keep_every) for a in truth["anomalies"]]
    normal = describe(scores[normal_mask(scores, spans)])
    anomalies = []
    for anomaly, (start, end) in zip(truth["anomalies"], spans):
        during = scores[start:end]
        anomalies.append(
            {
                "kind": anomaly["kind"],
                "seconds": (end - start) / SAMPLE_FPS,
                "max": round(float(during.max()), 2),
                "seconds_above_normal_p99": round(float((during > normal["p99"]).sum()) / SAMPLE_FPS, 1),
            }
        )
    return {"camera": camera, "normal": normal, "anomalies": anomalies}


def evaluate_heldout(scorer: Scorer, memory: Tensor, frames: Path) -> dict[str, dict[str, float]]:
    """By kind of anomaly: how often its largest score beats all ordinary ones of its scene, and the mean AUC."""
    plan = json.loads((frames / "heldout.json").read_text())
    scenes = np.memmap(frames / "heldout.u8", np.uint8, mode="r", shape=tuple(plan["shape"]))
    start, end = plan["first_frame"], plan["end_frame"]
    found: dict[str, list[tuple[bool, float]]] = {}
    for kind, scores in zip(plan["kinds"], log_errors(scorer, memory, scenes)):
        normal = scores[normal_mask(scores, [(start, end)])]
        during = scores[start:end]
        # Rank statistic: the share of pairs in which the anomalous frame scores higher.
        auc = float((during[:, None] > normal[None, :]).mean())
        found.setdefault(kind, []).append((bool(during.max() > normal.max()), auc))
    return {
        kind: {
            "scenes": len(results),
            "peak_above_all_normal": sum(above for above, _ in results),
            "mean_frame_auc": round(float(np.mean([auc for _, auc in results])), 3),
        }
        for kind, results in found.items()
    }


def report(clips: list[dict], heldout: dict[str, dict[str, float]]) -> None:
    print("| camera | normal: median, p95, p99, max | anomaly | its max | s above normal p99, of s |")
    print("| --- | --- | --- | --- | --- |")
    for clip in clips:
        normal = ", ".join(f"{value:.2f}" for value in clip["normal"].values())
        for a in clip["anomalies"]:
            above = f"{a['seconds_above_normal_p99']} of {a['seconds']}"
            print(f"| {clip['camera']} | {normal} | {a['kind']} | {a['max']:.2f} | {above} |")
    print("\n| held-out kind | scenes | largest score above all normal | mean frame AUC |")
    print("| --- | --- | --- | --- |")
    for kind, row in heldout.items():
        print(f"| {kind} | {row['scenes']} | {row['peak_above_all_normal']} | {row['mean_frame_auc']:.3f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--clips", type=Path, required=True)
    parser.add_argument("--frames", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    scorer, memory, _ = checkpoint.load(arguments.checkpoint)
    clips = evaluate_clips(scorer, memory, arguments.clips)
    heldout = evaluate_heldout(scorer, memory, arguments.frames)
    report(clips, heldout)
    arguments.out.write_text(json.dumps({"demo_clips": clips, "heldout_scenes": heldout}, indent=2))


if __name__ == "__main__":
    main()
