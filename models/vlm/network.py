"""The eyes of the VLM: a small vision transformer and the projector "nemotron_v2_vl", as llama.cpp computes them.

Pre-norm blocks with biases and GELU (Dosovitskiy et al., https://arxiv.org/abs/2010.11929), registers in front of the
patches (Darcet et al., https://arxiv.org/abs/2309.16588), then squares of 2 x 2 patches merged into one token for the
text model: root-mean-square norm and two layers around a squared ReLU.
"""

import math
import sys
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

sys.path.append(str(Path(__file__).resolve().parent.parent))
from llama.network import Llama, LlamaShape, RmsNorm, attention  # noqa: E402

# Side of the picture, of a patch, and of a square of patches that makes one token.
PICTURE, PATCH, MERGE = 192, 16, 2
GRID = PICTURE // PATCH
TOKENS_ACROSS = GRID // MERGE
IMAGE_TOKENS = TOKENS_ACROSS**2


@dataclass(frozen=True)
class EyeShape:
    """Sizes; all multiples of 32."""

    width: int = 128
    layers: int = 6
    heads: int = 4
    hidden: int = 512
    registers: int = 4
    projector_hidden: int = 384
    # Of the text model.
    projected: int = 192
    epsilon: float = 1e-6


TEXT_SHAPE = {"width": 192, "layers": 3, "heads": 3, "hidden": 512, "context": 512}


class EyeBlock(nn.Module):
    def __init__(self, shape: EyeShape) -> None:
        super().__init__()
        width = shape.width
        self.heads = shape.heads
        self.attention_norm = nn.LayerNorm(width, shape.epsilon)
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width)
        self.value = nn.Linear(width, width)
        self.output = nn.Linear(width, width)
        self.hidden_norm = nn.LayerNorm(width, shape.epsilon)
        self.up = nn.Linear(width, shape.hidden)
        self.down = nn.Linear(shape.hidden, width)

    def forward(self, x: Tensor) -> Tensor:
        batch, length, width = x.shape
        y = self.attention_norm(x)

        def split(projection: nn.Linear) -> Tensor:
            return projection(y).view(batch, length, self.heads, -1).transpose(1, 2)

        seen = attention(split(self.query), split(self.key), split(self.value))
        x = x + self.output(seen.transpose(1, 2).reshape(batch, length, width))
        # llama.cpp approximates GELU by tanh; the exact form, within 0.0005 of it, is far faster to train with.
        approximate = "none" if self.training else "tanh"
        return x + self.down(F.gelu(self.up(self.hidden_norm(x)), approximate=approximate))


class Eye(nn.Module):
    def __init__(self, shape: EyeShape) -> None:
        super().__init__()
        self.shape = shape
        self.patch = nn.Conv2d(3, shape.width, PATCH, PATCH)
        self.position = nn.Parameter(torch.randn(GRID * GRID, shape.width) * 0.02)
        self.registers = nn.Parameter(torch.randn(shape.registers, shape.width) * 0.02)
        self.blocks = nn.ModuleList(EyeBlock(shape) for _ in range(shape.layers))
        self.norm = nn.LayerNorm(shape.width, shape.epsilon)
        merged = shape.width * MERGE * MERGE
        self.merged_norm = RmsNorm(merged, 1e-6)
        self.project_in = nn.Linear(merged, shape.projector_hidden, bias=False)
        self.project_out = nn.Linear(shape.projector_hidden, shape.projected, bias=False)
        self._start()

    def forward(self, pictures: Tensor) -> Tensor:
        """Float [B, 3, 192, 192] in [-1, 1] to tokens [B, 36, projected], row by row."""
        batch = pictures.shape[0]
        patches = F.unfold(pictures, PATCH, stride=PATCH).transpose(1, 2)
        x = F.linear(patches, self.patch.weight.flatten(1), self.patch.bias) + self.position
        x = torch.cat((self.registers.to(x.dtype).expand(batch, -1, -1), x), dim=1)
        for block in self.blocks:
            x = block(x)
        x = self.norm(x)[:, self.shape.registers :]
        across = (batch, TOKENS_ACROSS, MERGE, TOKENS_ACROSS, MERGE, -1)
        x = x.reshape(across).permute(0, 1, 3, 2, 4, 5).reshape(batch, IMAGE_TOKENS, -1)
        return self.project_out(F.relu(self.project_in(self.merged_norm(x))).square())

    def _start(self) -> None:
        linears = [module for module in self.modules() if isinstance(module, nn.Linear)]
        for linear in linears:
            nn.init.normal_(linear.weight, std=0.8 / math.sqrt(linear.in_features))
            if linear.bias is not None:
                nn.init.zeros_(linear.bias)
        for block in self.blocks:
            for linear in (block.output, block.down):
                linear.weight.data.mul_(1.0 / math.sqrt(2 * self.shape.layers))
        # The squared ReLU would make the first tokens large beside those of words.
        self.project_out.weight.data.mul_(0.1)


class Vlm(nn.Module):
    """The eye and the text model that reads its tokens."""

    def __init__(self, vocabulary: int) -> None:
        super().__init__()
        self.eye = Eye(EyeShape())
        self.text = Llama(LlamaShape(vocabulary=vocabulary, **TEXT_SHAPE))

    def read(self, seen: Tensor, before: Tensor, after: Tensor) -> Tensor:
        """Logits at the positions of `after`, long [B, T]; `before`, long [P], and the seen [B, 36, W] come first."""
        embed = self.text.embedding
        batch = after.shape[0]
        words = (embed(before).expand(batch, -1, -1), seen.float(), embed(after))
        hidden = self.text(torch.cat(words, dim=1))
        return self.text.logits(hidden[:, -after.shape[1] :])
