"""Turns a checkpoint into what the product loads: text model, projector, and the manifest's entry "vlm".

    python3 models/vlm/export.py --checkpoint checkpoint.pt --vocabulary words.model \\
        [--heldout FILE] [--demo FILE] [--parity FILE]

Writes vlm-text.gguf and vlm-projector.gguf into the folder above this one, or into --out, then without the
manifest. The files are figures, from evaluate.mjs, evaluate-demo.mjs and parity.py.
"""

import argparse
import json
import sys
from pathlib import Path

import torch

from network import MERGE, PATCH, PICTURE, Eye, Vlm
from words import PHRASES

sys.path.append(str(Path(__file__).resolve().parent.parent))
from llama.export import write_text_model  # noqa: E402
from llama.gguf import GgufWriter  # noqa: E402
from llama.vocabulary import Vocabulary  # noqa: E402
from manifest import MODELS, file_entry, put_model  # noqa: E402

NAME = "nunchi-drawn-scenes"
FIGURES = ["heldout", "demo", "parity"]


def write_projector(path: Path, eye: Eye, kind: str = "Q8_0") -> None:
    gguf = GgufWriter("clip", f"{NAME}-projector", kind)
    gguf.string("general.type", "mmproj")
    gguf.boolean("clip.has_vision_encoder", True)
    gguf.string("clip.projector_type", "nemotron_v2_vl")
    gguf.boolean("clip.use_gelu", True)
    shape = eye.shape
    sizes = {
        "image_size": PICTURE,
        "patch_size": PATCH,
        "embedding_length": shape.width,
        "feed_forward_length": shape.hidden,
        "block_count": shape.layers,
        "attention.head_count": shape.heads,
        "projection_dim": shape.projected,
        "projector.scale_factor": MERGE,
    }
    for key, value in sizes.items():
        gguf.u32(f"clip.vision.{key}", value)
    gguf.f32("clip.vision.attention.layer_norm_epsilon", shape.epsilon)
    gguf.f32s("clip.vision.image_mean", [0.5] * 3)
    gguf.f32s("clip.vision.image_std", [0.5] * 3)
    _put_weights(gguf, eye)
    gguf.write(path)


def _put_weights(gguf: GgufWriter, eye: Eye) -> None:
    gguf.exact("v.patch_embd.weight", eye.patch.weight)
    gguf.exact("v.patch_embd.bias", eye.patch.bias)
    gguf.exact("v.position_embd.weight", eye.position)
    gguf.exact("v.class_embd", eye.registers)
    gguf.exact("v.post_ln.weight", eye.norm.weight)
    gguf.exact("v.post_ln.bias", eye.norm.bias)
    for index, block in enumerate(eye.blocks):
        at = f"v.blk.{index}."
        for tensor, norm in (("ln1", block.attention_norm), ("ln2", block.hidden_norm)):
            gguf.exact(f"{at}{tensor}.weight", norm.weight)
            gguf.exact(f"{at}{tensor}.bias", norm.bias)
        linears = {
            "attn_q": block.query,
            "attn_k": block.key,
            "attn_v": block.value,
            "attn_out": block.output,
            "ffn_up": block.up,
            "ffn_down": block.down,
        }
        for tensor, linear in linears.items():
            gguf.matrix(f"{at}{tensor}.weight", linear.weight)
            gguf.exact(f"{at}{tensor}.bias", linear.bias)
    gguf.exact("mm.model.mlp.0.weight", eye.merged_norm.weight)
    gguf.matrix("mm.model.mlp.1.weight", eye.project_in.weight)
    gguf.matrix("mm.model.mlp.3.weight", eye.project_out.weight)


def write_model(folder: Path, network: Vlm, vocabulary: Vocabulary, kind: str) -> tuple[Path, Path]:
    text, projector = folder / "vlm-text.gguf", folder / "vlm-projector.gguf"
    write_text_model(text, network.text, vocabulary, frozenset(PHRASES), NAME, kind)
    write_projector(projector, network.eye, kind)
    return text, projector


def manifest_entry(text: Path, projector: Path, samples: int, figures: dict) -> dict:
    return {
        "text": file_entry(text),
        "projector": file_entry(projector),
        "prompt": "drawn-2",
        "picture": {"layout": "montage", "side": PICTURE},
        "context": 512,
        "knows": "drawn scenes only",
        "licence": "Apache-2.0",
        "made_by": (
            "A vision transformer and a small Llama, written for this project and trained from random weights for "
            f"{samples} samples of montages of scenes drawn by its own renderer (src/demo/draw-candidates.ts) and "
            "of nothing else; see models/README.md."
        ),
        "figures": figures,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--vocabulary", type=Path, required=True)
    for figures in FIGURES:
        parser.add_argument(f"--{figures}", type=Path)
    parser.add_argument("--kind", choices=["F32", "F16", "Q8_0"], default="Q8_0")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    saved = torch.load(arguments.checkpoint, map_location="cpu")
    vocabulary = Vocabulary(arguments.vocabulary)
    network = Vlm(vocabulary.size)
    network.load_state_dict(saved["network"])
    text, projector = write_model(arguments.out or MODELS, network, vocabulary, arguments.kind)
    if arguments.out is None:
        named = {name: getattr(arguments, name) for name in FIGURES}
        figures = {name: json.loads(path.read_text()) for name, path in named.items() if path is not None}
        put_model("vlm", manifest_entry(text, projector, saved["samples"], figures))


if __name__ == "__main__":
    main()
