"""Writes a Llama and its vocabulary as a GGUF file for llama.cpp."""

from pathlib import Path

from .chat import TEMPLATE
from .gguf import GgufWriter
from .network import Llama
from .vocabulary import BEGIN, END, UNKNOWN, Vocabulary


def write_text_model(
    path: Path, network: Llama, vocabulary: Vocabulary, phrases: frozenset[str], name: str, kind: str = "Q8_0"
) -> None:
    """`phrases`: those that the vocabulary was trained with; `kind`: F32, F16 or Q8_0."""
    gguf = GgufWriter("llama", name, kind)
    _put_shape(gguf, network)
    _put_vocabulary(gguf, vocabulary, phrases)
    _put_weights(gguf, network)
    gguf.write(path)


def _put_shape(gguf: GgufWriter, network: Llama) -> None:
    shape = network.shape
    gguf.u32("llama.vocab_size", shape.vocabulary)
    gguf.u32("llama.context_length", shape.context)
    gguf.u32("llama.embedding_length", shape.width)
    gguf.u32("llama.block_count", shape.layers)
    gguf.u32("llama.feed_forward_length", shape.hidden)
    gguf.u32("llama.attention.head_count", shape.heads)
    gguf.u32("llama.attention.head_count_kv", shape.heads)
    gguf.f32("llama.attention.layer_norm_rms_epsilon", shape.epsilon)
    gguf.u32("llama.rope.dimension_count", shape.width // shape.heads)
    gguf.f32("llama.rope.freq_base", shape.rope_base)


def _put_vocabulary(gguf: GgufWriter, vocabulary: Vocabulary, phrases: frozenset[str]) -> None:
    tokens = vocabulary.tokens(phrases)
    gguf.string("tokenizer.ggml.model", "llama")
    gguf.string("tokenizer.ggml.pre", "default")
    gguf.strings("tokenizer.ggml.tokens", [token.text for token in tokens])
    gguf.f32s("tokenizer.ggml.scores", [token.score for token in tokens])
    gguf.i32s("tokenizer.ggml.token_type", [token.type for token in tokens])
    gguf.u32("tokenizer.ggml.unknown_token_id", UNKNOWN)
    gguf.u32("tokenizer.ggml.bos_token_id", BEGIN)
    # A turn's end ends the answer.
    gguf.u32("tokenizer.ggml.eos_token_id", vocabulary.turn_end)
    gguf.u32("tokenizer.ggml.padding_token_id", END)
    gguf.boolean("tokenizer.ggml.add_bos_token", True)
    gguf.boolean("tokenizer.ggml.add_eos_token", False)
    gguf.boolean("tokenizer.ggml.add_space_prefix", False)
    gguf.string("tokenizer.chat_template", TEMPLATE)


def _put_weights(gguf: GgufWriter, network: Llama) -> None:
    gguf.matrix("token_embd.weight", network.embedding.weight)
    gguf.exact("output_norm.weight", network.norm.weight)
    for index, block in enumerate(network.blocks):
        at = f"blk.{index}."
        gguf.exact(f"{at}attn_norm.weight", block.attention_norm.weight)
        gguf.exact(f"{at}ffn_norm.weight", block.hidden_norm.weight)
        matrices = {
            "attn_q": block.query,
            "attn_k": block.key,
            "attn_v": block.value,
            "attn_output": block.output,
            "ffn_gate": block.gate,
            "ffn_up": block.up,
            "ffn_down": block.down,
        }
        for tensor, linear in matrices.items():
            gguf.matrix(f"{at}{tensor}.weight", linear.weight)
