import logging

import pytest

from botcore.ai import client as client_module
from botcore.ai.client import LlmClient, LlmSettings, Message, read_object
from botcore.ai.errors import LlmBadAnswer, LlmError, LlmUnavailable
from botcore.ai.sandbox.fake_llm import FakeLlm
from smmbot.lib.circuit_breaker import CircuitBreaker
from smmbot.lib.http import HttpUnreachable
from smmbot.lib.sandbox.http import SandboxResponse
from smmbot.lib.wsgi_server import serve

MESSAGES = [Message("system", "Secret instructions"), Message("user", "A private question")]
REPLY = {"reply": str}


class ScriptedLlm(FakeLlm):
    """Answers with prepared responses, then as the fake does; keeps what it was asked."""

    def __init__(self):
        super().__init__()
        self.script = []

    def answer(self, request):
        return self.script.pop(0) if self.script else super().answer(request)


def ask(llm, **options):
    return LlmClient(llm, **options).ask(MESSAGES, fields=REPLY)


def test_answers_are_read_and_counted(llm, fake):
    answer = ask(llm)

    assert answer.data == {"reply": "A private question"}
    assert answer.spent.calls == 1
    assert answer.spent.tokens_in > 0
    assert answer.spent.tokens_out > 0
    assert fake.requests()[0]["body"]["response_format"] == {"type": "json_object"}


def test_only_the_key_goes_along_and_nothing_about_this_machine(llm, fake):
    seen = {}
    original = FakeLlm.answer

    def spy(self, request):
        seen.update(request.environ)
        return original(self, request)

    FakeLlm.answer = spy
    try:
        ask(llm)
    finally:
        FakeLlm.answer = original

    assert seen["HTTP_AUTHORIZATION"] == f"Bearer {llm.api_key}"
    assert not [name for name in seen if "STAINLESS" in name or name == "HTTP_COOKIE"]
    assert seen["HTTP_USER_AGENT"] == "smmbot/1.0"


def test_broken_json_is_sent_back_once(llm, fake):
    fake.behave("broken_json", times=1)

    assert ask(llm).data["reply"]
    asked = fake.requests()[1]["body"]["messages"]
    assert [message["role"] for message in asked[-2:]] == ["assistant", "user"]


@pytest.mark.parametrize(("behaviour", "reason"), [("broken_json", "not_json"), ("empty", "empty")])
def test_broken_twice_is_a_bad_answer(llm, fake, behaviour, reason):
    fake.behave(behaviour)

    with pytest.raises(LlmBadAnswer) as error:
        ask(llm)

    assert (error.value.reason, error.value.spent.calls) == (reason, 2)
    assert error.value.spent.tokens_in > 0


def test_a_failing_server_is_tried_twice(llm, fake):
    fake.behave("error_500", times=1)
    assert ask(llm).spent.calls == 2

    fake.behave("error_500")
    with pytest.raises(LlmUnavailable) as error:
        ask(llm)
    assert (error.value.reason, error.value.spent.calls) == ("server_error", 2)


def test_a_long_pause_is_not_waited_for(llm, fake):
    fake.behave("error_429")

    with pytest.raises(LlmUnavailable) as error:
        ask(llm, sleep=lambda seconds: pytest.fail("slept"))

    assert (error.value.reason, len(fake.requests())) == ("rate_limited", 1)


def test_a_server_that_never_answers_ends_at_the_deadline(llm, fake):
    fake.app.scenarios.turn_on("time_out")

    with pytest.raises(LlmUnavailable) as error:
        ask(llm, deadline_s=0.5)

    assert (error.value.reason, error.value.spent.calls) == ("timeout", 2)
    assert error.value.spent.tokens_in > 0


def test_a_slow_answer_in_time_is_taken(llm, fake):
    fake.behave("slow", delay_s=0.01)

    assert ask(llm).data["reply"]


def test_nobody_listening_is_unreachable():
    with serve(FakeLlm()) as server:
        gone = LlmSettings(f"{server.url}/v1", "key", "m", is_trusted=True)

    with pytest.raises(LlmUnavailable) as error:
        ask(gone)

    assert error.value.reason == "unreachable"


def test_a_wrong_key_is_not_tried_again(fake):
    wrong = LlmSettings(fake.base_url, "wrong-key-0123456789", "m", is_trusted=True)

    with pytest.raises(LlmUnavailable) as error:
        ask(wrong)

    assert (error.value.reason, len(fake.requests())) == ("bad_key", 1)


def test_a_key_that_no_header_can_hold_is_not_sent(fake):
    with pytest.raises(LlmUnavailable) as error:
        ask(LlmSettings(fake.base_url, "key\nX-Evil: 1", "m", is_trusted=True))

    assert (error.value.reason, fake.requests()) == ("bad_key", [])


def test_an_endpoint_that_refuses_options_is_asked_without_them():
    app = ScriptedLlm()
    app.script = [_status(400)]
    with serve(app) as server:
        llm = LlmSettings(f"{server.url}/v1", "sandbox-llm-key", "m", is_trusted=True)
        assert ask(llm).spent.calls == 2
        assert ask(llm).spent.calls == 1

    assert "response_format" not in app.journal.requests()[-1]["body"]


def test_an_endpoint_that_refuses_everything_is_refused():
    app = ScriptedLlm()
    app.script = [_status(400)] * 2
    with serve(app) as server, pytest.raises(LlmUnavailable) as error:
        ask(LlmSettings(f"{server.url}/v1", "sandbox-llm-key", "m", is_trusted=True))

    assert error.value.reason == "refused"


@pytest.mark.parametrize(
    "body", [b"{}", b"[]", b'{"choices": []}', b"<html>", b"", b'{"choices": [{"message": {}}]}']
)
def test_a_server_that_speaks_something_else_is_a_bad_answer(body):
    app = ScriptedLlm()
    app.script = [_status(200, body)] * 3
    with serve(app) as server, pytest.raises((LlmBadAnswer, LlmUnavailable)):
        ask(LlmSettings(f"{server.url}/v1", "sandbox-llm-key", "m", is_trusted=True))


def test_redirects_are_not_followed():
    app = ScriptedLlm()
    app.script = [_status(307, headers=(("Location", "http://127.0.0.1:1/"),))] * 2
    with serve(app) as server, pytest.raises(LlmUnavailable) as error:
        ask(LlmSettings(f"{server.url}/v1", "sandbox-llm-key", "m", is_trusted=True))

    assert error.value.reason == "unreachable"


def test_the_breaker_opens_and_lets_one_probe_after_a_while(llm, fake):
    now = [1_800_000_000.0]
    breaker = CircuitBreaker(clock=lambda: now[0])
    fake.behave("error_500")
    for _ in range(3):
        with pytest.raises(LlmUnavailable):
            ask(llm, breaker=breaker)
    calls = len(fake.requests())
    fake.behave("reword_well")

    with pytest.raises(LlmUnavailable) as error:
        ask(llm, breaker=breaker)
    assert error.value.reason == "circuit_open"
    assert len(fake.requests()) == calls

    now[0] += 31
    assert ask(llm, breaker=breaker).data["reply"]


def test_the_breaker_is_one_for_each_address_and_key(llm):
    other = LlmSettings(llm.base_url, llm.api_key + "x", llm.model)

    assert other.endpoint != llm.endpoint
    assert llm.api_key not in llm.endpoint
    assert llm.base_url not in llm.endpoint


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8000/v1", "https://127.0.0.1/v1", "https://169.254.169.254/v1", "https://10.0.0.1/v1",
            "https://[::1]/v1", "ftp://llm.example/v1", "https://key@llm.example/v1"]
)  # fmt: skip
def test_a_tenants_private_address_is_refused(url, settings):
    settings.ALLOW_PRIVATE_URLS = False

    with pytest.raises(LlmUnavailable) as error:
        ask(LlmSettings(url, "tenant-key", "m"))

    assert error.value.reason == "url_refused"


def test_the_transport_itself_refuses_a_private_address(fake, settings, monkeypatch):
    """Even when the name looked well a moment before."""
    settings.ALLOW_PRIVATE_URLS = False
    monkeypatch.setattr(client_module, "check_url", lambda url: None)

    with pytest.raises(LlmUnavailable) as error:
        ask(LlmSettings(fake.base_url, fake.api_key, "m"))

    assert (error.value.reason, fake.requests()) == ("url_refused", [])


def test_the_platforms_own_address_may_be_private(llm, settings):
    settings.ALLOW_PRIVATE_URLS = False

    assert ask(llm).data["reply"]


def test_without_a_key_nothing_is_asked():
    with pytest.raises(LlmUnavailable) as error:
        ask(LlmSettings("https://llm.example/v1", "", "m"))

    assert error.value.reason == "not_configured"


@pytest.mark.parametrize("behaviour", ["reword_well", "error_500", "broken_json", "error_429", "empty"])
def test_no_key_and_no_prompt_in_logs(llm, fake, behaviour, caplog):
    fake.behave(behaviour)
    said = ""
    with caplog.at_level(logging.DEBUG):
        try:
            ask(llm)
        except (LlmUnavailable, LlmBadAnswer) as error:
            said = repr(error)

    logged = "\n".join(
        f"{record.getMessage()} {record.__dict__} {record.exc_text}" for record in caplog.records
    )
    for secret in (llm.api_key, "Secret instructions", "A private question"):
        assert secret not in logged + said
        assert secret not in repr(llm)


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ('{"reply": "a"}', {"reply": "a"}),
        ('```json\n{"reply": "a", "more": 1}\n```', {"reply": "a"}),
        ('Sure! {"reply": "a\nb"}', {"reply": "a\nb"}),
    ],
)
def test_objects_are_read_with_what_stands_around_them(text, data):
    assert read_object(text, REPLY) == data


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("hello", "not_json"),
        ('{"reply": "a', "not_json"),
        ("}{", "not_json"),
        ('{"reply": 5}', "wrong_shape"),
        ('{"reply": null}', "wrong_shape"),
        ('{"text": "a"}', "wrong_shape"),
        ('{"reply": ["a"]}', "wrong_shape"),
        ('{"a":' * 5000 + "1" + "}" * 5000, "not_json"),
    ],
)
def test_other_answers_are_refused(text, reason):
    with pytest.raises(LlmBadAnswer) as error:
        read_object(text, REPLY)

    assert error.value.reason in (reason, "wrong_shape")


def test_a_broken_connection_counts_as_unreachable(llm, monkeypatch):
    def broken(*args, **kwargs):
        raise HttpUnreachable("broken", maybe_sent=True)

    monkeypatch.setattr(
        "botcore.ai.transport.http_client", lambda **options: type("C", (), {"request": broken})()
    )

    with pytest.raises(LlmUnavailable) as error:
        ask(llm)
    assert error.value.reason == "unreachable"


def _status(status, body=b'{"error": {"message": "no", "code": "x"}}', headers=()):
    return SandboxResponse(status, body, headers=headers)


# A single request


class Listener:
    """A breaker that lets all through and notes what it is told."""

    def __init__(self):
        self.told = []

    def enter(self, endpoint):
        del endpoint

    def failed(self, *_):
        self.told.append("failed")

    def succeeded(self, *_):
        self.told.append("succeeded")

    def abandoned(self, *_):
        self.told.append("abandoned")


@pytest.mark.parametrize("behaviour", ["error_500", "error_429", "broken_json", "empty"])
def test_a_single_try_is_one_request(llm, fake, behaviour):
    fake.behave(behaviour)

    with pytest.raises(LlmError):
        ask(llm, tries=1)

    assert len(fake.requests()) == 1


def test_a_single_try_has_the_whole_deadline(llm, fake):
    fake.behave("slow", delay_s=0.4)

    assert ask(llm, tries=1, deadline_s=0.55).data["reply"]


def test_a_single_try_that_takes_too_long_says_nothing_of_the_endpoint(llm, fake):
    fake.app.scenarios.turn_on("time_out")
    breaker = Listener()

    with pytest.raises(LlmUnavailable) as error:
        ask(llm, tries=1, deadline_s=0.15, breaker=breaker)

    assert error.value.reason == "too_slow"
    assert error.value.spent.tokens_in > 0
    assert breaker.told == ["abandoned"]


def test_a_single_try_that_fails_counts_like_any_other(llm, fake):
    fake.behave("error_500")
    breaker = Listener()

    with pytest.raises(LlmUnavailable):
        ask(llm, tries=1, breaker=breaker)

    assert breaker.told == ["failed"]
