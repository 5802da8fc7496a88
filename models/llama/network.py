"""A small Llama, computed as llama.cpp computes the architecture "llama": https://arxiv.org/abs/2302.13971

Pre-norm blocks with root-mean-square norms, rotary positions over neighbouring pairs, and gated SiLU; no biases.
The embedding also reads the words out.
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclass(frozen=True)
class LlamaShape:
    """Sizes; `width` is a multiple of 32 and of twice the heads, `hidden` a multiple of 32."""

    vocabulary: int
    width: int = 192
    layers: int = 4
    heads: int = 3
    hidden: int = 512
    # Longest sequence in tokens.
    context: int = 512
    rope_base: float = 10_000.0
    epsilon: float = 1e-5


def attention(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None) -> Tensor:
    """Of [B, heads, T, D]; `mask` is added to the scores."""
    # Not by PyTorch's fused function: backward, on a CPU, it takes several times as long.
    scores = (query * (1.0 / math.sqrt(query.shape[-1]))) @ key.transpose(-2, -1)
    if mask is not None:
        scores = scores + mask.to(scores.dtype)
    return torch.softmax(scores, dim=-1).to(value.dtype) @ value


class RmsNorm(nn.Module):
    def __init__(self, width: int, epsilon: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.epsilon = epsilon

    def forward(self, x: Tensor) -> Tensor:
        wide = x.float()
        return wide * torch.rsqrt(wide.square().mean(-1, keepdim=True) + self.epsilon) * self.weight


def rotate(x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    """Turns the pairs (0, 1), (2, 3), ... of each head by the angles of their position."""
    even, odd = x[..., 0::2], x[..., 1::2]
    return torch.stack((even * cosine - odd * sine, even * sine + odd * cosine), dim=-1).flatten(-2).to(x.dtype)


class LlamaBlock(nn.Module):
    def __init__(self, shape: LlamaShape) -> None:
        super().__init__()
        width, hidden = shape.width, shape.hidden
        self.heads = shape.heads
        self.attention_norm = RmsNorm(width, shape.epsilon)
        self.query = nn.Linear(width, width, bias=False)
        self.key = nn.Linear(width, width, bias=False)
        self.value = nn.Linear(width, width, bias=False)
        self.output = nn.Linear(width, width, bias=False)
        self.hidden_norm = RmsNorm(width, shape.epsilon)
        self.gate = nn.Linear(width, hidden, bias=False)
        self.up = nn.Linear(width, hidden, bias=False)
        self.down = nn.Linear(hidden, width, bias=False)

    def forward(self, x: Tensor, cosine: Tensor, sine: Tensor, mask: Tensor) -> Tensor:
        batch, length, width = x.shape
        y = self.attention_norm(x)

        def split(projection: nn.Linear) -> Tensor:
            return projection(y).view(batch, length, self.heads, -1).transpose(1, 2)

        query, key = rotate(split(self.query), cosine, sine), rotate(split(self.key), cosine, sine)
        seen = attention(query, key, split(self.value), mask)
        x = x + self.output(seen.transpose(1, 2).reshape(batch, length, width))
        y = self.hidden_norm(x)
        return x + self.down(F.silu(self.gate(y)) * self.up(y))


class Llama(nn.Module):
    def __init__(self, shape: LlamaShape) -> None:
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(shape.vocabulary, shape.width)
        self.blocks = nn.ModuleList(LlamaBlock(shape) for _ in range(shape.layers))
        self.norm = RmsNorm(shape.width, shape.epsilon)
        head = shape.width // shape.heads
        pace = shape.rope_base ** (-torch.arange(0, head, 2).float() / head)
        angles = torch.arange(shape.context).float()[:, None] * pace
        self.register_buffer("cosine", angles.cos(), persistent=False)
        self.register_buffer("sine", angles.sin(), persistent=False)
        ahead = torch.full((shape.context, shape.context), -1e9).triu(1)
        self.register_buffer("mask", ahead, persistent=False)
        self._start()

    def forward(self, embedded: Tensor) -> Tensor:
        """Embeddings float [B, T, width] (of tokens, or of anything else) to hidden states of the same shape."""
        length = embedded.shape[1]
        x = embedded
        for block in self.blocks:
            x = block(x, self.cosine[:length], self.sine[:length], self.mask[:length, :length])
        return self.norm(x)

    def logits(self, hidden: Tensor) -> Tensor:
        """[..., width] to float [..., vocabulary]."""
        return F.linear(hidden, self.embedding.weight).float()

    def _start(self) -> None:
        """Random weights that keep the scale of what passes, less where a block adds to the stream."""
        nn.init.normal_(self.embedding.weight, std=0.02)
        for block in self.blocks:
            for linear in (block.query, block.key, block.value, block.gate, block.up):
                nn.init.normal_(linear.weight, std=0.7 / math.sqrt(linear.in_features))
            for linear in (block.output, block.down):
                nn.init.normal_(linear.weight, std=0.5 / math.sqrt(linear.in_features * self.shape.layers))
