"""Layers in integers of 8 bits, computed in PyTorch as the runtime computes them.

Jacob et al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference", CVPR
2018: values are rounded to a grid but kept as floats, and gradients pass through the rounding.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

MOST_VALUE = 255
# 7 bits: processors without VNNI add two products in 16 bits, which 2 * 255 * 64 just fits.
MOST_WEIGHT = 64
# The value that stands for 0 where there are negative ones.
MIDDLE = 128


class FromGray(torch.autograd.Function):
    """uint8 [...] -> float [...] in about [-1,1], without another rounding: a layer reads the levels as they are."""

    @staticmethod
    def forward(_context, gray: Tensor) -> Tensor:
        return (gray.float() - MIDDLE) / 127.5

    @staticmethod
    def symbolic(graph, gray):
        scale = graph.op("Constant", value_t=torch.tensor(1 / 127.5))
        zero = graph.op("Constant", value_t=torch.tensor(MIDDLE, dtype=torch.uint8))
        return graph.op("DequantizeLinear", gray, scale, zero)


class Rounding(nn.Module):
    """Rounds what a layer gives, float [B,C,h,w]; what is below 0 is cut off unless `signed`.

    Until `fix` it cuts off only that, and notes how large each channel gets.
    """

    def __init__(self, channels: int, signed: bool = False) -> None:
        super().__init__()
        self.signed = signed
        self.register_buffer("largest", torch.zeros(channels))
        # Beyond it values are cut off; 0 until fixed.
        self.register_buffer("most", torch.tensor(0.0))

    def fix(self, most: float) -> None:
        self.most.fill_(most)

    def again(self, x: Tensor) -> Tensor:
        """Rounds what is on this grid already, which changes nothing but tells the runtime so."""
        return x if self.most == 0 else self(x)

    def forward(self, x: Tensor) -> Tensor:
        most = self.most.item()
        if most == 0:
            self.largest.copy_(torch.maximum(self.largest, x.detach().abs().amax((0, 2, 3))))
            return x if self.signed else F.relu(x)
        step, zero = (2 * most / MOST_VALUE, MIDDLE) if self.signed else (most / MOST_VALUE, 0)
        return torch.fake_quantize_per_tensor_affine(x, step, zero, 0, MOST_VALUE)


class IntegerConv(nn.Module):
    """A convolution whose weights are rounded, each output channel by its own step."""

    def __init__(self, conv: nn.Conv2d) -> None:
        super().__init__()
        self.conv = conv
        self.register_buffer("step", torch.ones(conv.out_channels))
        self.register_buffer("zero", torch.zeros(conv.out_channels, dtype=torch.int32))
        self.fit()

    def fit(self) -> None:
        """Fits the steps to the weights, which may have changed."""
        self.step.copy_(self.conv.weight.detach().abs().amax((1, 2, 3)).clamp_min(1e-8) / MOST_WEIGHT)

    def settle(self) -> None:
        """Puts the weights themselves on the grid, so that nobody else can round them otherwise."""
        self.fit()
        steps = self.step.view(-1, 1, 1, 1)
        self.conv.weight.data.copy_((self.conv.weight / steps).round() * steps)

    def forward(self, x: Tensor) -> Tensor:
        if self.training:
            self.fit()
        weight = torch.fake_quantize_per_channel_affine(self.conv.weight, self.step, self.zero, 0, -128, 127)
        return F.conv2d(x, weight, self.conv.bias, padding=self.conv.padding)
