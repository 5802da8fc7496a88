"""Makes training clips out of footage: odd in part, zoomed, dappled, exposed otherwise, noisy."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from footage import Footage
from network import CONTEXT, FRAME
from odd import backgrounds, glide, hurry


@dataclass(frozen=True)
class Augmentation:
    """How often, in shares of the clips, and how far training clips depart from the footage."""

    hurried_share: float
    gliding_share: float
    zoom_share: float
    # Of each side of the frame.
    smallest_crop: float
    dapple_share: float
    # Factor of the light; offset and standard deviation on a scale where black is -1 and white is 1.
    gain: tuple[float, float]
    offset: float
    noise: float


def last_context_frames(footage: Footage) -> list[tuple[int, int]]:
    """Clip and frame of every moment with a full context behind it and a frame to guess after it."""
    reach = (CONTEXT - 1) * footage.stride
    return [
        (clip, now)
        for clip, frames in enumerate(footage.clips)
        for now in range(reach, len(frames) - footage.stride)
    ]


def ordinary(frames: np.ndarray, now: int, stride: int) -> np.ndarray:
    """Copy of the context up to frame `now` and of the frame after it, uint8 [5,192,192]."""
    return frames[now - (CONTEXT - 1) * stride : now + stride + 1 : stride].copy()


def zoom(clip: np.ndarray, smallest: float, rng: np.random.Generator) -> np.ndarray:
    """A random part of the picture, stretched to the frame: float [5,192,192] in [0,255]."""
    height, width = (rng.uniform(smallest, 1.0) * rng.uniform(0.9, 1.1, 2).clip(max=1.0) * FRAME).astype(int)
    top, left = rng.integers(0, FRAME - height + 1), rng.integers(0, FRAME - width + 1)
    part = torch.from_numpy(clip[:, top : top + height, left : left + width].astype(np.float32))
    return F.interpolate(part[None], (FRAME, FRAME), mode="bilinear", align_corners=False)[0].numpy()


def dapple(clip: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Light and ground of another, still texture, of patches or of grains: float [5,192,192] in [0,255]."""
    cells = int(2.0 ** rng.uniform(1.0, 6.0))
    texture = torch.from_numpy(rng.random((1, 1, cells, cells), np.float32))
    still = F.interpolate(texture, (FRAME, FRAME), mode="bilinear", align_corners=False)[0].numpy()
    return clip * (1.0 + np.float32(rng.uniform(0.0, 0.8)) * (still - 0.5))


def expose(clip: np.ndarray, how: Augmentation, rng: np.random.Generator) -> np.ndarray:
    """Another exposure and a sensor's noise; float32 [5,192,192] in [-1,1]."""
    scale = np.float32(rng.uniform(*how.gain) / 127.5)
    offset = np.float32(rng.uniform(-how.offset, how.offset) - 1.0)
    noise = rng.standard_normal(clip.shape, np.float32) * np.float32(rng.uniform(0.0, how.noise))
    return np.clip(clip * scale + offset + noise, -1.0, 1.0)


def training_clip(
    frames: np.ndarray,
    background: np.ndarray,
    now: int,
    stride: int,
    how: Augmentation,
    rng: np.random.Generator,
) -> np.ndarray:
    """Float32 [5,192,192] in [-1,1]. Never mirrored: that would unlearn which way people walk."""
    clip = ordinary(frames, now, stride)
    if rng.random() < how.hurried_share:
        hurry(clip, frames, now, stride, rng)
    if rng.random() < how.gliding_share:
        glide(clip, frames, background, stride, rng)
    if rng.random() < how.zoom_share:
        clip = zoom(clip, how.smallest_crop, rng)
    if rng.random() < how.dapple_share:
        clip = dapple(clip, rng)
    return expose(clip, how, rng)


def batches(footage: Footage, size: int, how: Augmentation, rng: np.random.Generator) -> Iterator[Tensor]:
    """Endless stream of float [size,5,192,192], every moment of the footage once an epoch."""
    moments = last_context_frames(footage)
    still = backgrounds(footage)
    while True:
        rng.shuffle(moments)
        for first in range(0, len(moments) - size + 1, size):
            clips = [
                training_clip(footage.clips[clip], still[clip], now, footage.stride, how, rng)
                for clip, now in moments[first : first + size]
            ]
            yield torch.from_numpy(np.stack(clips))
