"""`refill status`: the provider's own word, live where it has an API."""

import pytest

from botcore.sandbox.demo_tenant import PROVIDER_GROUP


def test_provider_with_an_api_is_asked_live(chat, suppliers, sandbox):
    chat.say("refill 54322")

    said = chat.say("refill status 54322")

    assert said.key == "refill_status"
    assert "in progress" in said.text or "waiting at the provider" in said.text
    assert any("refill_status" in str(call) for call in sandbox.provider_requests())


def test_provider_that_is_down_leaves_our_own_word(chat, suppliers, sandbox):
    chat.say("refill 54322")
    sandbox.provider_scenario("error_500", path="/smmcost/refill_status")

    assert "with the provider" in chat.say("refill status 54322").text


@pytest.mark.parametrize(
    ("words", "state"),
    [("done", "done"), ("cannot refill", "refused by the provider"), ("checking", "in progress")],
)
def test_group_s_last_word_counts(chat, suppliers, words, state):
    chat.say("refill 54326")
    supplier = chat.as_("supplier").in_group(PROVIDER_GROUP, enabled=False)
    oid = chat.say("check 54326").logs[0].provider_oid

    supplier.say(f"{oid} {words}")

    assert f"· {state}" in chat.say("refill status 54326").text


def test_refill_nobody_holds_is_with_the_team(chat):
    chat.say("refill 54322")

    assert "with our team" in chat.say("refill status 54322").text
