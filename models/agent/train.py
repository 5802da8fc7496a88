"""Trains the agent's model on the written policy and saves a checkpoint.

    python3 models/agent/train.py --lines decisions.jsonl --out DIR

Lines that are held out are never trained on. The loss is taken of the answers alone.
"""

import argparse
import math
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from lines import Line, make_vocabulary, read_lines, tokens_of
from llama.network import Llama, LlamaShape
from llama.vocabulary import END, Vocabulary

BATCH = 32
STEPS = 3_000
WARM_UP_STEPS = 100
LEARNING_RATE = 2e-3
# Confirmed findings have most situations by far; the others must not be lost among them.
SHARES = {"confirmed": 0.7, "rejected": 0.1, "verification-failed": 0.1, "unverified": 0.1}
# Targets that count for nothing.
IGNORED = -100


def new_network(vocabulary: Vocabulary) -> Llama:
    return Llama(LlamaShape(vocabulary=vocabulary.size, width=128, layers=3, heads=4, hidden=352))


def encoded(vocabulary: Vocabulary, line: Line) -> tuple[list[int], list[int]]:
    """Tokens, and for each the one that is to follow: that of the question is not learned."""
    asked, answered = tokens_of(vocabulary, line)
    tokens = asked + answered
    return tokens[:-1], [IGNORED] * (len(asked) - 1) + answered


def batch_of(samples: list[tuple[list[int], list[int]]]) -> tuple[Tensor, Tensor]:
    longest = max(len(tokens) for tokens, _ in samples)
    inputs = [tokens + [END] * (longest - len(tokens)) for tokens, _ in samples]
    targets = [wanted + [IGNORED] * (longest - len(wanted)) for _, wanted in samples]
    return torch.tensor(inputs), torch.tensor(targets)


def learning_rate(step: int) -> float:
    """Linear warm-up under a cosine that falls almost to nothing."""
    warm_up = min(1.0, (step + 1) / WARM_UP_STEPS)
    return LEARNING_RATE * warm_up * (0.5 * (1.0 + math.cos(math.pi * step / STEPS)) + 0.005)


@torch.no_grad()
def exactness(network: Llama, samples: list[tuple[list[int], list[int]]]) -> float:
    """Share of answers of which each token is the likeliest one after those before it: what greedy writing gives."""
    network.eval()
    right = 0
    for start in range(0, len(samples), 128):
        inputs, targets = batch_of(samples[start : start + 128])
        guess = network.logits(network(network.embedding(inputs))).argmax(-1)
        right += int(((guess == targets) | (targets == IGNORED)).all(1).sum())
    network.train()
    return right / len(samples)


def train(lines: list[Line], vocabulary: Vocabulary, out: Path, bf16: bool) -> None:
    """`bf16` computes in bfloat16: many times as fast where the processor knows it, far slower elsewhere."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    random = np.random.default_rng(0)
    by_finding = {
        finding: [encoded(vocabulary, line) for line in lines if line.finding == finding and not line.held]
        for finding in SHARES
    }
    held = [encoded(vocabulary, line) for line in lines if line.held]
    network = new_network(vocabulary)
    optimiser = torch.optim.AdamW(network.parameters(), LEARNING_RATE, betas=(0.9, 0.98), weight_decay=0.05)
    for step in range(STEPS):
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(step)
        findings = random.choice(list(SHARES), BATCH, p=list(SHARES.values()))
        samples = [by_finding[finding][random.integers(len(by_finding[finding]))] for finding in findings]
        inputs, targets = batch_of(samples)
        answers = targets != IGNORED
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            logits = network.logits(network(network.embedding(inputs))[answers])
        loss = F.cross_entropy(logits, targets[answers])
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        if (step + 1) % 500 == 0:
            print(f"step {step + 1}: loss {loss.item():.4f}, held out {exactness(network, held):.4f}", flush=True)
            torch.save({"network": network.state_dict(), "steps": step + 1}, out / "checkpoint.pt")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--bf16", action="store_true")
    given = parser.parse_args()
    lines = read_lines(given.lines)
    train(lines, make_vocabulary(lines, given.out / "vocabulary.model"), given.out, given.bf16)


if __name__ == "__main__":
    main()
