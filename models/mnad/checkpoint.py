"""What train.py and quantise.py save, and how it is read."""

from pathlib import Path

import torch
from torch import Tensor

from network import Mnad
from quantised import QuantisedMnad
from scorer import Scorer


def save(network: Mnad | QuantisedMnad, memory: Tensor, steps: int, path: Path) -> None:
    quantised = isinstance(network, QuantisedMnad)
    saved = {"network": network.state_dict(), "quantised": quantised, "memory": memory.cpu(), "steps": steps}
    torch.save(saved, path)


def load(path: Path) -> tuple[Scorer, Tensor, int]:
    """The scorer in evaluation mode, the memory float [10,C] that training ended with, and the steps taken."""
    saved = torch.load(path, map_location="cpu")
    network = Mnad()
    if saved.get("quantised"):
        network = QuantisedMnad(network.eval())
    network.load_state_dict(saved["network"])
    return Scorer(network).eval(), saved["memory"], int(saved["steps"])
