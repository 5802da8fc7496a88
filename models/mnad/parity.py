"""Results of PyTorch on a made-up batch, for a test that the graph in onnxruntime gives the same."""

import torch
from torch import Tensor

from network import CONTEXT, FRAME
from scorer import Scorer

PATTERN = (
    "clip[b][t][y][x] = ((x >> 3) * 5 + (y >> 3) * 3) % 128 "
    "+ (((x - shift) & 63) < 12 && (y & 63) < 40 ? 100 : 20), "
    "with shift = b === 0 ? 0 : 5 * t + (t === 4 ? 17 : 0)"
)
MEMORY = "memory[b] = the rows of mnad.memory.f32, rotated: row r of item b is row (r + b) % 10 of the file"


def pattern_clip() -> Tensor:
    """uint8 [2,5,192,192]: a still pattern, and one whose bars move and then jump."""
    y, x = torch.meshgrid(torch.arange(FRAME), torch.arange(FRAME), indexing="ij")
    ground = ((x >> 3) * 5 + (y >> 3) * 3) % 128

    def frame(item: int, time: int) -> Tensor:
        shift = 0 if item == 0 else 5 * time + (17 if time == CONTEXT else 0)
        bar = (((x - shift) & 63) < 12) & ((y & 63) < 40)
        return (ground + torch.where(bar, 100, 20)).to(torch.uint8)

    return torch.stack(
        [torch.stack([frame(item, time) for time in range(CONTEXT + 1)]) for item in range(2)]
    )


@torch.no_grad()
def parity_record(scorer: Scorer, memory: Tensor) -> dict:
    """JSON-ready description of the batch and of what comes out of it."""
    memories = torch.stack([torch.roll(memory, -item, dims=0) for item in range(2)])
    readings = scorer(pattern_clip(), memories)
    learnt = [not torch.equal(out, given) for out, given in zip(readings.memory_out, memories)]
    if learnt != [True, False]:
        raise ValueError(f"the pattern should open the gate for its first item only, not {learnt}")
    spots = [(item, row, column) for item in range(2) for row in (0, 4, 9) for column in (0, 63, 127)]
    return {
        "batch": 2,
        "clip": PATTERN,
        "memory": MEMORY,
        "tolerance": 1e-4,
        "peak": readings.peak.tolist(),
        "psnr": readings.psnr.tolist(),
        "feature_distance": readings.feature_distance.tolist(),
        "memory_out": [{"index": spot, "value": readings.memory_out[spot].item()} for spot in spots],
        "error_map_mean": readings.error_map.mean((1, 2)).tolist(),
    }
