"""Reads what train.py saved."""

from pathlib import Path

import torch
from torch import Tensor

from network import Mnad
from scorer import Scorer


def load(path: Path) -> tuple[Scorer, Tensor, int]:
    """The scorer in evaluation mode, the memory float [10,C] that training ended with, and the steps taken."""
    saved = torch.load(path, map_location="cpu")
    network = Mnad()
    network.load_state_dict(saved["network"])
    return Scorer(network).eval(), saved["memory"], int(saved["steps"])
