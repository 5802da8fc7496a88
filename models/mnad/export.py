"""Turns a checkpoint into what the product loads: the ONNX graph, the initial memory, and the manifest.

    python3 models/mnad/export.py --checkpoint checkpoint.pt --figures figures.json \\
        --fixture test/fixtures/mnad-parity.json

Writes mnad.onnx, mnad.memory.f32 and manifest.json into the folder above this one, and the fixture that a
test compares the graph in onnxruntime with.
"""

import argparse
import hashlib
import inspect
import json
from pathlib import Path

import torch
from torch import Tensor

import checkpoint
from network import CONTEXT, FEATURES, FRAME, MEMORY_ITEMS
from parity import parity_record
from scorer import BLOCK, Scorer

MODELS = Path(__file__).resolve().parent.parent
OPSET = 17
WINDOW = CONTEXT + 1
INPUTS = {
    "clip": {"dtype": "uint8", "shape": ["B", WINDOW, FRAME, FRAME]},
    "memory": {"dtype": "float32", "shape": ["B", MEMORY_ITEMS, FEATURES]},
}
OUTPUTS = {
    "peak": {"dtype": "float32", "shape": ["B"]},
    "psnr": {"dtype": "float32", "shape": ["B"]},
    "feature_distance": {"dtype": "float32", "shape": ["B"]},
    "memory_out": {"dtype": "float32", "shape": ["B", MEMORY_ITEMS, FEATURES]},
    "error_map": {"dtype": "float32", "shape": ["B", FRAME // BLOCK, FRAME // BLOCK]},
}


def export_graph(scorer: Scorer, memory: Tensor, path: Path) -> None:
    # Two items, so that the tracer cannot take the batch for a constant 1.
    clip = torch.zeros(2, WINDOW, FRAME, FRAME, dtype=torch.uint8)
    names = [*INPUTS, *OUTPUTS]
    options = {}
    if "dynamo" in inspect.signature(torch.onnx.export).parameters:
        # Newer releases default to another exporter, which does not offer this opset.
        options["dynamo"] = False
    torch.onnx.export(
        scorer,
        (clip, memory.expand(2, -1, -1).clone()),
        str(path),
        opset_version=OPSET,
        input_names=list(INPUTS),
        output_names=list(OUTPUTS),
        dynamic_axes={name: {0: "B"} for name in names},
        do_constant_folding=True,
        **options,
    )


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def manifest(graph: Path, memory: Path, steps: int, figures: dict) -> dict:
    model = {
        "graph": {"file": graph.name, "sha256": sha256(graph)},
        "memory": {"file": memory.name, "sha256": sha256(memory), "shape": [MEMORY_ITEMS, FEATURES]},
        "opset": OPSET,
        "inputs": INPUTS,
        "outputs": OUTPUTS,
        "window": WINDOW,
        "frame": {"width": FRAME, "height": FRAME, "format": "gray8"},
        "normalisation": "x/127.5-1 in graph",
        "sample_fps": 5,
        "licence": "Apache-2.0",
        "made_by": (
            "MNAD, prediction variant (Park, Noh, Ham, CVPR 2020), re-implemented and trained from random "
            f"weights for {steps} steps of 4 clips, only on scenes of ordinary walking drawn by this "
            "project's own renderer (src/demo/dump-frames.ts); see models/README.md."
        ),
        "figures": figures,
    }
    return {"version": 1, "models": {"mnad": model}}


def write_json(path: Path, value: dict) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--figures", type=Path, required=True)
    parser.add_argument("--fixture", type=Path, required=True)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    scorer, memory, steps = checkpoint.load(arguments.checkpoint)

    graph, initial = MODELS / "mnad.onnx", MODELS / "mnad.memory.f32"
    export_graph(scorer, memory, graph)
    initial.write_bytes(memory.numpy().astype("<f4").tobytes())
    figures = json.loads(arguments.figures.read_text())
    write_json(MODELS / "manifest.json", manifest(graph, initial, steps, figures))
    arguments.fixture.parent.mkdir(parents=True, exist_ok=True)
    write_json(arguments.fixture, parity_record(scorer, memory))


if __name__ == "__main__":
    main()
