"""Results of PyTorch on made-up pairs, for a test that the graph in onnxruntime gives the same."""

import itertools

import torch
from torch import Tensor

from network import CELL, CHANNELS, FRAME, Motion

PATTERN = (
    "pair[b][t][y][x] = 40 + wave(x - 3 * b * t) + wave(y + 2 * b * t), "
    "with wave(i) = 6 * abs((i & 31) - 16)"
)
ASPECT = (1.0, 0.5625)
SPOTS = (0, 11, FRAME // CELL - 1)


def wave(place: Tensor) -> Tensor:
    return 6 * ((place & 31) - 16).abs()


def pattern_pairs() -> Tensor:
    """uint8 [2,2,192,192]: a pair that stands still, and one that moves 3 pixels to the right and 2 upwards."""
    place = torch.arange(FRAME)

    def picture(item: int, time: int) -> Tensor:
        columns, rows = wave(place - 3 * item * time), wave(place + 2 * item * time)
        return (40 + columns + rows.unsqueeze(1)).to(torch.uint8)

    return torch.stack([torch.stack([picture(item, time) for time in range(2)]) for item in range(2)])


@torch.no_grad()
def parity_record(motion: Motion) -> dict:
    """JSON-ready description of the batch and of what comes out of it."""
    cells = motion(pattern_pairs(), torch.tensor(ASPECT))
    return {
        "pair": PATTERN,
        "aspect": ASPECT,
        "tolerance": 1e-4,
        "channels": CHANNELS,
        "mean": cells.mean((2, 3)).tolist(),
        "cells": [
            {"index": spot, "value": cells[spot].item()}
            for spot in itertools.product(range(len(ASPECT)), range(len(CHANNELS)), SPOTS, SPOTS)
        ],
    }
