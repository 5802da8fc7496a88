"""Questions to the agent's model and their answers, as src/decision/draw-decisions.ts writes them."""

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path

# The package of what the small models share lies beside this folder.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from llama.chat import prompt_tokens  # noqa: E402
from llama.vocabulary import SPACE, Vocabulary, train_vocabulary  # noqa: E402

# At most so many pieces; the closed list of words needs fewer than the bytes do.
VOCABULARY_SIZE = 640


@dataclass(frozen=True)
class Line:
    prompt: str
    answer: str
    finding: str
    held: bool


def read_lines(path: Path) -> list[Line]:
    return [Line(**json.loads(line)) for line in path.read_text().splitlines()]


def phrases_of(lines: list[Line]) -> list[str]:
    """What is the same in all lines, or whole sentences of a reasoning: one token each, so that little is written."""
    keys = re.findall(r"^[a-z ]+: ", lines[0].prompt, re.MULTILINE)
    answer = list(json.loads(lines[0].answer))
    marks = ['{"%s":"' % answer[0], '","%s":"' % answer[1], '","%s":["' % answer[2], '"],"%s":"' % answer[3]]
    reasons = {json.loads(line.answer)["reasoning"] for line in lines}
    sentences = {sentence for reason in reasons for sentence in re.findall(r" ?[^ .][^.]*\.", reason)}
    return sorted({*keys[:1], *(f"\n{key}" for key in keys[1:]), *marks, '","', '"}', *sentences})


def make_vocabulary(lines: list[Line], path: Path) -> Vocabulary:
    texts = [text for line in lines for text in (f"user\n{line.prompt}", f"assistant\n{line.answer}")]
    phrases = [phrase.replace(" ", SPACE) for phrase in phrases_of(lines)]
    return train_vocabulary(texts, phrases, VOCABULARY_SIZE, path)


def tokens_of(vocabulary: Vocabulary, line: Line) -> tuple[list[int], list[int]]:
    """Of the question, with what the chat's template puts around it, and of the answer with its end."""
    asked = prompt_tokens(vocabulary, [("user", line.prompt)])
    return asked, [*vocabulary.encode(line.answer), vocabulary.turn_end]
