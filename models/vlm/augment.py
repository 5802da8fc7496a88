"""Makes drawn montages look as if they had been filmed: exposure, tint, noise, blur, coding.

Some change more: the colours change places, or the region moves. They are never mirrored: that would unlearn which way
people walk.
"""

import io

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

GAIN = (0.75, 1.25)
OFFSET = 0.08
TINT = 0.06
NOISE = 0.04
BLURRED_SHARE = 0.5
CODED_SHARE = 0.25
QUALITY = (35, 90)
RECOLOURED_SHARE = 0.35
MOVED_SHARE = 0.6
# In pixels of a tile, in each direction.
FARTHEST = 7
TILE = 64
# Top and left of the tiles that show the region, in units of their side, as src/verification/montage.ts lays them.
REGION_TILES = [(0, 2), (1, 2), (2, 0), (2, 1), (2, 2)]


def coded(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The picture through JPEG, whose blocks and washed-out colours are like those of video."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=int(rng.integers(*QUALITY)))
    return np.asarray(Image.open(file))


def recoloured(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Red, green and blue change places: other clothes and walls, the same things."""
    return picture[:, :, rng.permutation(3)]


def move_region(picture: np.ndarray, rng: np.random.Generator) -> None:
    """Moves what the five tiles of the region show, all alike, in place; what comes in repeats the edge."""
    down, right = rng.integers(-FARTHEST, FARTHEST + 1, 2)
    rows = np.clip(np.arange(TILE) + down, 0, TILE - 1)
    columns = np.clip(np.arange(TILE) + right, 0, TILE - 1)
    for top, left in REGION_TILES:
        tile = picture[top * TILE : (top + 1) * TILE, left * TILE : (left + 1) * TILE]
        tile[:] = tile[rows][:, columns]


class Augmenter:
    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        # Drawn once; every batch takes its noise from another place in it.
        self._noise = torch.randn(4_000_000)

    def __call__(self, pictures: np.ndarray) -> Tensor:
        """Uint8 [B, 192, 192, 3] to float [B, 3, 192, 192] around [-1, 1]."""
        for index in self._chosen(MOVED_SHARE, len(pictures)):
            move_region(pictures[index], self._rng)
        for index in self._chosen(RECOLOURED_SHARE, len(pictures)):
            pictures[index] = recoloured(pictures[index], self._rng)
        for index in self._chosen(CODED_SHARE, len(pictures)):
            pictures[index] = coded(pictures[index], self._rng)
        x = as_input(pictures)
        x = self._blurred(x)
        gain = self._column(*GAIN, len(x)) * (1.0 + self._column(-TINT, TINT, len(x), 3))
        x = x * gain + self._column(-OFFSET, OFFSET, len(x)) + (gain - 1.0)
        sigma = self._column(0.0, NOISE, len(x)) * (self._column(0.0, 1.0, len(x)) < 0.6)
        return x + sigma * self._grain(x.shape)

    def _chosen(self, share: float, count: int) -> np.ndarray:
        return np.flatnonzero(self._rng.random(count) < share)

    def _column(self, low: float, high: float, count: int, channels: int = 1) -> Tensor:
        return torch.from_numpy(self._rng.uniform(low, high, (count, channels, 1, 1)).astype(np.float32))

    def _grain(self, shape: torch.Size) -> Tensor:
        """The same on all channels, as sensor noise is drawn."""
        count = shape[0] * shape[2] * shape[3]
        start = int(self._rng.integers(0, len(self._noise) - count))
        return self._noise[start : start + count].view(shape[0], 1, shape[2], shape[3])

    def _blurred(self, x: Tensor) -> Tensor:
        chosen = torch.from_numpy(self._chosen(BLURRED_SHARE, len(x)))
        # Partly blurred, or sharpened a little.
        strength = self._column(-0.4, 1.0, len(chosen))
        some = x[chosen]
        x[chosen] = some + strength * (F.avg_pool2d(some, 3, 1, 1, count_include_pad=False) - some)
        return x


def as_input(pictures: np.ndarray) -> Tensor:
    """What the projector makes of a picture's bytes: float [B, 3, 192, 192] in [-1, 1]."""
    return torch.from_numpy(pictures).permute(0, 3, 1, 2).float().contiguous() / 127.5 - 1.0
