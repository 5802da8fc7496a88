"""Trains the VLM on drawn candidates and saves checkpoints.

    python3 models/vlm/train.py --candidates DIR --vocabulary words.model --out checkpoint.pt [--bf16]

First the eye alone learns to tell the kinds, from its tokens as the text model will get them; then the text model
learns to answer, and the eye goes on learning with it. DIR may still be filling.
"""

import argparse
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from augment import Augmenter
from candidates import MOMENTS, HEADINGS, IGNORED, KINDS, Candidates, mirror_sample
from network import Vlm
from words import Vocabulary, make_vocabulary, prompt_around_picture

BATCH = 32
EYE_STEPS = 12_000
STEPS = 4_200
WARM_UP_STEPS = 100
EYE_RATE, RATE = 7e-4, 6e-4
WEIGHT_DECAY = 0.05
# Weight of what the eye learns beside the answers.
ASIDE = 0.5
SAVE_EVERY = 200


class Asides(nn.Module):
    """What the tokens of a picture must tell by themselves; used in training only."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.summary = nn.Linear(2 * width, len(KINDS) + len(HEADINGS) + MOMENTS + 1)
        self.by_token = nn.Linear(width, len(KINDS))

    def forward(self, seen: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """The loss, and the share of pictures whose kind was told."""
        pooled = torch.cat((seen.mean(dim=1), seen.amax(dim=1)), dim=1)
        kinds, headings, shown = self.summary(pooled).float().split([len(KINDS), len(HEADINGS), MOMENTS + 1], dim=1)
        tokens = self.by_token(seen).float().flatten(0, 1)
        loss = F.cross_entropy(kinds, targets[:, 0], label_smoothing=0.02)
        moving = F.cross_entropy(headings, targets[:, 1], ignore_index=IGNORED, reduction="sum") / len(targets)
        loss = loss + 0.5 * moving + 0.2 * F.cross_entropy(shown, targets[:, 2])
        loss = loss + F.cross_entropy(tokens, targets[:, 3:].flatten(), ignore_index=IGNORED)
        return loss, (kinds.argmax(dim=1) == targets[:, 0]).float().mean()


@dataclass
class Lesson:
    """Everything that training carries along."""

    network: Vlm
    asides: Asides
    candidates: Candidates
    augment: Augmenter
    rng: np.random.Generator
    bf16: bool
    samples: int = 0

    def take(self) -> tuple[Tensor, Tensor, list[str]]:
        chosen = self.rng.choice(len(self.candidates), BATCH, p=self.candidates.shares)
        pictures, targets, answers = self.candidates.batch(chosen)
        self.samples += BATCH
        for index in self.augment.choose_mirrored(BATCH):
            answers[index] = mirror_sample(pictures[index], targets[index], answers[index])
        return self.augment(pictures), torch.from_numpy(targets), answers

    def optimiser(self, parts: list[nn.Module]) -> torch.optim.Optimizer:
        parameters = [parameter for part in parts for parameter in part.parameters()]
        matrices = [parameter for parameter in parameters if parameter.dim() >= 2]
        others = [parameter for parameter in parameters if parameter.dim() < 2]
        groups = [{"params": matrices, "weight_decay": WEIGHT_DECAY}, {"params": others, "weight_decay": 0.0}]
        return torch.optim.AdamW(groups, betas=(0.9, 0.98))

    def step(self, optimiser: torch.optim.Optimizer, loss: Tensor, rate: float) -> None:
        for group in optimiser.param_groups:
            group["lr"] = rate
        optimiser.zero_grad()
        loss.backward()
        parameters = [parameter for group in optimiser.param_groups for parameter in group["params"]]
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()

    def save(self, path: Path) -> None:
        saved = {
            "network": self.network.state_dict(),
            "asides": self.asides.state_dict(),
            "samples": self.samples,
        }
        part = path.with_suffix(".part")
        torch.save(saved, part)
        part.rename(path)


def learning_rate(peak: float, step: int, steps: int, last: float) -> float:
    """Linear warm-up, then a cosine down to the share `last` of the peak."""
    warm_up = min(1.0, (step + 1) / WARM_UP_STEPS)
    return peak * warm_up * (last + (1.0 - last) * 0.5 * (1.0 + math.cos(math.pi * step / steps)))


def open_eye(lesson: Lesson, steps: int, out: Path) -> None:
    optimiser = lesson.optimiser([lesson.network.eye, lesson.asides])
    told = 0.0
    for step in range(steps):
        pictures, targets, _ = lesson.take()
        with torch.autocast("cpu", torch.bfloat16, enabled=lesson.bf16):
            loss, right = lesson.asides(lesson.network.eye(pictures), targets)
        lesson.step(optimiser, loss, learning_rate(EYE_RATE, step, steps, 0.2))
        told = 0.97 * told + 0.03 * right.item()
        if step % 50 == 0:
            print(f"eye {step} of {steps} loss {loss.item():.3f} told {told:.3f}", flush=True)
        if step % SAVE_EVERY == SAVE_EVERY - 1:
            lesson.candidates.refresh()
            lesson.save(out)


def teach(lesson: Lesson, steps: int, rate: float, vocabulary: Vocabulary, out: Path) -> None:
    network = lesson.network
    before, after = prompt_around_picture(vocabulary)
    before = torch.tensor(before)
    optimiser = lesson.optimiser([network, lesson.asides])
    told = 0.0
    for step in range(steps):
        pictures, targets, answers = lesson.take()
        words, expected = answer_tokens(vocabulary, after, answers)
        with torch.autocast("cpu", torch.bfloat16, enabled=lesson.bf16):
            seen = network.eye(pictures)
            aside, right = lesson.asides(seen, targets)
            logits = network.read(seen, before, words)
        answer = F.cross_entropy(logits.flatten(0, 1), expected.flatten(), ignore_index=IGNORED)
        lesson.step(optimiser, answer + ASIDE * aside, learning_rate(rate, step, steps, 0.02))
        told = 0.97 * told + 0.03 * right.item()
        if step % 50 == 0:
            print(f"step {step} of {steps} answer {answer.item():.4f} told {told:.3f}", flush=True)
        if step % SAVE_EVERY == SAVE_EVERY - 1:
            lesson.candidates.refresh()
            lesson.save(out)


def answer_tokens(vocabulary: Vocabulary, after: list[int], answers: list[str]) -> tuple[Tensor, Tensor]:
    """Tokens that the text model reads after the picture, and those that it should say at each: long [B, T]."""
    said = [[*vocabulary.encode(answer), vocabulary.turn_end] for answer in answers]
    length = len(after) + max(map(len, said)) - 1
    words = torch.full((len(said), length), vocabulary.turn_end)
    expected = torch.full((len(said), length), IGNORED)
    for row, tokens in enumerate(said):
        line = [*after, *tokens[:-1]]
        words[row, : len(line)] = torch.tensor(line)
        expected[row, len(after) - 1 : len(line)] = torch.tensor(tokens)
    return words, expected


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--candidates", type=Path, required=True)
    parser.add_argument("--vocabulary", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--from-checkpoint", type=Path)
    parser.add_argument("--eye-steps", type=int, default=EYE_STEPS)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--rate", type=float, default=RATE, help="highest learning rate of the second part")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--bf16", action="store_true", help="far faster where the processor knows bfloat16")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    vocabulary = make_vocabulary(arguments.vocabulary)
    network = Vlm(vocabulary.size).train()
    asides = Asides(network.eye.shape.projected)
    candidates = Candidates(arguments.candidates)
    rng = np.random.default_rng(arguments.seed)
    lesson = Lesson(network, asides, candidates, Augmenter(arguments.seed), rng, arguments.bf16)
    if arguments.from_checkpoint is not None:
        saved = torch.load(arguments.from_checkpoint, map_location="cpu")
        network.load_state_dict(saved["network"])
        asides.load_state_dict(saved["asides"])
        lesson.samples = saved["samples"]
    open_eye(lesson, arguments.eye_steps, arguments.out)
    teach(lesson, arguments.steps, arguments.rate, vocabulary, arguments.out)
    lesson.save(arguments.out)


if __name__ == "__main__":
    main()
