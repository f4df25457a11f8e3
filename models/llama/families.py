"""What a model file does not say: the chat template of its family, and the tokens that open a new turn.

A file's own template always comes first. A family is known by the special tokens of its vocabulary, which its
fine-tunes keep, and only where it has none by the name of the model.
"""

from collections.abc import Callable
from dataclasses import dataclass

# Jinja drops a line break at the very end: hence the empty {{ '' }} there.
_CHATML = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "<|im_start|>assistant\n{{ '' }}"
)
_LLAMA_3 = (
    "{{ bos_token }}{% for m in messages %}<|start_header_id|>{{ m.role }}<|end_header_id|>\n\n{{ m.content }}"
    "<|eot_id|>{% endfor %}<|start_header_id|>assistant<|end_header_id|>\n\n{{ '' }}"
)
_GEMMA = (
    "{{ bos_token }}{% for m in messages %}"
    "{% if m.role == 'system' %}{{ raise_exception('no system role') }}{% endif %}"
    "<start_of_turn>{{ 'model' if m.role == 'assistant' else m.role }}\n{{ m.content }}<end_of_turn>\n{% endfor %}"
    "<start_of_turn>model\n{{ '' }}"
)
_COMMAND = (
    "{{ bos_token }}{% for m in messages %}<|START_OF_TURN_TOKEN|>"
    "<|{{ {'system': 'SYSTEM', 'user': 'USER', 'assistant': 'CHATBOT'}[m.role] }}_TOKEN|>{{ m.content }}"
    "<|END_OF_TURN_TOKEN|>{% endfor %}<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>"
)
_PHI_3 = "{% for m in messages %}<|{{ m.role }}|>\n{{ m.content }}<|end|>\n{% endfor %}<|assistant|>\n{{ '' }}"
_ZEPHYR = "{% for m in messages %}<|{{ m.role }}|>\n{{ m.content }}{{ eos_token }}\n{% endfor %}<|assistant|>\n{{ '' }}"
_LLAMA_2 = (  # as Meta's own code has it: the system message stands within the first user message
    "{% set system = namespace(text='') %}{% for m in messages %}{% if m.role == 'system' %}"
    "{% set system.text = '<<SYS>>\n' + m.content + '\n<</SYS>>\n\n' %}{% elif m.role == 'user' %}"
    "{{ bos_token }}[INST] {{ system.text }}{{ m.content }} [/INST]{% set system.text = '' %}"
    "{% else %} {{ m.content }} {{ eos_token }}{% endif %}{% endfor %}"
)
_MISTRAL = (
    "{{ bos_token }}{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('no system role') }}"
    "{% elif m.role == 'user' %}[INST] {{ m.content }} [/INST]{% else %} {{ m.content }}{{ eos_token }}{% endif %}"
    "{% endfor %}"
)
_PHI_2 = (
    "{% for m in messages %}{% if m.role == 'user' %}Instruct: {{ m.content }}\n{% elif m.role == 'assistant' %}"
    "Output: {{ m.content }}\n{% else %}{{ m.content }}\n{% endif %}{% endfor %}Output:"
)
_BY_TOKEN = (
    ("<|im_start|>", _CHATML),
    ("<|start_header_id|>", _LLAMA_3),
    ("<start_of_turn>", _GEMMA),
    ("<|START_OF_TURN_TOKEN|>", _COMMAND),
    ("<|end|>", _PHI_3),
    ("<|assistant|>", _ZEPHYR),
    ("[INST]", _MISTRAL),
)
_BY_NAME = (
    (("llama-2", "llama2", "codellama"), ("chat", "instruct"), _LLAMA_2),
    (("mistral", "mixtral"), ("instruct",), _MISTRAL),
    (("zephyr",), ("",), _ZEPHYR),
)

TURN_OPENERS = (
    "<|im_start|>",
    "<|start_header_id|>",
    "<start_of_turn>",
    "<|START_OF_TURN_TOKEN|>",
    "<|user|>",
    "<|system|>",
    "[INST]",
)
"""A model that writes one of these tokens has begun to speak for somebody else: its answer has ended."""

_DIALOGUE_ENDS = ("\nUser:",)


@dataclass(frozen=True, slots=True)
class Family:
    """`template` is empty for models that were trained on plain dialogues; `stop` are strings that end an answer."""

    template: str
    stop: tuple[str, ...] = ()


def family_of(own_template: str, architecture: str, name: str, has_token: Callable[[str], bool]) -> Family:
    """How a model wants to be spoken to. `own_template` is that of the file, empty if it has none; `has_token` tells
    whether the vocabulary has a special token of that text."""
    # Where [INST] is no token of its own it is written in letters, and so would the model write it.
    stop = () if has_token("[INST]") else ("[INST]",)
    if own_template:
        return Family(own_template, stop if "[INST]" in own_template else ())
    for token, template in _BY_TOKEN:
        if has_token(token):
            return Family(template)
    if architecture == "phi2":
        return Family(_PHI_2, ("\nInstruct:",))
    spelled = name.casefold().replace(" ", "-").replace("code-llama", "codellama")
    for families, kinds, template in _BY_NAME:
        if any(family in spelled for family in families) and any(kind in spelled for kind in kinds):
            return Family(template, stop)
    return Family("", _DIALOGUE_ENDS)
