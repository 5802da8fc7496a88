"""Trains MNAD on ordinary frames and saves a checkpoint.

    python3 models/mnad/train.py --frames DIR --out checkpoint.pt --minutes 34

DIR holds `train.u8` and `frames.json`, as written by the frame dump of the demo renderer.
"""

import argparse
import json
import math
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from network import CONTEXT, Mnad, initial_memory, updated_memory

WARM_UP_STEPS = 200
LEARNING_RATE = 1e-3
# Weights of the compactness and separateness losses (section 3.3 of the paper).
COMPACTNESS = 0.1
SEPARATENESS = 0.1


def load_frames(directory: Path) -> np.ndarray:
    """Memory-mapped uint8 [scenes, frames, 192, 192]."""
    shape = json.loads((directory / "frames.json").read_text())["train"]
    return np.memmap(directory / "train.u8", dtype=np.uint8, mode="r", shape=tuple(shape))


def augmented(clip: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Another exposure and sensor noise; float [5,192,192] in [-1,1].

    Clips are never mirrored: that would unlearn which way people walk.
    """
    contrast = rng.uniform(0.75, 1.2)
    brightness = rng.uniform(-0.15, 0.15)
    noise = rng.normal(0.0, rng.uniform(0.0, 0.012), clip.shape)
    return np.clip((clip / 127.5 - 1.0) * contrast + brightness + noise, -1.0, 1.0)


def batches(frames: np.ndarray, size: int, rng: np.random.Generator):
    """Endless stream of float [size,5,192,192], every window of every scene once an epoch."""
    scenes, length = frames.shape[:2]
    windows = [(scene, start) for scene in range(scenes) for start in range(length - CONTEXT)]
    while True:
        rng.shuffle(windows)
        for first in range(0, len(windows) - size + 1, size):
            clips = [
                augmented(frames[scene, start : start + CONTEXT + 1], rng)
                for scene, start in windows[first : first + size]
            ]
            yield torch.from_numpy(np.stack(clips).astype(np.float32))


def memory_losses(query: Tensor, memory: Tensor, similarity: Tensor) -> tuple[Tensor, Tensor]:
    """Equations 8 and 9: queries close to their nearest item, and nearer to it than to the second nearest."""
    flat = query.flatten(0, 1)
    first, second = similarity.flatten(0, 1).topk(2, dim=1).indices.unbind(1)
    nearest, runner_up = memory[first], memory[second]
    return F.mse_loss(flat, nearest), F.triplet_margin_loss(flat, nearest, runner_up, margin=1.0)


def learning_rate(step: int, progress: float) -> float:
    """Linear warm-up, then a cosine over the time allowed."""
    warm_up = min(1.0, (step + 1) / WARM_UP_STEPS)
    return LEARNING_RATE * warm_up * (0.5 * (1.0 + math.cos(math.pi * progress)) + 0.005)


def train(frames: np.ndarray, out: Path, minutes: float, batch: int, device: torch.device) -> None:
    torch.manual_seed(0)
    stream = batches(frames, batch, np.random.default_rng(0))
    network = Mnad().to(device)
    memory = initial_memory().to(device)
    optimiser = torch.optim.Adam(network.parameters(), LEARNING_RATE)
    started = time.monotonic()
    running = 0.0
    for step, clips in enumerate(stream):
        progress = (time.monotonic() - started) / (60.0 * minutes)
        if progress >= 1.0:
            break
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(step, progress)

        clips = clips.to(device)
        shared = memory.expand(clips.shape[0], -1, -1)
        guess, query, similarity = network.predict(clips[:, :CONTEXT], shared)
        prediction = F.mse_loss(guess, clips[:, CONTEXT:])
        compactness, separateness = memory_losses(query, memory, similarity)
        optimiser.zero_grad()
        (prediction + COMPACTNESS * compactness + SEPARATENESS * separateness).backward()
        optimiser.step()
        with torch.no_grad():
            # All queries of a batch shape the one memory, as if they came from a single picture.
            everything = query.detach().reshape(1, -1, query.shape[2])
            likeness = similarity.detach().reshape(1, -1, similarity.shape[2])
            memory = updated_memory(everything, memory.unsqueeze(0), likeness)[0]

        running = 0.98 * running + 0.02 * prediction.item() if step else prediction.item()
        if step % 200 == 0:
            psnr = -10.0 * math.log10(running / 4.0)
            print(
                f"step {step} progress {progress:.3f} psnr {psnr:.2f} dB "
                f"compactness {compactness.item():.5f} separateness {separateness.item():.4f}",
                flush=True,
            )
        if step % 1000 == 0:
            save(network, memory, step, out)
    save(network, memory, step, out)


def save(network: Mnad, memory: Tensor, step: int, out: Path) -> None:
    torch.save({"network": network.state_dict(), "memory": memory.cpu(), "steps": step}, out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=34.0)
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    arguments = parser.parse_args()
    if arguments.device == "cpu":
        # The batches are too small for more threads to pay for their synchronisation.
        torch.set_num_threads(1)
    train(
        load_frames(arguments.frames),
        arguments.out,
        arguments.minutes,
        arguments.batch,
        torch.device(arguments.device),
    )


if __name__ == "__main__":
    main()
