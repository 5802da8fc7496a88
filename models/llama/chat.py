"""How a conversation is laid out in tokens (ChatML), and the template by which llama.cpp does the same."""

from .vocabulary import BEGIN, Vocabulary

TEMPLATE = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)


def turn(vocabulary: Vocabulary, role: str, content: str) -> list[int]:
    said = vocabulary.encode(f"{role}\n{content}")
    return [vocabulary.turn_start, *said, vocabulary.turn_end, *vocabulary.encode("\n")]


def prompt_tokens(vocabulary: Vocabulary, turns: list[tuple[str, str]]) -> list[int]:
    """Tokens of (role, content) turns, up to where the model begins to answer."""
    said = [token for role, content in turns for token in turn(vocabulary, role, content)]
    return [BEGIN, *said, vocabulary.turn_start, *vocabulary.encode("assistant\n")]
