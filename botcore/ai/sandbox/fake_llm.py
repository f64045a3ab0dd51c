"""A fake language model that speaks the wire format of OpenAI's chat completions, and misbehaves on request.

`POST /v1/chat/completions` with `Authorization: Bearer <key>`. `GET|POST /_sandbox/behaviour` reads or sets how it
answers: {"name": "drop_an_id", "times": 1, "delay_s": 2}; after `times` answers it is back to `reword_well`. The
other control calls and faults (`time_out`, `html_502` …) are those of every sandbox server.
"""

import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botcore.ai.sandbox import misbehaving
from botcore.ai.sandbox.misbehaving import Asked
from botcore.ai.sandbox.moods import sounds_upset
from botcore.ai.sandbox.voices import VOICES, language_of
from smmbot.lib.sandbox.clock import Clock
from smmbot.lib.sandbox.control import BadControlCallError
from smmbot.lib.sandbox.fake_server import FakeServer
from smmbot.lib.sandbox.faults import FAULTS
from smmbot.lib.sandbox.http import SandboxRequest, SandboxResponse, json_response

PATH = "/v1/chat/completions"
MODEL = "sandbox"
API_KEY = "sandbox-llm-key"
WELL = "reword_well"
SLOW_S = 30.0
_CHARS_A_TOKEN = 4
_ASKED_FOR_A_MOOD = '{"upset"'
_OWN_BALANCE = re.compile(r"\b(?:my|mera|mi|meu|saya) (?:balance|saldo)|bakiyem|मेरा बैलेंस|мой баланс|رصيدي")

BEHAVIOURS: Mapping[str, str] = {
    WELL: "keeps every fact, opens in the customer's language",
    "change_a_number": "changes one digit",
    "drop_an_id": "leaves the first order number out",
    "add_a_sign_off": "signs its texts",
    "promise_refund": "says the money is back",
    "name_provider": "names the supplier",
    "obey_injection": "does what the customer's text says, also about their own mood",
    "broken_json": "answers with half a JSON object",
    "error_429": "429, with a pause nobody would wait for",
    "error_500": "500 as JSON",
    "slow": "answers after delay_s (30 seconds)",
    "empty": "answers with an empty text",
}
_SPOIL: Mapping[str, Callable[[str, Asked], str]] = {
    "change_a_number": misbehaving.change_a_number,
    "drop_an_id": misbehaving.drop_an_id,
    "add_a_sign_off": misbehaving.add_a_sign_off,
    "promise_refund": misbehaving.promise_refund,
    "name_provider": misbehaving.name_provider,
    "obey_injection": misbehaving.obey_injection,
}


@dataclass(frozen=True, slots=True)
class Behaviour:
    name: str = WELL
    times: int | None = None
    delay_s: float = SLOW_S


class FakeLlm(FakeServer):
    """A WSGI app. api_key: the only one it takes."""

    def __init__(self, *, api_key: str = API_KEY, clock: Clock | None = None, latency_s: float = 0.0) -> None:
        super().__init__(clock=clock or Clock(), scenarios=FAULTS, latency_s=latency_s)
        self._api_key = api_key
        self._behaviour = Behaviour()
        self._lock = threading.Lock()
        self.control.calls["GET", "behaviour"] = lambda body: self._listing()
        self.control.calls["POST", "behaviour"] = self._set

    def behave(self, name: str, *, times: int | None = None, delay_s: float = SLOW_S) -> None:
        """Raises KeyError for a behaviour that is none."""
        BEHAVIOURS[name]
        with self._lock:
            self._behaviour = Behaviour(name, times, delay_s)

    def reset(self) -> None:
        self.clear()
        self.behave(WELL)

    def key_of(self, request: SandboxRequest) -> str:
        return request.header("Authorization").removeprefix("Bearer ")

    def too_many(self, request: SandboxRequest) -> SandboxResponse:
        return _error(429, "rate_limit_exceeded", headers=(("Retry-After", "20"),))

    def answer(self, request: SandboxRequest) -> SandboxResponse:
        if (request.method, request.path) != ("POST", PATH):
            return _error(404, "not_found")
        key = self.key_of(request)
        if key != self._api_key:
            return _error(401, "invalid_api_key")
        refusal = self.refusal(request, path=request.path, api_key=key)
        if refusal is not None:
            return refusal
        asked = read_request(request.json)
        if asked is None:
            return _error(400, "invalid_request_error")
        behaviour = self._take()
        if behaviour.name == "slow":
            time.sleep(behaviour.delay_s)
        if behaviour.name == "error_429":
            return self.too_many(request)
        if behaviour.name == "error_500":
            return _error(500, "server_error")
        return _completion(
            request.json, answer_to(asked, behaviour.name), number=len(self.journal.requests())
        )

    def _take(self) -> Behaviour:
        with self._lock:
            behaviour = self._behaviour
            if behaviour.times is not None:
                left = behaviour.times - 1
                self._behaviour = (
                    Behaviour(behaviour.name, left, behaviour.delay_s) if left > 0 else Behaviour()
                )
            return behaviour

    def _listing(self) -> dict[str, Any]:
        on = self._behaviour
        return {"name": on.name, "times": on.times, "delay_s": on.delay_s, "known": dict(BEHAVIOURS)}

    def _set(self, body: dict[str, Any]) -> dict[str, Any]:
        if body.get("name") not in BEHAVIOURS:
            raise BadControlCallError(f"no behaviour {body.get('name')!r}")
        times = body.get("times")
        self.behave(
            body["name"],
            times=None if times is None else int(times),
            delay_s=float(body.get("delay_s", SLOW_S)),
        )
        return self._listing()


def read_request(body: Any) -> Asked | None:
    """What our prompts hold; any other conversation is taken as a plain text to say back. None when it is none."""
    try:
        messages = [(str(message["role"]), str(message["content"])) for message in body["messages"]]
    except (KeyError, TypeError):
        return None
    if not messages:
        return None
    data: dict[str, Any] = {}
    for role, content in messages:
        if role == "user":
            data |= _object(content)
    return Asked(
        system=next((content for role, content in messages if role == "system"), ""),
        plain=data.get("plain_reply"),
        facts=data.get("facts"),
        customer=str(data.get("customer_message", messages[-1][1])),
    )


def answer_to(asked: Asked, behaviour: str) -> str:
    """The text of the answer, as the model would write it."""
    if behaviour == "empty":
        return ""
    text = json.dumps(_answer(asked, behaviour), ensure_ascii=False)
    return text[: len(text) // 2] if behaviour == "broken_json" else text


def _answer(asked: Asked, behaviour: str) -> dict[str, Any]:
    if _ASKED_FOR_A_MOOD in asked.system:
        told = misbehaving.told_mood(asked) if behaviour == "obey_injection" else None
        return {"upset": sounds_upset(asked.customer) if told is None else told}
    reply = _well(asked)
    if behaviour in _SPOIL:
        reply = _SPOIL[behaviour](reply, asked)
    answer: dict[str, Any] = {"reply": reply}
    if asked.facts is not None:
        answer = {"answered": bool(reply), "reply": reply}
    return answer


def _well(asked: Asked) -> str:
    voice = VOICES[language_of(asked.customer)]
    opening = voice.comfort if "upset" in asked.system else voice.opening
    if asked.facts is not None:
        return _from_facts(asked.facts, asked.customer, opening)
    if asked.plain is None:
        return asked.customer
    return f"{opening}\n{asked.plain}"


def _from_facts(facts: Any, question: str, opening: str) -> str:
    """Every order the question names, or the balance when that is what it speaks of."""
    numbers = re.findall(r"\d{4,12}", question)
    orders = [one for one in facts.get("orders", []) if str(one.get("order_id")) in numbers]
    if orders:
        return "\n".join([opening, *(_order(one) for one in orders)])
    if not numbers and "balance" in facts and _OWN_BALANCE.search(question.lower()):
        return f"{opening} {facts['balance']}"
    return ""


def _order(order: Mapping[str, Any]) -> str:
    rest = " · ".join(str(order[name]) for name in ("status", "service", "charge") if order.get(name))
    return f"*{order['order_id']}* · {rest}"


def _object(content: str) -> dict[str, Any]:
    try:
        data = json.loads(content)
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


def _completion(body: Mapping[str, Any], text: str, *, number: int) -> SandboxResponse:
    asked = sum(len(str(message["content"])) for message in body["messages"])
    tokens_in, tokens_out = asked // _CHARS_A_TOKEN, len(text) // _CHARS_A_TOKEN
    return json_response(
        {
            "id": f"chatcmpl-sandbox-{number}",
            "object": "chat.completion",
            "created": int(time.time()),
            "model": str(body.get("model", MODEL)),
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": text, "refusal": None},
                    "logprobs": None,
                    "finish_reason": "stop",
                }
            ],
            "usage": {
                "prompt_tokens": tokens_in,
                "completion_tokens": tokens_out,
                "total_tokens": tokens_in + tokens_out,
            },
        }
    )


def _error(status: int, code: str, *, headers: tuple[tuple[str, str], ...] = ()) -> SandboxResponse:
    message = f"The sandbox answers {status}."
    return json_response(
        {"error": {"message": message, "type": code, "param": None, "code": code}}, status, headers
    )
