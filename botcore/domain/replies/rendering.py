"""Answers to one WhatsApp text: whole for a few orders, a line each for many, one line for all that fared alike."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from botcore.domain.replies.texts import TEXTS

# Above this many orders even an order's status becomes one line.
WHOLE_UP_TO = 5
# Keys that are worth their whole text even beside others.
_WORTH_WHOLE = frozenset({"order_status", "ticket_status"})
_VARIABLE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing to say. key: into TEXTS; params: the values of its variables; order_id: the order it is about.

    literal: text that has no key, because it is the same in all modes (help).
    """

    key: str
    params: Mapping[str, Any] = field(default_factory=dict)
    order_id: int | None = None
    literal: str = ""


def render(answers: Sequence[Answer]) -> str:
    """Word several answers as one message."""
    if len(answers) == 1:
        return _whole(answers[0])
    if len(answers) <= WHOLE_UP_TO and any(answer.key in _WORTH_WHOLE for answer in answers):
        return "\n\n".join(_whole(answer) for answer in answers)
    lines = _lines(answers)
    if len(answers) > WHOLE_UP_TO and all(answer.order_id is not None for answer in answers):
        lines.insert(0, _fill(TEXTS["order_bulk_header"].full, {"count": len(answers)}))
    return "\n".join(lines)


def _whole(answer: Answer) -> str:
    if answer.literal:
        return answer.literal
    return _fill(TEXTS[answer.key].full, {"order_id": answer.order_id, **answer.params})


def _lines(answers: Sequence[Answer]) -> list[str]:
    """One line a group of orders about which the same is said, in the order first met."""
    groups: dict[str, list[str]] = {}
    for answer in answers:
        text = TEXTS[answer.key]
        if not text.line:
            groups.setdefault(_whole(answer), [])
            continue
        line = _fill(text.line, {**answer.params, "order_ids": "{order_ids}"})
        groups.setdefault(line, []).append(str(answer.order_id))
    return [line.replace("{order_ids}", ", ".join(ids)) for line, ids in groups.items()]


def _fill(template: str, params: Mapping[str, Any]) -> str:
    """Put the values in; a line that needs a value which is not there is left out."""
    kept = []
    for line in template.split("\n"):
        names = _VARIABLE.findall(line)
        if any(params.get(name) is None for name in names):
            continue
        kept.append(_VARIABLE.sub(lambda match: str(params[match[1]]), line))
    return "\n".join(kept)
