"""Puts something odd into ordinary clips: the stand-ins for anomalies, which nobody has recorded.

What is made odd moves on through the context but stands still in the frame to guess. So the network learns to guess
that what moves unlike anything seen does not move on, and its error becomes as large as the movement. After Astrid,
Zaheer, Lee, "Synthetic Temporal Anomaly Guided End-to-End Video Anomaly Detection", ICCV workshops 2021, who skip
frames and push such guesses away from the truth.
"""

import numpy as np

from footage import Footage
from network import CONTEXT, FRAME

# How much faster than recorded a hurried region runs.
HURRIED = (2, 4)
# Sides of a hurried region as shares of the frame.
HURRIED_SIDE = (0.2, 1.0)
# Sides of what glides, and its way from sample to sample, as shares of the frame.
GLIDING_SIDE = (0.12, 0.35)
GLIDING_STEP = (0.02, 0.08)
# Gray levels by which something in front differs from the background: not at all, and for certain.
IN_FRONT = (8.0, 24.0)
PLACES_TRIED = 4
MEDIAN_OF = 15


def hurry(clip: np.ndarray, frames: np.ndarray, now: int, stride: int, rng: np.random.Generator) -> None:
    """Lets a busy region of an ordinary clip run too fast, in place."""
    fast = int(rng.integers(HURRIED[0] * stride, HURRIED[1] * stride + 1))
    first = now - (CONTEXT - 1) * fast
    if first < 0:
        return
    hurried = frames[first : now + 1 : fast]
    region = busy_region(hurried, HURRIED_SIDE, rng)
    clip[region] = np.concatenate((hurried[region], hurried[-1:][region]))


def glide(
    clip: np.ndarray, frames: np.ndarray, background: np.ndarray, stride: int, rng: np.random.Generator
) -> None:
    """Sends the stiff cut-out of someone from another moment across an ordinary clip, in place, as on wheels."""
    moment = int(rng.integers(stride, len(frames)))
    _, rows, columns = busy_region(frames[moment - stride : moment + 1 : stride], GLIDING_SIDE, rng)
    shape = frames[moment, rows, columns].astype(np.float32)
    opacity = np.interp(np.abs(shape - background[rows, columns]), IN_FRONT, (0.0, 1.0))
    size = np.array(shape.shape)
    end = rng.integers(0, FRAME - size + 1)
    angle = rng.uniform(0.0, 2.0 * np.pi)
    step = rng.uniform(*GLIDING_STEP) * FRAME * np.array((np.sin(angle), np.cos(angle)))
    start = np.clip(end - (CONTEXT - 1) * step, 0, FRAME - size)
    path = np.linspace(start, end, CONTEXT).round().astype(int)
    for frame, (top, left) in zip(clip, (*path, end)):
        part = frame[top : top + size[0], left : left + size[1]]
        part[:] = part + opacity * (shape - part)


def backgrounds(footage: Footage) -> list[np.ndarray]:
    """What stands still in each clip, float [192,192]: the median of a few frames."""
    return [np.median(frames[:: max(1, len(frames) // MEDIAN_OF)], axis=0) for frames in footage.clips]


def busy_region(
    clip: np.ndarray, side: tuple[float, float], rng: np.random.Generator
) -> tuple[slice, slice, slice]:
    """A rectangle through all frames of a clip: of a few places the one where its last two frames differ most.

    Its sides are random shares of the frame's.
    """
    movement = np.abs(clip[-1].astype(np.float32) - clip[-2])
    height, width = (rng.uniform(*side, 2) * FRAME).astype(int)
    tops = rng.integers(0, FRAME - height + 1, PLACES_TRIED)
    lefts = rng.integers(0, FRAME - width + 1, PLACES_TRIED)
    regions = [np.s_[:, top : top + height, left : left + width] for top, left in zip(tops, lefts)]
    return max(regions, key=lambda region: movement[region[1:]].sum())
