"""Reads the candidates that src/demo/draw-candidates.ts drew, also while it is still drawing."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from augment import mirror
from network import PICTURE, TOKENS_ACROSS

KINDS = ["normal", "running", "vehicle", "wrong_way", "fall", "loitering", "left_bag", "smoke"]
HEADINGS = ["left", "right", "towards", "away"]
# By number: what a heading becomes in a mirror.
MIRRORED = {0: 1, 1: 0}
MOVING = {"running", "vehicle", "wrong_way"}
MOMENTS = 5
# What a target says of something that is not to be learnt from.
IGNORED = -100
# A token shows a marked thing when the thing covers this share of it, or of itself lies this much in it.
COVERED, CONTAINED = 0.12, 0.25


@dataclass(frozen=True)
class Shard:
    """`pictures`: uint8 [N, 192, 192, 3], on disk; `targets`: int64 [N, 3 + 36]: kind, heading, seen, kind by token."""

    pictures: np.ndarray
    targets: np.ndarray
    answers: list[str]


def read_shard(listing: Path) -> Shard:
    samples = [json.loads(line) for line in listing.read_text().splitlines()]
    shape = (len(samples), PICTURE, PICTURE, 3)
    pictures = np.memmap(listing.with_suffix(".u8"), np.uint8, "r", shape=shape)
    return Shard(pictures, np.stack([_targets(sample) for sample in samples]), [s["answer"] for s in samples])


class Candidates:
    """All complete shards of a folder; `refresh` adds those that were completed since."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: set[Path] = set()
        self._shards: list[Shard] = []
        self._places: list[tuple[int, int]] = []
        # How often each sample should be taken.
        self.shares = np.zeros(0)
        self.refresh()

    def __len__(self) -> int:
        return len(self._places)

    def refresh(self) -> None:
        for listing in sorted(set(self._folder.glob("*.jsonl")) - self._known):
            self._known.add(listing)
            shard = read_shard(listing)
            self._places += [(len(self._shards), row) for row in range(len(shard.answers))]
            self._shards.append(shard)
        kinds = np.concatenate([shard.targets[:, 0] for shard in self._shards])
        # Between as often each kind and as often each sample.
        weights = 1.0 / np.sqrt(np.bincount(kinds))[kinds]
        self.shares = weights / weights.sum()

    def batch(self, indices: np.ndarray) -> tuple[np.ndarray, np.ndarray, list[str]]:
        """Pictures, targets and answers of so many samples."""
        rows = [(self._shards[shard], row) for shard, row in (self._places[index] for index in indices)]
        pictures = np.stack([shard.pictures[row] for shard, row in rows])
        return pictures, np.stack([shard.targets[row] for shard, row in rows]), [s.answers[r] for s, r in rows]


def mirror_sample(picture: np.ndarray, targets: np.ndarray, answer: str) -> str:
    """Exchanges left and right in the picture and its targets, in place; returns the answer to it."""
    mirror(picture)
    mirror(targets[3:].reshape(TOKENS_ACROSS, TOKENS_ACROSS), PICTURE // TOKENS_ACROSS)
    if targets[1] in MIRRORED:
        targets[1] = MIRRORED[targets[1]]
    swapped = answer.replace(" left.", " right?").replace(" right.", " left.")
    return swapped.replace(" right?", " right.")


def _targets(sample: dict) -> np.ndarray:
    kind = KINDS.index(sample["label"])
    heading = HEADINGS.index(sample["heading"]) if sample["label"] in MOVING else IGNORED
    marked = np.zeros((TOKENS_ACROSS, TOKENS_ACROSS), np.int64)
    for mark in sample["marks"]:
        # Beside an ordinary region an anomaly may be in view: it is no part of this answer.
        marked[_covered(mark)] = kind if kind != 0 else IGNORED
    return np.concatenate([[kind, heading, sum(sample["shows"])], marked.ravel()])


def _covered(mark: list[float]) -> np.ndarray:
    """Which tokens show what is marked: bool [6, 6]."""
    side = PICTURE / TOKENS_ACROSS
    starts = np.arange(TOKENS_ACROSS) * side
    x, y, width, height = mark
    across = np.clip(np.minimum(starts + side, x + width) - np.maximum(starts, x), 0.0, None)
    down = np.clip(np.minimum(starts + side, y + height) - np.maximum(starts, y), 0.0, None)
    common = down[:, None] * across[None, :]
    return (common > COVERED * side * side) | (common > CONTAINED * max(width * height, 1e-3))
