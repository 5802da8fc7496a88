"""What can be read off the network's error as one number a frame, and how well a number tells odd from ordinary."""

import numpy as np
import torch
from numpy.lib.stride_tricks import sliding_window_view

from network import CONTEXT
from scorer import Scorer

# A held error is seen in a window of so many blocks a side, in so many frames on end.
HELD_SIDE = 2
HELD_FRAMES = 2


@torch.no_grad()
def score(scorer: Scorer, memory: torch.Tensor, frames: np.ndarray, stride: int) -> dict[str, np.ndarray]:
    """Every `stride`-th frame of a clip uint8 [N,192,192] that has a full context, in order, by read-out.

    Larger where a frame is odder; errors as natural logarithms. The clip starts with `memory`, which is carried
    along as in production.
    """
    state = memory[None]
    rows, maps = [], []
    for last in range(CONTEXT * stride, len(frames), stride):
        clip = torch.from_numpy(frames[last - CONTEXT * stride : last + 1 : stride].copy())[None]
        readings = scorer(clip, state)
        state = readings.memory_out
        rows.append((readings.peak.log().item(), -readings.psnr.item(), readings.feature_distance.item()))
        maps.append(readings.error_map[0].numpy())
    peak, psnr, feature_distance = np.array(rows).T
    held = np.log(held_peaks(np.stack(maps)))
    return {"peak": peak, "held peak": held, "psnr": psnr, "feature distance": feature_distance}


def held_peaks(error_maps: np.ndarray) -> np.ndarray:
    """Of each frame the largest error that was about there in the frames before as well: maps [N,24,24] -> [N].

    A limb guessed badly once does not count. What moves may move by a block a frame.
    """
    windows = sliding_window_view(error_maps, (HELD_SIDE, HELD_SIDE), (1, 2)).mean((3, 4))
    held = windows.copy()
    for back in range(1, HELD_FRAMES):
        around = np.pad(windows, ((0, 0), (back, back), (back, back)), mode="edge")
        near = sliding_window_view(around, (2 * back + 1, 2 * back + 1), (1, 2)).max((3, 4))
        held[back:] = np.minimum(held[back:], near[:-back])
    return held.max((1, 2))


def auc(odd: np.ndarray, ordinary: np.ndarray) -> float:
    """Area under the ROC curve in %: how often an odd frame scores above an ordinary one, a tie counting half."""
    ranked = np.sort(ordinary)
    below, up_to = np.searchsorted(ranked, odd, "left"), np.searchsorted(ranked, odd, "right")
    return 100.0 * float((below + up_to).mean()) / 2.0 / len(ranked)
