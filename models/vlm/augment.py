"""Makes drawn montages look as if they had been filmed: exposure, tint, noise, blur, coding.

Some change more: they are mirrored, the colours change places, or the region moves and is enlarged a little. Each tile is
treated as the picture that it is; a motion tile is three gray pictures, so its channels stay what they are.
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
MIRRORED_SHARE = 0.5
RECOLOURED_SHARE = 0.35
MOVED_SHARE = 0.7
# As shares of a tile's side, in each direction, and of the region's side.
FARTHEST = 7 / 64
ZOOM = (0.85, 1.18)
# Top, left and side in pixels, as src/verification/montage.ts lays them.
REGION_MOTION, WHOLE_MOTION = (0, 0, 128), (128, 64, 64)
OLDEST, OLDER, NEWEST, WHOLE = (0, 128, 64), (64, 128, 64), (128, 128, 64), (128, 0, 64)
REGION_TILES = [REGION_MOTION, OLDEST, OLDER, NEWEST]
MOTION_TILES = [REGION_MOTION, WHOLE_MOTION]
COLOUR_TILES = [OLDEST, OLDER, NEWEST, WHOLE]
TILES = MOTION_TILES + COLOUR_TILES


def tile_of(picture: np.ndarray, place: tuple[int, int, int], unit: int = 1) -> np.ndarray:
    """A view of a tile; `unit` is how many pixels make one element of the array."""
    top, left, side = (length // unit for length in place)
    return picture[top : top + side, left : left + side]


def mirror(picture: np.ndarray, unit: int = 1) -> None:
    """Exchanges left and right within each tile, in place."""
    for place in TILES:
        tile = tile_of(picture, place, unit)
        tile[:] = tile[:, ::-1].copy()


def _through_jpeg(picture: np.ndarray, quality: int) -> np.ndarray:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file))


def code(picture: np.ndarray, rng: np.random.Generator) -> None:
    """Puts each tile through JPEG, whose blocks and washed-out colours are like those of video."""
    quality = int(rng.integers(*QUALITY))
    for place in COLOUR_TILES:
        tile = tile_of(picture, place)
        tile[:] = _through_jpeg(np.ascontiguousarray(tile), quality)
    for place in MOTION_TILES:
        tile = tile_of(picture, place)
        for channel in range(3):
            tile[:, :, channel] = _through_jpeg(np.ascontiguousarray(tile[:, :, channel]), quality)


def recolour(picture: np.ndarray, rng: np.random.Generator) -> None:
    """Red, green and blue change places: other clothes and walls, the same things."""
    order = rng.permutation(3)
    for place in COLOUR_TILES:
        tile = tile_of(picture, place)
        tile[:] = tile[:, :, order]


def move_region(picture: np.ndarray, rng: np.random.Generator) -> None:
    """Moves and enlarges what the tiles of the region show, all alike; what comes in repeats the edge."""
    down, right = rng.uniform(-FARTHEST, FARTHEST, 2)
    zoom = rng.uniform(*ZOOM)
    for place in REGION_TILES:
        side = place[2]
        steps = ((np.arange(side) + 0.5) / side - 0.5) * zoom + 0.5
        rows = np.clip(np.floor((steps + down) * side), 0, side - 1).astype(np.int64)
        columns = np.clip(np.floor((steps + right) * side), 0, side - 1).astype(np.int64)
        tile = tile_of(picture, place)
        tile[:] = tile[rows][:, columns]


class Augmenter:
    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        # Drawn once; every batch takes its noise from another place in it.
        self._noise = torch.randn(4_000_000)
        colour = np.ones((192, 192), np.float32)
        for place in MOTION_TILES:
            tile_of(colour, place)[:] = 0.0
        self._colour = torch.from_numpy(colour)

    def choose_mirrored(self, count: int) -> np.ndarray:
        """Which of so many samples to mirror, truth and all, before they are augmented."""
        return self._chosen(MIRRORED_SHARE, count)

    def __call__(self, pictures: np.ndarray) -> Tensor:
        """Uint8 [B, 192, 192, 3] to float [B, 3, 192, 192] around [-1, 1]."""
        for index in self._chosen(MOVED_SHARE, len(pictures)):
            move_region(pictures[index], self._rng)
        for index in self._chosen(RECOLOURED_SHARE, len(pictures)):
            recolour(pictures[index], self._rng)
        for index in self._chosen(CODED_SHARE, len(pictures)):
            code(pictures[index], self._rng)
        x = self._blurred(as_input(pictures))
        tint = 1.0 + self._column(-TINT, TINT, len(x), 3) * self._colour
        x = (x + 1.0) * (self._column(*GAIN, len(x)) * tint) + (self._column(-OFFSET, OFFSET, len(x)) - 1.0)
        sigma = self._column(0.0, NOISE, len(x)) * (self._column(0.0, 1.0, len(x)) < 0.6)
        return x + sigma * self._grain(x.shape)

    def _chosen(self, share: float, count: int) -> np.ndarray:
        return np.flatnonzero(self._rng.random(count) < share)

    def _column(self, low: float, high: float, count: int, channels: int = 1) -> Tensor:
        return torch.from_numpy(self._rng.uniform(low, high, (count, channels, 1, 1)).astype(np.float32))

    def _grain(self, shape: torch.Size) -> Tensor:
        """On each channel its own: those of a motion tile are of different times."""
        count = shape[2] * shape[3]
        starts = self._rng.integers(0, len(self._noise) - count, shape[0] * shape[1])
        grains = [self._noise[start : start + count].view(shape[2:]) for start in starts]
        return torch.stack(grains).view(shape)

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
