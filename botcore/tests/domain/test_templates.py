"""A tenant's own words: every key that is offered works, what is unknown is refused, nothing means the built-in."""

import re
from pathlib import Path

import pytest

import botcore
from botcore.domain import config, templates
from botcore.domain.replies import Answer, render
from botcore.domain.replies.texts import TEXTS
from botcore.errors import UnknownTemplateKey, UnknownVariables
from botcore.models import MessageTemplate

# The nine of the specification.
GIVEN = (
    "welcome_message verification_username_prompt verification_code_sent verification_success refill_submitted "
    "cancel_submitted speedup_submitted balance_cooldown ticket_signature"
).split()
# Those proposed beside them (product.md, Part 3).
PROPOSED = (
    "refund_not_eligible partial_not_eligible "
    "verification_username_not_found verification_code_invalid verification_code_expired verification_max_attempts "
    "verification_cooldown verification_already_linked verification_required user_blocked order_status "
    "order_bulk_header order_not_found order_not_owned missing_order_id too_many_ids bulk_ack bulk_summary "
    "action_cooldown action_already_open action_disabled refill_not_eligible refill_no_guarantee "
    "refill_guarantee_expired refill_status cancel_not_eligible speedup_not_eligible refund_submitted "
    "partial_submitted fake_complete_done balance_reply services_reply ticket_status ticket_not_found "
    "my_username_reply unknown_message permission_denied panel_unavailable panel_not_configured escalation_message "
    "provider_update_to_customer order_watch_done ticket_fallback_reply new_services_notice staff_otp "
    "staff_credentials media_without_text"
).split()


@pytest.mark.parametrize("key", GIVEN)
def test_keys_of_the_specification_are_offered(key):
    assert key in set(templates.keys())


@pytest.mark.parametrize("key", PROPOSED)
def test_proposed_keys_are_offered(key):
    assert key in set(templates.keys())


@pytest.mark.parametrize("key", templates.keys())
def test_every_offered_key_renders_with_all_its_variables(key):
    names = templates.variables_of(key)
    own = " ".join(f"{name}={{{name}}}" for name in names) or "mine"
    params = {name: f"<{name}>" for name in names if name != "order_id"}

    text = render([Answer(key, params, 54321)], {key: own})

    expected = {name: f"<{name}>" for name in names} | {"order_id": "54321"}
    assert text == (" ".join(f"{name}={expected[name]}" for name in names) or "mine")


@pytest.mark.parametrize("key", TEXTS)
def test_every_built_in_text_renders_without_a_brace_left(key):
    names = re.findall(r"\{(\w+)\}", TEXTS[key].full + TEXTS[key].line)
    params = {name: "x" for name in names if name not in ("order_id", "order_ids")}
    answers = [Answer(key, params, order_id) for order_id in (54321, 54322)]

    for text in (render(answers[:1]), render(answers)):
        assert "{" not in text
        # Its built-in text is the ids alone, and there is no line of it.
        assert text.strip() or key == "escalation_message"


@pytest.mark.parametrize("key", sorted({*templates.keys()} - {"ticket_signature"}))
def test_default_may_be_saved_as_it_is(tenant, key):
    templates.save(tenant_id=tenant.pk, key=key, value=TEXTS[key].full)

    assert templates.own_texts(tenant_id=tenant.pk)[key] == TEXTS[key].full


def test_unknown_variables_are_refused_with_the_known_ones(tenant):
    with pytest.raises(UnknownVariables) as refused:
        templates.save(tenant_id=tenant.pk, key="balance_reply", value="{username} has {money} and {gold}")

    assert refused.value.unknown == ["gold", "money"]
    assert refused.value.known == ("balance", "username")
    assert not MessageTemplate.objects.exists()


@pytest.mark.parametrize("meant", ["order-id", "order id", " order_id ", "", "order.id", "Order_ID", "0"])
def test_what_was_meant_as_a_variable_is_refused_too(tenant, meant):
    with pytest.raises(UnknownVariables) as refused:
        templates.save(tenant_id=tenant.pk, key="order_status", value=f"Order {{{meant}}} is {{status}}")

    assert refused.value.unknown == [meant]


# Said by parts of the product that are not built yet.
TO_COME = {"ticket_fallback_reply", "new_services_notice", "staff_otp", "staff_credentials"}


@pytest.mark.parametrize("key", sorted({*GIVEN, *PROPOSED} - TO_COME))
def test_key_it_is_saved_under_is_the_one_the_code_speaks(key):
    files = [
        path
        for path in Path(botcore.__file__).parent.rglob("*.py")
        if "tests" not in path.parts and path.name != "texts.py"
    ]

    assert any(f'"{key}"' in path.read_text() for path in files)


@pytest.mark.parametrize(
    "key", ["nonsense", "help", "config_list", "resolve_done", "provider_status", "usage"]
)
def test_keys_that_are_not_offered_are_refused(tenant, key):
    with pytest.raises(UnknownTemplateKey):
        templates.save(tenant_id=tenant.pk, key=key, value="mine")
    with pytest.raises(UnknownTemplateKey):
        templates.reset(tenant_id=tenant.pk, key=key)


def test_signature_is_one_value_for_templates_and_settings(tenant, configure):
    templates.save(tenant_id=tenant.pk, key="ticket_signature", value="The Shop")
    assert config.load(tenant_id=tenant.pk)["ticket_signature"] == "The Shop"

    configure(ticket_signature="Somebody else")
    assert templates.own_texts(tenant_id=tenant.pk)["ticket_signature"] == "Somebody else"

    templates.reset(tenant_id=tenant.pk, key="ticket_signature")
    assert config.load(tenant_id=tenant.pk)["ticket_signature"] == "Support Team"


@pytest.fixture
def custom(tenant, configure):
    configure(chat_mode="custom")
    return lambda key, value: templates.save(tenant_id=tenant.pk, key=key, value=value)


class TestCustomMode:
    def test_change_acts_on_the_next_message_and_reset_takes_it_back(self, chat, custom, tenant):
        built_in = chat.say("check 54321").text
        custom("order_status", "Hey! {order_id} is {status}.")
        assert chat.say("check 54321").text == "Hey! 54321 is In Progress."

        custom("order_status", "{order_id}: {status}, {remains} left")
        assert chat.say("check 54321").text == "54321: In Progress, 2,960 left"

        templates.reset(tenant_id=tenant.pk, key="order_status")
        assert chat.say("check 54321").text == built_in

    @pytest.mark.parametrize("empty", ["", "   ", "\n"])
    def test_empty_is_the_built_in(self, chat, custom, empty):
        built_in = chat.say("check 54321").text
        custom("order_status", empty)

        assert chat.say("check 54321").text == built_in

    def test_is_used_in_custom_mode_alone(self, chat, custom, configure):
        custom("order_status", "mine")
        configure(chat_mode="manual")

        assert chat.say("check 54321").text != "mine"

    def test_neighbours_words_are_not_used(self, chat, custom, other_tenant):
        MessageTemplate._base_manager.create(tenant=other_tenant, key="order_status", value="next door")

        assert "next door" not in chat.say("check 54321").text

    def test_line_without_a_value_is_left_out(self, chat, custom, configure):
        configure(show_charge_to_customers="false")
        custom("order_status", "{order_id}\nCosts {charge}\nThat is all.")

        assert chat.say("check 54321").text == "54321\nThat is all."

    def test_value_that_looks_like_a_variable_stays_as_it_is(self, chat, custom, put_order):
        put_order(54321, link="https://social.example/{order_id}")
        custom("order_status", "{link}")

        assert chat.say("check 54321").text == "https://social.example/{order_id}"

    def test_first_words_to_a_stranger_are_the_tenants(self, chat, custom):
        custom("welcome_message", "Welcome to our shop! Your username, please?")

        assert chat.as_("stranger").say("hello").texts[0].startswith("Welcome to our shop!")

    def test_news_from_the_provider_are_the_tenants(self, chat, suppliers, custom, texts_in):
        from botcore.models import OutboxMessage  # noqa: PLC0415 -- only here
        from botcore.sandbox.demo_tenant import PROVIDER_GROUP  # noqa: PLC0415 -- only here

        custom("provider_update_to_customer", "Psst: {order_id} {update}")
        rahul = chat.as_("rahul")
        rahul.say("speed up 54330")
        sent = OutboxMessage.objects.get(chat__wa_id=PROVIDER_GROUP)
        chat.as_("supplier").in_group(PROVIDER_GROUP, enabled=False).say(
            "done", quoted={"id": sent.wa_message_id}
        )

        assert texts_in(rahul.wa_id)[-1] == "Psst: 54330 is done"


@pytest.mark.parametrize("who", ["customer", "stranger", "owner", "staff"])
def test_help_is_the_same_in_all_modes(chat, configure, model, custom, who):
    said = set()
    for mode in ("manual", "ai", "custom"):
        configure(chat_mode=mode)
        said.add(chat.as_(who).say("help").text)

    assert len(said) == 1
    assert model.requests() == []
