"""Turns a checkpoint into the GGUF file that the product loads, and describes it in the manifest.

    python3 models/agent/export.py --lines decisions.jsonl --run DIR --figures figures.json

`figures`: what evaluate.mjs measured; when the file is not there yet, the model is described without.
"""

import argparse
import json
from pathlib import Path

import torch

from lines import phrases_of, read_lines
from llama.export import write_text_model
from llama.vocabulary import Vocabulary
from manifest import MODELS, file_entry, put_model
from train import BATCH, new_network

# Tokens that a question and its answer may take together: a question has about 30, an answer at most 160.
CONTEXT = 512


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--figures", type=Path, required=True)
    given = parser.parse_args()
    saved = torch.load(given.run / "checkpoint.pt", map_location="cpu")
    vocabulary = Vocabulary(given.run / "vocabulary.model")
    network = new_network(vocabulary)
    network.load_state_dict(saved["network"])
    path = MODELS / "agent.gguf"
    phrases = frozenset(phrases_of(read_lines(given.lines)))
    write_text_model(path, network, vocabulary, phrases, "nunchi-agent")
    entry = {
        "text": file_entry(path),
        "prompt": "policy-1",
        "context": CONTEXT,
        "licence": "Apache-2.0",
        "made_by": (
            f"A small Llama, trained from random weights for {saved['steps']} steps of {BATCH} answers, only on what "
            "this project's written policy (src/decision/policy.ts) decides in drawn situations; see models/README.md."
        ),
        "figures": json.loads(given.figures.read_text()) if given.figures.exists() else {},
    }
    put_model("agent", entry)


if __name__ == "__main__":
    main()
