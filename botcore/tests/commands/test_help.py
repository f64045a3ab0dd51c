"""help: the whole menu, the same in every mode, of what works for the asker here."""

import re

import pytest

CUSTOMER = [
    "order",
    "refill status",
    "refill",
    "cancel",
    "speed up",
    "balance",
    "services",
    "ticket",
    "my username",
]
OF_THE_GROUP = {"!support", "!marketing", "!silent", "!verify-users"}


def menu(said):
    """Names of the commands listed, in order."""
    return [
        re.split(r" [<\[]| enable", line[1:-1])[0]
        for line in said.text.split("\n")[1:]
        if line.startswith("*")
    ]


def test_customer_sees_the_customers_commands(chat):
    assert [name for name in menu(chat.say("help")) if name in CUSTOMER] == CUSTOMER
    assert not [name for name in menu(chat.say("help")) if name.startswith("!")]


def test_stranger_sees_only_what_works(chat):
    assert set(menu(chat.as_("stranger").say("help"))).isdisjoint(set(CUSTOMER) - {"services"})


def test_staff_see_their_three(chat):
    names = menu(chat.as_("staff").say("menu"))

    assert "!resolve" in names
    assert not {"order", "refill", "!status", "!config set", "!broadcast", "!users"} & set(names)


def test_owner_sees_group_commands_inside_a_group_alone(chat):
    owner = chat.as_("owner")

    assert OF_THE_GROUP.isdisjoint(menu(owner.say("help")))
    assert set(menu(owner.in_group().say("help"))) >= OF_THE_GROUP


@pytest.mark.parametrize("name", CUSTOMER)
def test_what_help_lists_is_not_refused(chat, name):
    argument = {"ticket": " 5501", "balance": "", "services": "", "my username": ""}.get(name, " 54321")

    assert chat.say(name + argument).key not in ("permission_denied", "verification_required")


@pytest.mark.parametrize("mode", ["ai", "custom"])
def test_help_is_the_same_in_all_modes(chat, configure, mode):
    manual = chat.say("help").text
    configure(chat_mode=mode)

    assert chat.say("help").text == manual


def test_help_is_logged(chat):
    assert chat.say("help").log.action == "help"
