"""MNAD, prediction variant: guesses the next frame from four, helped by a memory of normal features.

Park, Noh, Ham, "Learning Memory-guided Normality for Anomaly Detection", CVPR 2020, with these departures,
all made so that a CPU core can serve a dozen cameras:

- gray frames, a quarter of the channels, and a space-to-depth stem that halves both image sides at once;
- the decoder draws the change since the last frame, so that a still ground costs no training time;
- nearest-neighbour upsampling instead of transposed convolutions (cheaper, and free of checkerboards);
- the memory is an input and the updated memory an output, so that one network without state serves any
  number of cameras, whose clips can share a batch.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

CONTEXT = 4
FRAME = 192
MEMORY_ITEMS = 10
SPACE_TO_DEPTH = 2
# 64, 128, 256, 512 channels in the paper.
CHANNELS = (16, 32, 64, 128)
FEATURES = CHANNELS[-1]


def conv_block(channels_in: int, channels_out: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(channels_in, channels_out, 3, padding=1),
        nn.BatchNorm2d(channels_out),
        nn.ReLU(),
        nn.Conv2d(channels_out, channels_out, 3, padding=1),
        nn.BatchNorm2d(channels_out),
        nn.ReLU(),
    )


def up_block(channels_in: int, channels_out: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(channels_in, channels_out, 1),
        nn.BatchNorm2d(channels_out),
        nn.ReLU(),
        nn.Upsample(scale_factor=2, mode="nearest"),
    )


class Encoder(nn.Module):
    """float [B,4,192,192] in [-1,1] -> features float [B,128,12,12], and the three skips of the U-Net."""

    def __init__(self) -> None:
        super().__init__()
        c1, c2, c3, c4 = CHANNELS
        self.stem = nn.PixelUnshuffle(SPACE_TO_DEPTH)
        self.block1 = conv_block(CONTEXT * SPACE_TO_DEPTH**2, c1)
        self.block2 = conv_block(c1, c2)
        self.block3 = conv_block(c2, c3)
        # No ReLU at the end: the features are normalised to the unit sphere and need all of it.
        self.block4 = nn.Sequential(*list(conv_block(c3, c4))[:-2])
        self.halve = nn.MaxPool2d(2)

    def forward(self, context: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor, Tensor]]:
        skip1 = self.block1(self.stem(context))
        skip2 = self.block2(self.halve(skip1))
        skip3 = self.block3(self.halve(skip2))
        return self.block4(self.halve(skip3)), (skip1, skip2, skip3)


class Decoder(nn.Module):
    """Features beside what the memory recalls, float [B,256,12,12] -> change in gray, [B,1,192,192] in [-2,2]."""

    def __init__(self) -> None:
        super().__init__()
        c1, c2, c3, c4 = CHANNELS
        self.block4, self.up4 = conv_block(2 * c4, c4), up_block(c4, c3)
        self.block3, self.up3 = conv_block(2 * c3, c3), up_block(c3, c2)
        self.block2, self.up2 = conv_block(2 * c2, c2), up_block(c2, c1)
        self.block1 = conv_block(2 * c1, c1)
        self.head = nn.Conv2d(c1, SPACE_TO_DEPTH**2, 3, padding=1)
        self.unstem = nn.PixelShuffle(SPACE_TO_DEPTH)

    def forward(self, recalled: Tensor, skips: tuple[Tensor, Tensor, Tensor]) -> Tensor:
        skip1, skip2, skip3 = skips
        x = self.up4(self.block4(recalled))
        x = self.up3(self.block3(torch.cat((skip3, x), dim=1)))
        x = self.up2(self.block2(torch.cat((skip2, x), dim=1)))
        x = self.block1(torch.cat((skip1, x), dim=1))
        return 2.0 * torch.tanh(self.unstem(self.head(x)))


def queries(features: Tensor) -> Tensor:
    """One unit vector for each place: [B,C,h,w] -> [B,h*w,C]."""
    return F.normalize(features, dim=1).flatten(2).transpose(1, 2)


def nearest_one_hot(similarity: Tensor) -> Tensor:
    """Marks the memory item most like each query: [B,N,M] -> one-hot float [B,N,M]."""
    nearest = similarity.argmax(dim=2, keepdim=True)
    return (nearest == torch.arange(MEMORY_ITEMS, device=similarity.device)).float()


def recall(query: Tensor, memory: Tensor, similarity: Tensor) -> Tensor:
    """Equations 1 to 3: each query beside its softmax-weighted mix of memory items, [B,2C,12,12]."""
    read = torch.matmul(F.softmax(similarity, dim=2), memory)
    side = FRAME // SPACE_TO_DEPTH // 8
    return torch.cat((query, read), dim=2).transpose(1, 2).reshape(-1, 2 * FEATURES, side, side)


def updated_memory(query: Tensor, memory: Tensor, similarity: Tensor) -> Tensor:
    """Equations 4 to 6: every item moves towards the queries it is nearest to, [B,M,C]."""
    weight = F.softmax(similarity, dim=1)
    weight = weight / weight.amax(dim=1, keepdim=True) * nearest_one_hot(similarity)
    return F.normalize(memory + torch.matmul(weight.transpose(1, 2), query), dim=2)


class Mnad(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encoder = Encoder()
        self.decoder = Decoder()

    def context(self, gray: Tensor) -> Tensor:
        """What `change` takes, float [B,4,192,192] in [-1,1], of frames uint8 [B,4,192,192]."""
        return gray.float() / 127.5 - 1.0

    def change(self, context: Tensor, memory: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Guessed change since the last frame [B,1,192,192] in [-2,2], queries [B,144,C] and their likeness to the
        items [B,144,M]."""
        features, skips = self.encoder(context)
        query = queries(features)
        similarity = torch.matmul(query, memory.transpose(1, 2))
        return self.decoder(recall(query, memory, similarity), skips), query, similarity


def initial_memory() -> Tensor:
    """Random unit vectors, float [M,C], for training to shape."""
    return F.normalize(torch.rand(MEMORY_ITEMS, FEATURES), dim=1)
