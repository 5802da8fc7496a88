"""Makes what the product loads: the ONNX graph of the motion, and its entry in the manifest.

    python3 models/motion/export.py --fixture test/fixtures/motion-parity.json

There is nothing to train. Writes motion.onnx and manifest.json in the folder above this one, and the fixture that a
test compares the graph in onnxruntime with.
"""

import argparse
import inspect
import sys
from pathlib import Path

import torch

from network import CELL, CHANNELS, FRAME, Flow, Motion
from parity import parity_record

sys.path.append(str(Path(__file__).resolve().parent.parent))
from manifest import MODELS, file_entry, put_model, write_json  # noqa: E402

OPSET = 17
INPUTS = {
    "pair": {"dtype": "uint8", "shape": ["B", 2, FRAME, FRAME]},
    "aspect": {"dtype": "float32", "shape": ["B"]},
}
OUTPUTS = {
    "cells": {"dtype": "float32", "shape": ["B", len(CHANNELS), FRAME // CELL, FRAME // CELL]},
}


def export_graph(motion: Motion, path: Path) -> None:
    # Two items, so that the tracer cannot take the batch for a constant 1.
    pair = torch.zeros(2, 2, FRAME, FRAME, dtype=torch.uint8)
    options = {}
    if "dynamo" in inspect.signature(torch.onnx.export).parameters:
        # Newer releases default to another exporter, which does not offer this opset.
        options["dynamo"] = False
    torch.onnx.export(
        motion,
        (pair, torch.ones(2)),
        str(path),
        opset_version=OPSET,
        input_names=list(INPUTS),
        output_names=list(OUTPUTS),
        dynamic_axes={name: {0: "B"} for name in [*INPUTS, *OUTPUTS]},
        do_constant_folding=True,
        **options,
    )


def manifest_entry(graph: Path, figures: dict) -> dict:
    return {
        "graph": file_entry(graph),
        "opset": OPSET,
        "inputs": INPUTS,
        "outputs": OUTPUTS,
        "frame": {"width": FRAME, "height": FRAME, "format": "gray8"},
        "licence": "Apache-2.0",
        "made_by": (
            "Optical flow by the method of Lucas and Kanade (IJCAI 1981), dense and from coarse to fine (Bouguet "
            "2000), written for this project in models/motion/network.py; it has no weights, nothing was trained."
        ),
        "figures": figures,
    }


def figures(record: dict) -> dict:
    dx, dy = (mean / scale for mean, scale in zip(record["mean"][1], (1.0, record["aspect"][1])))
    return {"drawn_shift": {"pixels": [3, -2], "found": [round(dx, 2), round(dy, 2)]}}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fixture", type=Path, required=True)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    motion = Motion(Flow()).eval()
    graph = MODELS / "motion.onnx"
    export_graph(motion, graph)
    record = parity_record(motion)
    put_model("motion", manifest_entry(graph, figures(record)))
    write_json(arguments.fixture, record)


if __name__ == "__main__":
    main()
