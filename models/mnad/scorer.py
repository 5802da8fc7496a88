"""The graph that the product runs: a trained network, and what is read off its error."""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from network import CONTEXT, Mnad, nearest_one_hot, updated_memory
from quantised import QuantisedMnad

BLOCK = 8
# Regular score (section 3.4 of the paper) above which a frame is too odd to learn from. The paper's 0.01 is for
# larger networks; this is the median of ordinary held-out frames, so that the quieter half shapes the memory.
GATE = 0.03


class Readings(NamedTuple):
    """Outputs of the graph, by its names for them; the README says what they mean."""

    peak: Tensor
    psnr: Tensor
    feature_distance: Tensor
    memory_out: Tensor
    error_map: Tensor


class Scorer(nn.Module):
    """Scores the last frame of each clip; no item of a batch has a say in another's result.

    Inputs: `clip` uint8 [B,5,192,192], oldest first; `memory` float [B,10,C], unit rows.
    """

    def __init__(self, network: Mnad | QuantisedMnad) -> None:
        super().__init__()
        self.network = network

    def forward(self, clip: Tensor, memory: Tensor) -> Readings:
        change, query, similarity = self.network.change(self.network.context(clip[:, :CONTEXT]), memory)

        # The change in [-2, 2] is halved, so that the peak value of the signal is 1, as PSNR has it.
        last, target = clip[:, -2:].float().split(1, dim=1)
        error = ((last - target) * (1 / 255) + change * 0.5) ** 2
        psnr = -10.0 * torch.log10(error.mean((1, 2, 3)).clamp_min(1e-10))
        blocks = F.avg_pool2d(error, BLOCK)
        peak = F.avg_pool2d(blocks, 3, stride=1).amax((1, 2, 3))

        nearest = torch.matmul(nearest_one_hot(similarity), memory)
        feature_distance = ((query - nearest) ** 2).mean((1, 2))
        learn = self._regular_score(error) < GATE
        memory_out = torch.where(learn.view(-1, 1, 1), updated_memory(query, memory, similarity), memory)
        return Readings(peak, psnr, feature_distance, memory_out, blocks.squeeze(1))

    @staticmethod
    def _regular_score(error: Tensor) -> Tensor:
        """Error weighted by itself, so that a small moving thing is not drowned by a large still ground."""
        weight = 1.0 - torch.exp(-error)
        return (weight * error).sum((1, 2, 3)) / weight.sum((1, 2, 3)).clamp_min(1e-12)
