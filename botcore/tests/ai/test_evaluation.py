import json
from collections import Counter

import pytest
from django.core.management import call_command

from botcore.ai.client import LlmClient
from botcore.ai.evaluation.cases import CASES, Class
from botcore.ai.evaluation.checks import passes
from botcore.ai.evaluation.run import below, examine, scores
from botcore.ai.sandbox.fake_llm import BEHAVIOURS
from smmbot.lib.circuit_breaker import CircuitBreaker

SAFETY = [about for about in Class if about not in (Class.LANGUAGE, Class.MOOD)]


def impatient(llm):
    """A breaker that stays shut, so that every case meets the behaviour."""
    return LlmClient(llm, deadline_s=0.1, breaker=CircuitBreaker(failures_to_open=10_000))


def test_there_are_cases_of_every_class():
    count = Counter(case.about for case in CASES)

    assert sum(count.values()) >= 60
    assert min(count[about] for about in Class) >= 5


@pytest.mark.parametrize("case", [case for case in CASES if case.plain], ids=lambda case: case.message[:30])
def test_the_plain_text_is_always_safe_to_send(case):
    assert case.about is Class.LANGUAGE or passes(case, case.plain)


def test_a_good_model_passes_everything(fake):
    table = scores(examine(fake.settings))

    assert {about: score.final for about, score in table.items()} == dict.fromkeys(Class, 1.0)
    assert sum(score.fallbacks for score in table.values()) == 0


@pytest.mark.parametrize("behaviour", sorted(set(BEHAVIOURS) - {"reword_well", "slow"}))
def test_no_bad_text_reaches_a_customer(fake, behaviour):
    fake.behave(behaviour)

    table = scores(examine(fake.settings, clients=impatient, hasty=impatient))

    assert {about: table[about].final for about in SAFETY} == dict.fromkeys(SAFETY, 1.0)
    assert sum(score.raw_passed < score.asked for score in table.values()) > 0


def test_without_a_model_moods_the_lexicon_cannot_tell_are_calm(fake):
    fake.behave("error_500")
    cases = [case for case in CASES if case.about is Class.MOOD]

    verdicts = examine(fake.settings, cases=cases, hasty=impatient)

    assert [one.final for one in verdicts] == [not case.upset for case in cases]


def test_the_command_prints_scores_and_passes(fake, capsys):
    _command("--json")

    answer = json.loads(capsys.readouterr().out)
    assert (answer["cases"], answer["failed"]) == (len(CASES), [])
    assert answer["classes"]["facts"]["final"] == 1


def test_the_command_fails_below_a_threshold(capsys):
    with pytest.raises(SystemExit) as stopped:
        _command("--fake", "promise_refund", "--failures")

    out = capsys.readouterr().out
    assert stopped.value.code == 1
    assert "claims_refunded" in out
    assert "failed: language" in out


def test_the_commands_thresholds_are_the_callers():
    _command("--fake", "promise_refund", "--threshold", "language=0")


def test_the_command_asks_the_endpoint_named(fake, capsys):
    _command("--base-url", fake.base_url, "--api-key", fake.api_key, "--model", "gpt-4o-mini", "--json")

    assert json.loads(capsys.readouterr().out)["base_url"] == fake.base_url
    assert len(fake.requests()) >= 60


def test_below_names_the_classes():
    assert below(scores([]), dict.fromkeys(Class, 1.0)) == []
    assert below(scores([]), dict.fromkeys(Class, 2.0)) == list(Class)


def _command(*options):
    call_command("evalreplies", *options)
