"""Words of a small model: a SentencePiece vocabulary (BPE) that llama.cpp takes over piece by piece.

Bytes stand in for all characters that it lacks, so that any text can be read and written. A phrase is one token
wherever it occurs: the fixed parts of a prompt or of an answer cost one step each.
"""

from dataclasses import dataclass
from pathlib import Path

import sentencepiece

UNKNOWN, BEGIN, END = 0, 1, 2
TURN_START, TURN_END = "<|im_start|>", "<|im_end|>"
# Types of tokens, as GGUF numbers them.
NORMAL, UNKNOWN_TYPE, CONTROL, USER_DEFINED, BYTE = 1, 2, 3, 4, 6
# SentencePiece's sign for a space.
SPACE = "\u2581"


@dataclass(frozen=True)
class Token:
    text: str
    score: float
    type: int


class Vocabulary:
    """Reads `<stem>.model` as `train_vocabulary` wrote it, with the same phrases."""

    def __init__(self, path: Path) -> None:
        self._pieces = sentencepiece.SentencePieceProcessor(model_file=str(path))
        self.size: int = self._pieces.get_piece_size()
        self.turn_start: int = self._pieces.piece_to_id(TURN_START)
        self.turn_end: int = self._pieces.piece_to_id(TURN_END)

    def encode(self, text: str) -> list[int]:
        """Without a token for the beginning; control tokens in the text are read as plain characters."""
        return self._pieces.encode(text)

    def decode(self, tokens: list[int]) -> str:
        return self._pieces.decode(tokens)

    def tokens(self, phrases: frozenset[str]) -> list[Token]:
        """All tokens in order of their ids, as a GGUF file lists them."""
        return [self._token(index, phrases) for index in range(self.size)]

    def _token(self, index: int, phrases: frozenset[str]) -> Token:
        pieces = self._pieces
        text, score = pieces.id_to_piece(index), pieces.get_score(index)
        if pieces.is_unknown(index):
            return Token(text, score, UNKNOWN_TYPE)
        if pieces.is_control(index):
            return Token(text, score, CONTROL)
        if pieces.is_byte(index):
            return Token(text, score, BYTE)
        spelled = text.replace(SPACE, " ")
        # llama.cpp takes such a token's text as it is, and finds it before it cuts the rest into pieces.
        return Token(spelled, score, USER_DEFINED) if spelled in phrases else Token(text, score, NORMAL)


def train_vocabulary(lines: list[str], phrases: list[str], size: int, path: Path) -> Vocabulary:
    """Learns at most `size` pieces from the lines, writes them to `path` (`*.model`), and reads them back."""
    path.parent.mkdir(parents=True, exist_ok=True)
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines),
        model_prefix=str(path.with_suffix("")),
        vocab_size=size,
        hard_vocab_limit=False,
        model_type="bpe",
        byte_fallback=True,
        unk_id=UNKNOWN,
        bos_id=BEGIN,
        eos_id=END,
        pad_id=-1,
        control_symbols=[TURN_START, TURN_END],
        # As it sees them: with its own sign for a space.
        user_defined_symbols=[phrase.replace(" ", SPACE) for phrase in phrases],
        normalization_rule_name="identity",
        remove_extra_whitespaces=False,
        add_dummy_prefix=False,
        split_digits=True,
        character_coverage=1.0,
        max_sentence_length=16_384,
        minloglevel=2,
    )
    return Vocabulary(path)
