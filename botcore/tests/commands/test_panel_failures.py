"""When the panel does not serve: the sender is told once, the request is kept, nothing is done twice."""

import pytest

from botcore import tasks
from botcore.models import MessageLog, OrderAct
from panel.models import PanelConnection
from smmbot.lib.http import HttpClient
from smmbot.testing.worker import outside

PASSING = ["time_out", "error_500", "html_502", "html_page", "empty_body", "error_in_200", "rate_limited"]
KEPT = "The panel does not answer right now. Your request is kept: I keep trying and will answer here."


@pytest.fixture
def later(clock, worker):
    """Let time pass and do what is due by then."""

    def go(**span):
        clock.advance(**span)
        outside(tasks.sweep)
        worker.run()

    return go


@pytest.mark.parametrize("scenario", PASSING)
def test_reading_is_told_once_kept_and_answered_when_the_panel_is_back(
    chat, sandbox, later, impatient, scenario
):
    sandbox.scenario(scenario)

    said = chat.say("check 54321")
    assert (said.state, said.key, said.text) == ("waiting", "panel_unavailable", KEPT)
    later(seconds=21)
    assert chat.now(said).texts == (KEPT,)

    sandbox.clear_scenarios()
    later(minutes=2)
    said = chat.now(said)
    assert said.state == "handled"
    assert said.keys[-1] == "order_status"
    assert said.texts[1].startswith("*Order 54321*")
    assert (said.log.serial, said.log.outcome) == (1, "order_status")


def test_wrong_key_is_kept_until_the_owner_mends_it(chat, sandbox, later):
    PanelConnection.objects.update(base_url=sandbox.url)
    row = PanelConnection.objects.get()
    right, row.api_key = row.api_key, "wrong"
    row.save()
    said = chat.say("check 54321")
    assert said.key == "panel_unavailable"

    row.api_key = right
    row.save()
    later(seconds=21)

    assert chat.now(said).keys == ("panel_unavailable", "order_status")


@pytest.mark.parametrize("command", ["balance", "ticket 5501"])
def test_account_commands_are_kept_too(chat, sandbox, later, command):
    sandbox.scenario("error_500")
    said = chat.say(command)
    assert said.text == KEPT

    sandbox.clear_scenarios()
    later(seconds=31)

    assert len(chat.now(said).texts) == 2


def test_reading_is_given_up_with_words_after_half_an_hour(chat, sandbox, later):
    sandbox.scenario("error_500")
    said = chat.say("check 54321")
    for _ in range(12):
        later(minutes=5)

    said = chat.now(said)
    assert said.state == "handled"
    assert said.texts == (
        KEPT,
        "The panel still does not answer, so I could not look this up. Please ask again a little later.",
    )


def test_others_are_served_while_one_waits(chat, sandbox):
    sandbox.scenario("error_500", times=3)

    assert chat.say("check 54321").key == "panel_unavailable"
    assert chat.say("my username").key == "my_username_reply"


@pytest.mark.parametrize("command", ["cancel 54321", "speed up 54329"])
def test_writing_not_performed_is_retried_and_done_once(chat, sandbox, later, command):
    path = "/orders/request-cancel" if command.startswith("cancel") else "/orders/resend"
    sandbox.scenario("rate_limited", path=path)
    said = chat.say(command)
    assert (said.state, said.text) == ("waiting", KEPT)
    assert OrderAct.objects.get().state == "retry"
    later(seconds=21)
    assert sandbox.writes() == []

    sandbox.clear_scenarios()
    later(minutes=2)
    later(minutes=30)

    said = chat.now(said)
    assert said.keys[-1] in ("cancel_submitted", "speedup_resent")
    assert len(sandbox.writes()) == 1
    assert len(said.texts) == 2
    assert MessageLog.objects.count() == 1


def test_panel_down_before_anything_was_read_keeps_the_request(chat, sandbox, later):
    sandbox.scenario("html_502")
    said = chat.say("cancel 54321, 54327")
    assert said.text == KEPT
    assert [row.order_id for row in said.logs] == [54321, 54327]

    sandbox.clear_scenarios()
    later(seconds=21)

    assert chat.now(said).texts[1] == "✅ *54321, 54327* · cancellation requested"
    assert len(sandbox.writes()) == 1


def test_writing_is_handed_to_the_team_after_a_day(chat, sandbox, later, put_order):
    put_order(54321, status="pending")
    sandbox.scenario("rate_limited", path="/orders/request-cancel")
    said = chat.say("cancel 54321")
    for _ in range(26):
        later(hours=1)

    said = chat.now(said)
    assert said.texts == (
        KEPT,
        "The panel still does not answer, so I passed your cancel for order 54321 to our team.",
    )
    assert (said.log.outcome, said.log.is_priority, said.log.support_status) == (
        "passed_to_team",
        True,
        "open",
    )


@pytest.mark.parametrize("scenario", ["time_out_after_write"])
def test_write_whose_answer_was_lost_is_not_repeated(chat, sandbox, later, impatient, scenario):
    sandbox.scenario(scenario, times=1)

    said = chat.say("cancel 54321")
    later(minutes=5)

    assert said.key == "cancel_submitted"
    assert (said.log.facts["act"], OrderAct.objects.get().state) == ("requested", "requested")
    assert len(sandbox.writes()) == 1
    assert len(chat.now(said).texts) == 1


@pytest.mark.parametrize("scenario", ["error_500", "error_in_200", "html_page", "empty_body"])
def test_write_that_may_have_failed_goes_to_the_staff(chat, sandbox, later, scenario):
    """The panel still offers it, so nobody can tell whether it was done."""
    sandbox.scenario(scenario, path="/orders/request-cancel")

    said = chat.say("cancel 54321")
    sandbox.clear_scenarios()
    later(minutes=5)

    assert said.key == "cancel_submitted"
    assert (said.log.facts["act"], said.log.is_priority) == ("unknown", True)
    assert sandbox.writes() == []


def test_resend_whose_answer_was_lost_is_not_repeated(chat, sandbox, later, impatient):
    sandbox.scenario("time_out_after_write", times=1)

    said = chat.say("speed up 54329")
    later(minutes=5)

    assert (said.key, said.log.facts["act"]) == ("speedup_resent", "done")
    assert len(sandbox.writes()) == 1


def test_part_of_a_batch_that_was_skipped_is_told_apart_by_the_staff_alone(chat, sandbox):
    sandbox.scenario("skipped_ids")

    said = chat.say("cancel 54321 54327")

    assert said.text == "✅ *54321, 54327* · cancellation requested"
    assert {row.facts["act"] for row in said.logs} == {"queued"}


@pytest.mark.parametrize("scenario", ["wrong_types", "unknown_fields"])
def test_odd_answers_are_read_all_the_same(chat, sandbox, scenario):
    right = chat.say("check 54321").text
    sandbox.scenario(scenario)

    assert chat.say("check 54321").text == right


class TestAfterACrash:
    """A run that died between its claim and the panel's answer left a claim without a result."""

    @pytest.fixture
    def crash(self, chat, sandbox, worker, monkeypatch):
        def run(text, *, happened="nothing"):
            """The worker dies on the way to the panel. happened: what the panel has done all the same."""
            message_id = chat.post(text)
            path = "/orders/resend" if text.startswith("speed") else "/orders/request-cancel"
            world = sandbox.world
            die = _dies_at(path)
            with monkeypatch.context() as patch:
                patch.setattr(HttpClient, "request", die)
                with pytest.raises(WorkerKilled):
                    worker.run()
            ids = [int(part) for part in text.split() if part.isdecimal()]
            if happened == "resent":
                world.resend(ids)
            elif happened != "nothing":
                world.request_cancel(ids, is_refused=happened == "asked")
            return message_id

        return run

    @pytest.fixture
    def found_again(self, chat, later, settings):
        def run(message_id):
            later(seconds=settings.CHAT_LEASE_S + 1)
            return chat.read(message_id)

        return run

    @pytest.mark.parametrize(
        ("happened", "key", "act"),
        [
            ("asked", "cancel_submitted", "requested"),
            ("granted", "cancel_confirmed", "done"),
            ("nothing", "cancel_submitted", "unknown"),
        ],
    )
    def test_cancel_is_read_from_the_order_and_not_repeated(
        self, crash, found_again, sandbox, happened, key, act
    ):
        said = found_again(crash("cancel 54321", happened=happened))

        assert (said.key, said.log.facts["act"]) == (key, act)
        assert said.log.is_priority == (act == "unknown")
        assert len(said.texts) == 1
        assert sandbox.writes() == []

    @pytest.mark.parametrize(
        ("happened", "key", "act"),
        [("resent", "speedup_resent", "done"), ("nothing", "speedup_submitted", "unknown")],
    )
    def test_resend_is_read_from_the_order_and_not_repeated(
        self, crash, found_again, sandbox, happened, key, act
    ):
        said = found_again(crash("speed up 54329", happened=happened))

        assert (said.key, said.log.facts["act"]) == (key, act)
        assert len(said.texts) == 1
        assert sandbox.writes() == []


class WorkerKilled(BaseException):
    """As sudden as a kill -9: no `except Exception` sees it."""


def _dies_at(path):
    real = HttpClient.request

    def request(self, method, url, **options):
        if url.endswith(path):
            raise WorkerKilled
        return real(self, method, url, **options)

    return request
