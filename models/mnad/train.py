"""Trains MNAD on ordinary frames and saves a checkpoint.

    python3 models/mnad/train.py --frames DIR --out checkpoint.pt

DIR is what the frame dump of the demo renderer wrote. To train on recordings of a camera, use fit.py.
"""

import argparse
import math
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

import checkpoint
from augment import Augmentation, batches
from footage import SAMPLE_FPS, Footage, recorded
from network import CONTEXT, Mnad, initial_memory, updated_memory

BATCH = 4
STEPS = 11_000
WARM_UP_STEPS = 200
LEARNING_RATE = 1e-3
# Weights of the compactness and separateness losses (section 3.3 of the paper).
COMPACTNESS = 0.1
SEPARATENESS = 0.1

# The drawn scenes stand for every camera there is, so they are varied widely.
ANY_CAMERA = Augmentation(
    hurried_share=0.25,
    gliding_share=0.25,
    zoom_share=0.7,
    smallest_crop=0.35,
    dapple_share=0.5,
    gain=(0.6, 1.6),
    offset=0.15,
    noise=0.02,
)


def memory_losses(query: Tensor, memory: Tensor, similarity: Tensor) -> tuple[Tensor, Tensor]:
    """Equations 8 and 9: queries close to their nearest item, and nearer to it than to the second nearest."""
    flat = query.flatten(0, 1)
    first, second = similarity.flatten(0, 1).topk(2, dim=1).indices.unbind(1)
    nearest, runner_up = memory[first], memory[second]
    return F.mse_loss(flat, nearest), F.triplet_margin_loss(flat, nearest, runner_up, margin=1.0)


def learning_rate(step: int, steps: int) -> float:
    """Linear warm-up under a cosine that falls almost to nothing."""
    warm_up = min(1.0, (step + 1) / WARM_UP_STEPS)
    return LEARNING_RATE * warm_up * (0.5 * (1.0 + math.cos(math.pi * step / steps)) + 0.005)


def train(footage: Footage, how: Augmentation, out: Path, steps: int, bf16: bool) -> None:
    """Trains from random weights for so many batches, on CUDA if there is any, and saves a checkpoint now and then.

    `bf16` computes convolutions in bfloat16: twice as fast where the processor knows it, far slower elsewhere.
    """
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    # The batches are too small for more threads to pay for their synchronisation.
    torch.set_num_threads(1)
    torch.manual_seed(0)
    stream = batches(footage, BATCH, how, np.random.default_rng(0))
    network = Mnad().to(device, memory_format=torch.channels_last)
    memory = initial_memory().to(device)
    optimiser = torch.optim.Adam(network.parameters(), LEARNING_RATE)
    running = 0.0
    for step, clips in zip(range(steps), stream):
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(step, steps)

        clips = clips.to(device)
        shared = memory.expand(clips.shape[0], -1, -1)
        context = clips[:, :CONTEXT].contiguous(memory_format=torch.channels_last)
        with torch.autocast(device.type, torch.bfloat16, enabled=bf16):
            change, query, similarity = network.change(context, shared)
        query, similarity = query.float(), similarity.float()
        prediction = F.mse_loss(context[:, -1:] + change, clips[:, CONTEXT:])
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
                f"step {step} of {steps} psnr {psnr:.2f} dB "
                f"compactness {compactness.item():.5f} separateness {separateness.item():.4f}",
                flush=True,
            )
        if step % 1000 == 0:
            checkpoint.save(network, memory, step, out)
    checkpoint.save(network, memory, steps, out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--bf16", action="store_true")
    arguments = parser.parse_args()
    drawn = recorded(arguments.frames / "train", arguments.frames / "decoded", SAMPLE_FPS)
    train(drawn, ANY_CAMERA, arguments.out, arguments.steps, arguments.bf16)


if __name__ == "__main__":
    main()
