"""Writes GGUF files, version 3, with numpy alone: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md"""

import struct
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from torch import Tensor

ALIGNMENT = 32
# Value types of the format.
U32, I32, F32, BOOL, STRING, ARRAY = 4, 5, 6, 7, 8, 9
# Tensor types, as ggml numbers them, and files by their main tensor type, as llama.cpp does.
TENSOR_TYPES = {"F32": 0, "F16": 1, "Q8_0": 8}
FILE_TYPES = {"F32": 0, "F16": 1, "Q8_0": 7}
QUANTISATION_VERSION = 2
# Weights that share a scale.
Q8_BLOCK = 32


def _text(value: str) -> bytes:
    raw = value.encode()
    return struct.pack("<Q", len(raw)) + raw


def q8_0(values: np.ndarray) -> bytes:
    """Blocks of 32 int8 with a float16 scale before each; the last dimension must be a multiple of 32."""
    if values.shape[-1] % Q8_BLOCK != 0:
        raise ValueError(f"rows of {values.shape[-1]} do not divide into blocks of {Q8_BLOCK}")
    blocks = values.reshape(-1, Q8_BLOCK)
    scale = np.abs(blocks).max(axis=1, keepdims=True) / 127.0
    whole = np.round(blocks / np.where(scale == 0.0, 1.0, scale)).astype(np.int8)
    return np.concatenate([scale.astype("<f2").view(np.uint8), whole.view(np.uint8)], axis=1).tobytes()


def _encoded(values: np.ndarray, kind: str) -> bytes:
    if kind == "Q8_0":
        return q8_0(values)
    return values.astype("<f2" if kind == "F16" else "<f4").tobytes()


@dataclass
class GgufWriter:
    """Gathers keys and tensors; `write` puts them into a file. `kind` is the tensor type of the big tensors."""

    architecture: str
    name: str
    kind: str = "Q8_0"
    _keys: list[bytes] = field(default_factory=list)
    _tensors: list[tuple[str, tuple[int, ...], int, bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.string("general.architecture", self.architecture)
        self.string("general.name", self.name)
        self.u32("general.file_type", FILE_TYPES[self.kind])
        self.u32("general.quantization_version", QUANTISATION_VERSION)

    def u32(self, key: str, value: int) -> None:
        self._key(key, U32, struct.pack("<I", value))

    def f32(self, key: str, value: float) -> None:
        self._key(key, F32, struct.pack("<f", value))

    def boolean(self, key: str, value: bool) -> None:
        self._key(key, BOOL, struct.pack("<?", value))

    def string(self, key: str, value: str) -> None:
        self._key(key, STRING, _text(value))

    def strings(self, key: str, values: list[str]) -> None:
        self._array(key, STRING, len(values), b"".join(map(_text, values)))

    def f32s(self, key: str, values: list[float]) -> None:
        self._array(key, F32, len(values), struct.pack(f"<{len(values)}f", *values))

    def i32s(self, key: str, values: list[int]) -> None:
        self._array(key, I32, len(values), struct.pack(f"<{len(values)}i", *values))

    def matrix(self, name: str, tensor: Tensor) -> None:
        """A big tensor, in the type of the file."""
        self._tensor(name, tensor, self.kind)

    def exact(self, name: str, tensor: Tensor) -> None:
        """A small tensor that is kept as float32: norms, biases, positions."""
        self._tensor(name, tensor, "F32")

    def write(self, path: Path) -> None:
        head = struct.pack("<IQQ", 3, len(self._tensors), len(self._keys))
        index, offset = [], 0
        for name, shape, kind, raw in self._tensors:
            sides = struct.pack(f"<{len(shape)}Q", *reversed(shape))
            index.append(_text(name) + struct.pack("<I", len(shape)) + sides + struct.pack("<IQ", kind, offset))
            offset += len(_padded(raw))
        described = b"GGUF" + head + b"".join(self._keys) + b"".join(index)
        path.write_bytes(_padded(described) + b"".join(_padded(raw) for *_, raw in self._tensors))

    def _key(self, key: str, kind: int, value: bytes) -> None:
        self._keys.append(_text(key) + struct.pack("<I", kind) + value)

    def _array(self, key: str, kind: int, length: int, values: bytes) -> None:
        self._key(key, ARRAY, struct.pack("<IQ", kind, length) + values)

    def _tensor(self, name: str, tensor: Tensor, kind: str) -> None:
        values = np.ascontiguousarray(tensor.detach().float().cpu().numpy())
        self._tensors.append((name, values.shape, TENSOR_TYPES[kind], _encoded(values, kind)))


def _padded(raw: bytes) -> bytes:
    return raw + b"\0" * (-len(raw) % ALIGNMENT)
