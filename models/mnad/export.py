"""Turns a checkpoint into what the product loads: the ONNX graph, the initial memory, and the manifest.

    python3 models/mnad/export.py --checkpoint quantised.pt --figures figures.json \\
        --fixture test/fixtures/mnad-parity.json

Writes mnad.onnx, mnad.memory.f32 and manifest.json into the folder above this one, and the fixture that a
test compares the graph in onnxruntime with.
"""

import argparse
import inspect
import json
import sys
from pathlib import Path

import torch
from torch import Tensor

import checkpoint
from network import CONTEXT, FEATURES, FRAME, MEMORY_ITEMS
from parity import parity_record
from scorer import BLOCK, Scorer
from train import BATCH

sys.path.append(str(Path(__file__).resolve().parent.parent))
from manifest import MODELS, file_entry, put_model, write_json  # noqa: E402

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


def write_model(folder: Path, scorer: Scorer, memory: Tensor, origin: str, figures: dict) -> dict:
    """Writes graph and memory, and returns their entry for the manifest; `origin` ends "trained ..."."""
    graph, initial = folder / "mnad.onnx", folder / "mnad.memory.f32"
    export_graph(scorer, memory, graph)
    initial.write_bytes(memory.numpy().astype("<f4").tobytes())
    return {
        "graph": file_entry(graph),
        "memory": {**file_entry(initial), "shape": [MEMORY_ITEMS, FEATURES]},
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
            f"weights {origin}, and quantised; see models/README.md."
        ),
        "figures": figures,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--figures", type=Path, required=True)
    parser.add_argument("--fixture", type=Path, required=True)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    scorer, memory, steps = checkpoint.load(arguments.checkpoint)
    origin = (
        f"for {steps} steps of {BATCH} clips, only on scenes of ordinary walking drawn by this project's own "
        "renderer (src/demo/dump-frames.ts)"
    )
    figures = json.loads(arguments.figures.read_text())
    put_model("mnad", write_model(MODELS, scorer, memory, origin, figures))
    write_json(arguments.fixture, parity_record(scorer, memory))


if __name__ == "__main__":
    main()
