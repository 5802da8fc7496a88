"""MNAD in integers of 8 bits: the network that the product runs, made from a trained one by `quantise.py`.

The change of the picture is a small difference of large numbers, so the last two layers stay in floating point. Three
layers do what they do in `network.py` in a way that onnxruntime is faster at: four pixels become channels of one with
channels last, a convolution of 1 x 1 gives four pixels instead of one to be repeated, and the head draws 4 x 4.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from integers import FromGray, IntegerConv, Rounding
from network import CONTEXT, FEATURES, FRAME, SPACE_TO_DEPTH, Mnad, queries, recall

UP = 2
# 0 lies between two levels of gray in training, and on the upper one here.
HALF_LEVEL = 0.5 / 127.5
IN_FLOAT = ("decode1b", "head")
# Skips, and the layers whose outputs they are joined with.
JOINED = (("encode3b", "up4"), ("encode2b", "up3"), ("encode1b", "up2"))


class QuantisedMnad(nn.Module):
    """`layers`, and what rounds their outputs, `rounded`, by the same names; its ranges are still to be fixed."""

    def __init__(self, network: Mnad) -> None:
        super().__init__()
        convs = plain_layers(network)
        self.layers = nn.ModuleDict(
            {name: conv if name in IN_FLOAT else IntegerConv(conv) for name, conv in convs.items()}
        )
        channels = {name: conv.out_channels for name, conv in convs.items() if name not in IN_FLOAT}
        self.rounded = nn.ModuleDict({name: Rounding(count, name == "encode4b") for name, count in channels.items()})
        self.rounded["recalled"] = Rounding(2 * FEATURES, signed=True)

    def context(self, gray: Tensor) -> Tensor:
        """What `change` takes, of uint8 frames."""
        return FromGray.apply(gray)

    def change(self, context: Tensor, memory: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """As `Mnad.change`."""
        skip1 = self._layer("encode1b", self._layer("encode1a", self._four_in_one(context)))
        skip2 = self._layer("encode2b", self._layer("encode2a", F.max_pool2d(skip1, 2)))
        skip3 = self._layer("encode3b", self._layer("encode3a", F.max_pool2d(skip2, 2)))
        query = queries(self._layer("encode4b", self._layer("encode4a", F.max_pool2d(skip3, 2))))
        similarity = torch.matmul(query, memory.transpose(1, 2))
        x = self.rounded["recalled"](recall(query, memory, similarity))
        x = self._joined(skip3, self._layer("decode4b", self._layer("decode4a", x)), "up4", 24)
        x = self._joined(skip2, self._layer("decode3b", self._layer("decode3a", x)), "up3", 48)
        x = self._joined(skip1, self._layer("decode2b", self._layer("decode2a", x)), "up2", 96)
        x = F.relu(self.layers["decode1b"](self._layer("decode1a", x)))
        drawn = F.pixel_shuffle(self.layers["head"](x), SPACE_TO_DEPTH**2)
        return 2.0 * torch.tanh(drawn), query, similarity

    def _layer(self, name: str, x: Tensor) -> Tensor:
        return self.rounded[name](self.layers[name](x))

    def _joined(self, skip: Tensor, x: Tensor, up: str, side: int) -> Tensor:
        """The channels of the skip [B,C,side,side], and behind them those of `x` at twice its size."""
        channels = self.layers[up].conv.out_channels // UP**2
        rows = self._layer(up, x).permute(0, 2, 3, 1).reshape(-1, side // UP, side // UP, UP, UP * channels)
        larger = rows.transpose(2, 3).reshape(-1, side, side, channels).permute(0, 3, 1, 2)
        return self.rounded[up].again(torch.cat((skip, larger), dim=1))

    @staticmethod
    def _four_in_one(frames: Tensor) -> Tensor:
        """[B,4,192,192] -> [B,16,96,96], the channels of each of 2 x 2 pixels together."""
        side = FRAME // SPACE_TO_DEPTH
        rows = frames.permute(0, 2, 3, 1).reshape(-1, side, SPACE_TO_DEPTH, side, SPACE_TO_DEPTH * CONTEXT)
        return rows.transpose(2, 3).reshape(-1, side, side, SPACE_TO_DEPTH**2 * CONTEXT).permute(0, 3, 1, 2)


def plain_layers(network: Mnad) -> dict[str, nn.Conv2d]:
    """The convolutions of a trained network, normalisation folded in, as `QuantisedMnad` lays them out."""
    layers = {}
    for part, blocks in (("encode", network.encoder), ("decode", network.decoder)):
        for level in (1, 2, 3, 4):
            block = getattr(blocks, f"block{level}")
            for letter, at in (("a", 0), ("b", 3)):
                norm = block[at + 1] if at + 1 < len(block) else None
                layers[f"{part}{level}{letter}"] = folded(block[at], norm)
    for level in (2, 3, 4):
        up = getattr(network.decoder, f"up{level}")
        layers[f"up{level}"] = four_pixels(folded(up[0], up[1]))
    layers["encode1a"] = pixels_together(layers["encode1a"])
    layers["head"] = wide_head(network.decoder.head)
    return layers


def folded(conv: nn.Conv2d, norm: nn.BatchNorm2d | None) -> nn.Conv2d:
    return convolution(conv.weight, conv.bias) if norm is None else fuse_conv_bn_eval(conv, norm)


def convolution(weight: Tensor, bias: Tensor, stride: int = 1) -> nn.Conv2d:
    made = nn.Conv2d(weight.shape[1], weight.shape[0], weight.shape[2:], stride, (weight.shape[2] - 1) // 2)
    made.load_state_dict({"weight": weight, "bias": bias})
    return made


def pixels_together(stem: nn.Conv2d) -> nn.Conv2d:
    """The first layer for channels in the order of `_four_in_one`."""
    weight = stem.weight.unflatten(1, (CONTEXT, SPACE_TO_DEPTH**2)).transpose(1, 2).flatten(1, 2)
    return convolution(weight, stem.bias + stem.weight.sum((1, 2, 3)) * HALF_LEVEL)


def four_pixels(up: nn.Conv2d) -> nn.Conv2d:
    """For each of 2 x 2 pixels the channels of the one that would be repeated."""
    return convolution(up.weight.repeat(UP**2, 1, 1, 1), up.bias.repeat(UP**2))


def wide_head(head: nn.Conv2d) -> nn.Conv2d:
    """Draws at every second place what the head draws at 2 x 2 of them."""
    weight = torch.zeros(2, SPACE_TO_DEPTH, 2, SPACE_TO_DEPTH, head.in_channels, 4, 4)
    for y in range(2):
        for x in range(2):
            weight[y, :, x, ..., y : y + 3, x : x + 3] = head.weight.detach().unflatten(0, (SPACE_TO_DEPTH,) * 2)
    bias = head.bias.view(1, SPACE_TO_DEPTH, 1, SPACE_TO_DEPTH).expand(2, -1, 2, -1)
    return convolution(weight.flatten(0, 3), bias.flatten(), 2)
