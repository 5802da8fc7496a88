"""The words of the VLM: a closed vocabulary in which an answer of the usual form is some fifteen tokens.

Bytes and single characters stay, so that the model can write whatever the schema of its answers allows.
"""

import itertools
import string
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))
from llama.vocabulary import BEGIN, Vocabulary, train_vocabulary  # noqa: E402

SIZE = 512
# Of the prompt "drawn-2" in src/verification/prompt.ts.
QUESTION = "What happens?"

_PROMPT = ["user\n", "assistant\n", QUESTION]
_FRAME = [
    '{"label":"',
    '","severity":"',
    '","confidence":',
    ',"description":"',
    '","evidence":[',
    '"seen in ',
    ' of 5 pictures"]}',
    "]}",
]
_LABELS = (
    "normal running vehicle wrong_way fall loitering left_bag smoke fire fight intrusion crowd animal other"
).split()
_SEVERITIES = "low medium high critical".split()
_NUMBERS = [f"0.{digit}" for digit in range(1, 10)]
_SENTENCES = [
    "Nothing out of the ordinary.",
    "A person runs ",
    "A person hurries against the usual direction, ",
    "A vehicle drives ",
    "A person lies on the ground.",
    "A person lingers in one place.",
    "A bag stands alone.",
    "Smoke and flames rise.",
    "to the left.",
    "to the right.",
    "towards the camera.",
    "away from the camera.",
]
PHRASES = _PROMPT + _FRAME + _LABELS + _SEVERITIES + _NUMBERS + _SENTENCES


def make_vocabulary(path: Path) -> Vocabulary:
    """The lines only teach the common pieces of words, which no answer of the usual form needs."""
    printable = [character for character in string.printable if character.isprintable()]
    words = itertools.chain(*(sentence.split() for sentence in _SENTENCES + _LABELS + _SEVERITIES))
    lines = [" ".join(printable)] * 3 + [f"a {word} is {word}ing the {word}" for word in words]
    return train_vocabulary(lines, PHRASES, SIZE, path)


def prompt_around_picture(vocabulary: Vocabulary) -> tuple[list[int], list[int]]:
    """Tokens before and after those of the picture, as llama.cpp cuts the formatted chat."""
    before = [BEGIN, vocabulary.turn_start, *vocabulary.encode("user\n")]
    asked = [*vocabulary.encode(f"\n{QUESTION}"), vocabulary.turn_end, *vocabulary.encode("\n")]
    return before, [*asked, vocabulary.turn_start, *vocabulary.encode("assistant\n")]
