"""Answers to one WhatsApp text: whole for a few orders, a line each for many, one line for all that fared alike."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from botcore.domain.replies.texts import TEXTS

# Above this many orders even an order's status becomes one line.
WHOLE_UP_TO = 5
# Above this many they were worked off in the background, and the list answers an earlier promise.
SUMMARY_ABOVE = 10
# Keys that are worth their whole text even beside others.
_WORTH_WHOLE = frozenset({"order_status", "ticket_status", "refill_verify", "force_complete_confirm"})
# Lists that are copied as they stand.
_WITHOUT_HEADER = frozenset({"provider_status", "provider_status_unknown"})
_VARIABLE = re.compile(r"\{(\w+)\}")
_NO_TEXTS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing to say. key: into TEXTS; params: the values of its variables; order_id: the order it is about.

    literal: text that has no key, because it is the same in all modes (help).
    """

    key: str
    params: Mapping[str, Any] = field(default_factory=dict)
    order_id: int | None = None
    literal: str = ""

    @property
    def is_private(self) -> bool:
        return not self.literal and TEXTS[self.key].is_private


def render(answers: Sequence[Answer], own_texts: Mapping[str, str] = _NO_TEXTS) -> str:
    """Word several answers as one message. own_texts: the tenant's words by key, which win over the built-in ones."""
    if len(answers) == 1:
        return _whole(answers[0], own_texts)
    if len(answers) <= WHOLE_UP_TO and any(_is_worth_whole(answer, own_texts) for answer in answers):
        return "\n\n".join(_whole(answer, own_texts) for answer in answers)
    lines = _lines(answers, own_texts)
    is_headed = any(answer.key not in _WITHOUT_HEADER for answer in answers)
    if is_headed and len(answers) > WHOLE_UP_TO and all(answer.order_id is not None for answer in answers):
        key = "bulk_summary" if len(answers) > SUMMARY_ABOVE else "order_bulk_header"
        header = own_texts.get(key) or TEXTS[key].full
        lines.insert(0, _fill(header, {"count": len(answers)}))
    return "\n".join(lines)


def _is_worth_whole(answer: Answer, own_texts: Mapping[str, str]) -> bool:
    return answer.key in _WORTH_WHOLE or answer.key in own_texts


def _whole(answer: Answer, own_texts: Mapping[str, str]) -> str:
    if answer.literal:
        return answer.literal
    params = {"order_id": answer.order_id, **answer.params}
    # Words of the tenant's own may come to nothing where a value is missing; silence is no answer.
    own = _fill(own_texts.get(answer.key, ""), params)
    return own if own.strip() else _fill(TEXTS[answer.key].full, params)


def _lines(answers: Sequence[Answer], own_texts: Mapping[str, str]) -> list[str]:
    """One line a group of orders about which the same is said, in the order first met."""
    groups: dict[str, list[str]] = {}
    for answer in answers:
        text = TEXTS[answer.key]
        if not text.line:
            groups.setdefault(_whole(answer, own_texts), [])
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
