"""Makes a trained network compute in integers: fits ranges, and trains on until it draws what it drew before.

    python3 models/mnad/quantise.py --checkpoint checkpoint.pt --frames DIR --out quantised.pt

DIR is what the frame dump of the demo renderer wrote. Footage of a camera goes through `fit.py`.
"""

import argparse
import math
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

import checkpoint
from augment import Augmentation, batches
from footage import SAMPLE_FPS, Footage, recorded
from integers import IntegerConv
from network import CONTEXT, FEATURES, Mnad
from quantised import HALF_LEVEL, JOINED, UP, QuantisedMnad
from train import ANY_CAMERA, BATCH

LOOKED_AT = 64
STEPS = 3_000
LEARNING_RATE = 2e-4
# Mean squared error below which a clip is guessed well enough; white is 1 and black -1.
LEAST_ERROR = 4e-4
# Who reads what a layer gives; "+" where it stands behind the channels of a skip.
READERS = {
    "encode1a": ("encode1b",),
    "encode1b": ("encode2a", "decode1a"),
    "encode2a": ("encode2b",),
    "encode2b": ("encode3a", "decode2a"),
    "encode3a": ("encode3b",),
    "encode3b": ("encode4a", "decode3a"),
    "encode4a": ("encode4b",),
    "decode4a": ("decode4b",),
    "decode4b": ("up4",),
    "up4": ("+decode3a",),
    "decode3a": ("decode3b",),
    "decode3b": ("up3",),
    "up3": ("+decode2a",),
    "decode2a": ("decode2b",),
    "decode2b": ("up2",),
    "up2": ("+decode1a",),
    "decode1a": ("decode1b",),
}


def quantised(network: Mnad, memory: Tensor, footage: Footage, how: Augmentation) -> QuantisedMnad:
    """A network in integers that draws what `network` draws, of footage varied as in training."""
    torch.manual_seed(0)
    made = QuantisedMnad(network).eval()
    shared = memory.expand(BATCH, -1, -1)
    stream = batches(footage, BATCH, how, np.random.default_rng(1))
    with torch.no_grad():
        for clips in islice(stream, LOOKED_AT):
            made.change(clips[:, :CONTEXT] - HALF_LEVEL, shared)
        even_out(made)
    fix_ranges(made)
    train_on(made, network, shared, islice(stream, STEPS))
    for layer in made.layers.values():
        if isinstance(layer, IntegerConv):
            layer.settle()
    return made.eval()


def even_out(made: QuantisedMnad) -> None:
    """Scales the channels of each layer against its readers, so that none is too small for the common step of either.

    Nagel et al., "Data-Free Quantization Through Weight Equalization and Bias Correction", ICCV 2019, with the channels'
    values in the place of the weights that give them. What is drawn stays the same: above 0 a layer is linear.
    """
    for name, readers in READERS.items():
        rounding, conv = made.rounded[name], plain(made, name)
        copies = UP**2 if name.startswith("up") else 1
        values = rounding.largest.view(copies, -1).amax(0).clamp_min(1e-4)
        weights = torch.zeros_like(values)
        for reader in readers:
            read = columns(made, reader, len(values)) / largest_of_rows(plain(made, reader.lstrip("+")))
            weights = torch.maximum(weights, read.abs().amax((0, 2, 3)))
        factor = (values / weights.clamp_min(1e-4)).sqrt()
        factor /= factor.median()
        for reader in readers:
            columns(made, reader, len(values)).mul_(factor.view(1, -1, 1, 1))
        ours = factor.repeat(copies)
        conv.weight.data /= ours.view(-1, 1, 1, 1)
        conv.bias.data /= ours
        rounding.largest /= ours


def plain(made: QuantisedMnad, name: str) -> nn.Conv2d:
    layer = made.layers[name]
    return layer.conv if isinstance(layer, IntegerConv) else layer


def columns(made: QuantisedMnad, reader: str, count: int) -> Tensor:
    """The weights by which a layer reads `count` channels, a view of them."""
    weight = plain(made, reader.lstrip("+")).weight.data
    return weight[:, -count:] if reader.startswith("+") else weight[:, :count]


def largest_of_rows(conv: nn.Conv2d) -> Tensor:
    return conv.weight.detach().abs().amax((1, 2, 3), keepdim=True)


def fix_ranges(made: QuantisedMnad) -> None:
    ranges = {name: rounding.largest.max().item() for name, rounding in made.rounded.items()}
    for skip, up in JOINED:
        ranges[skip] = ranges[up] = max(ranges[skip], ranges[up])
    for name, most in ranges.items():
        made.rounded[name].fix(most)


def train_on(made: QuantisedMnad, network: Mnad, memory: Tensor, stream: Iterator[Tensor]) -> None:
    """Makes up for the rounding: what is drawn, and the features, are to be those of `network`."""
    made.train()
    optimiser = torch.optim.Adam(made.parameters(), LEARNING_RATE)
    for step, clips in enumerate(stream):
        for group in optimiser.param_groups:
            group["lr"] = LEARNING_RATE * 0.5 * (1.0 + math.cos(math.pi * step / STEPS))
        context = clips[:, :CONTEXT]
        with torch.no_grad():
            wanted, wanted_query, _ = network.change(context, memory)
            # What is read off the picture is its error, so a clip that is guessed well must be drawn more exactly.
            error = squares(context[:, -1:] + wanted - clips[:, CONTEXT:]) + LEAST_ERROR
        change, query, _ = made.change(context - HALF_LEVEL, memory)
        departure = (squares(change - wanted) / error).mean()
        optimiser.zero_grad()
        (departure + FEATURES * F.mse_loss(query, wanted_query)).backward()
        optimiser.step()
        if step % 100 == 0:
            print(f"step {step} of {STEPS}: departs from the network by {departure.item():.4f} of its error", flush=True)


def squares(planes: Tensor) -> Tensor:
    """Mean square of each item, [B,1,h,w] -> [B]."""
    return planes.pow(2).mean((1, 2, 3))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--frames", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    scorer, memory, trained = checkpoint.load(arguments.checkpoint)
    drawn = recorded(arguments.frames / "train", arguments.frames / "decoded", SAMPLE_FPS)
    made = quantised(scorer.network, memory, drawn, ANY_CAMERA)
    checkpoint.save(made, memory, trained, arguments.out)


if __name__ == "__main__":
    main()
