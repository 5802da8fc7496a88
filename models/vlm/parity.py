"""Whether llama.cpp with the exported pair says what PyTorch says with the checkpoint.

    python3 models/vlm/parity.py --checkpoint checkpoint.pt --vocabulary words.model \\
        --candidates DIR --answers answers.json [--out FILE]

answers.json is what evaluate.mjs wrote of the same candidates. Prints the shares of equal answers and equal labels.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from augment import as_input
from network import PICTURE, Vlm
from words import Vocabulary, prompt_around_picture

LONGEST_ANSWER = 64


@torch.no_grad()
def greedy(network: Vlm, vocabulary: Vocabulary, picture: Tensor) -> str:
    """The likeliest word each time; no grammar holds it to a form."""
    before, after = prompt_around_picture(vocabulary)
    seen = network.eye(picture)
    said: list[int] = []
    while len(said) < LONGEST_ANSWER:
        words = torch.tensor([[*after, *said]])
        word = int(network.read(seen, torch.tensor(before), words)[0, -1].argmax())
        if word == vocabulary.turn_end:
            break
        said.append(word)
    return vocabulary.decode(said)


def picture_of(folder: Path, file: str, row: int) -> np.ndarray:
    shape = (1, PICTURE, PICTURE, 3)
    return np.fromfile(folder / file, np.uint8, int(np.prod(shape)), offset=row * int(np.prod(shape))).reshape(shape)


def read(answer: str) -> dict:
    try:
        return json.loads(answer)
    except json.JSONDecodeError:
        return {}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--vocabulary", type=Path, required=True)
    parser.add_argument("--candidates", type=Path, required=True)
    parser.add_argument("--answers", type=Path, required=True)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    vocabulary = Vocabulary(arguments.vocabulary)
    network = Vlm(vocabulary.size).eval()
    network.load_state_dict(torch.load(arguments.checkpoint, map_location="cpu")["network"])
    answers = json.loads(arguments.answers.read_text())
    equal = labels = 0
    for answer in answers:
        pixels = picture_of(arguments.candidates, answer["file"], answer["row"])
        ours, theirs = read(greedy(network, vocabulary, as_input(pixels))), read(answer["answer"])
        equal += ours == theirs
        labels += ours.get("label") == theirs.get("label")
    shares = {"equal": round(equal / len(answers), 3), "label_equal": round(labels / len(answers), 3)}
    print(json.dumps(shares))
    if arguments.out is not None:
        arguments.out.write_text(json.dumps(shares))


if __name__ == "__main__":
    main()
