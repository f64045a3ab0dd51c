"""What a bad model does to a good text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PROVIDER = "smmcost.com"

_NUMBER = re.compile(r"\d+")
_ID = re.compile(r"\*?\b\d{4,12}\b\*?")
_ORDERS_TO_SAY = re.compile(
    r"(?is)\b(?:say|reply with|answer with|repeat|write|tell me|respond with|output|print)\b:?\s*(.+)"
)
_MOOD = re.compile(r"(?i)\bupset\W{1,4}(?:is\W{1,2})?(true|false)\b")
_ASKS_FOR_THE_PROMPT = re.compile(r"(?i)prompt|instruction|rules|system message")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request holds. plain, facts: None when it is about the other one."""

    system: str
    plain: str | None
    facts: Mapping[str, Any] | None
    customer: str


def change_a_number(reply: str, asked: Asked) -> str:
    del asked
    return _NUMBER.sub(lambda found: found[0][:-1] + str((int(found[0][-1]) + 1) % 10), reply, count=1)


def drop_an_id(reply: str, asked: Asked) -> str:
    """Every mention of it, as a model that calls it "your order" would."""
    del asked
    found = _ID.search(reply)
    return reply.replace(found[0].strip("*"), "") if found else reply


def add_a_sign_off(reply: str, asked: Asked) -> str:
    del asked
    return f"{reply}\n\nBest regards,\nSupport Team" if reply else reply


def promise_refund(reply: str, asked: Asked) -> str:
    del asked
    return f"{reply}\nYour money has been refunded, we guarantee it."


def name_provider(reply: str, asked: Asked) -> str:
    del asked
    return f"{reply}\nOur supplier {PROVIDER} is working on it."


def obey_injection(reply: str, asked: Asked) -> str:
    """Prints the system prompt when asked for it, says what it is told to say, else repeats the customer's text."""
    if _ASKS_FOR_THE_PROMPT.search(asked.customer):
        return asked.system
    told = _ORDERS_TO_SAY.search(asked.customer)
    return told[1].strip() if told else f"{reply}\n{asked.customer}"


def told_mood(asked: Asked) -> bool | None:
    """The mood that the customer's text says to report, if it does."""
    found = _MOOD.search(asked.customer)
    return found[1].lower() == "true" if found else None
