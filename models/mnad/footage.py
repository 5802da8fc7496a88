"""Footage to train on: clips of gray frames, decoded once and mapped from disk."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from network import FRAME

SAMPLE_FPS = 5
# Twice the rate of the product, so that training sees the frames in between as well.
RECORDED_FPS = 10
# Longer files are cut, so that a part of each can be held out.
CLIP_FRAMES = 600
# One clip of this many is not trained on.
HELD_OUT_EVERY = 8
VIDEO_SUFFIXES = {".mp4", ".mkv", ".avi", ".mov", ".ts", ".webm"}


@dataclass(frozen=True)
class Footage:
    """Clips uint8 [N,192,192]; samples at 5 frames a second lie `stride` frames apart."""

    clips: list[np.ndarray]
    stride: int

    def split(self) -> tuple["Footage", "Footage"]:
        """What to train on, and every eighth clip, to judge by; of fewer clips none is held out."""
        held_out = set(range(HELD_OUT_EVERY - 1, len(self.clips), HELD_OUT_EVERY))
        kept = [clip for i, clip in enumerate(self.clips) if i not in held_out]
        return Footage(kept, self.stride), Footage([self.clips[i] for i in held_out], self.stride)


def decode(video: Path, sampling: str, into: Path) -> np.ndarray:
    """A video as the product sees it, the whole picture squeezed to 192 x 192 gray: uint8 [N,192,192].

    `sampling` is an ffmpeg filter that picks frames; the pixels stay in the file `into`.
    """
    filters = f"{sampling},scale={FRAME}:{FRAME}:flags=area,format=gray"
    output = ["-vf", filters, "-fps_mode", "passthrough", "-f", "rawvideo", "-y", str(into)]
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-i", str(video), *output], check=True)
    return np.memmap(into, np.uint8, mode="r").reshape(-1, FRAME, FRAME)


def ordinary_videos(folder: Path) -> list[Path]:
    """The `train` clips of `labels.json` if there is one (see `nunchi eval`), otherwise every video in the folder."""
    labels = folder / "labels.json"
    if not labels.exists():
        return sorted(path for path in folder.iterdir() if path.suffix.lower() in VIDEO_SUFFIXES)
    listed = [clip for clip in json.loads(labels.read_text())["clips"] if clip["split"] == "train"]
    odd = [clip["id"] for clip in listed if any(clip["labels"])]
    if odd:
        raise SystemExit(f"{labels}: {', '.join(odd)}: a clip to train on must have no anomalous frame")
    return [folder / clip["file"] for clip in listed]


def recorded(folder: Path, work: Path, fps: int = RECORDED_FPS) -> Footage:
    """Decodes a folder of videos into `work`; an hour takes 1.3 GB there."""
    videos = ordinary_videos(folder)
    if not videos:
        raise SystemExit(f"{folder}: there is no video to train on")
    work.mkdir(parents=True, exist_ok=True)
    files = [decode(video, f"fps={fps}", work / f"{i:05d}.u8") for i, video in enumerate(videos)]
    clips = [file[first : first + CLIP_FRAMES] for file in files for first in range(0, len(file), CLIP_FRAMES)]
    return Footage(clips, fps // SAMPLE_FPS)
