"""Many at one moment: one code, one count, one link."""

from collections import Counter
from datetime import timedelta

import pytest

from botcore.domain import verification
from botcore.domain.verification import Claim, Rules
from smmbot.testing.threads import at_once
from tenants.enums import CodeState
from tenants.models import TenantUser, Verification, VerificationCode
from tenants.scoping import tenant_scope
from tenants.tests.factories import ContactFactory

RULES = Rules(max_attempts=3, cooldown=timedelta(seconds=300), allows_several=False)


@pytest.fixture
def contact(tenant):
    return ContactFactory(tenant=tenant, phone="15550101001")


@pytest.fixture
def claim(tenant, clock):
    def make(contact, message_id, username="anna_media"):
        with tenant_scope(tenant.pk):
            return verification.claim_code(
                tenant_id=tenant.pk,
                contact=contact,
                panel_username=username,
                message_id=message_id,
                now=clock.now,
            )

    return make


@pytest.fixture
def attempt(tenant, clock):
    def make(contact, digits, message_id):
        with tenant_scope(tenant.pk):
            flow = verification.try_code(
                tenant_id=tenant.pk,
                contact=contact,
                digits=digits,
                rules=RULES,
                message_id=message_id,
                now=clock.now,
            )
            return flow.last_outcome

    return make


def settle(claimed, clock, *, was_sent):
    verification.settle_code(code=claimed.code, was_sent=was_sent, ticket_id=1, now=clock.now)


def test_a_code_is_six_digits_and_stored_as_a_digest(claim, contact):
    claimed = claim(contact, 1)
    row = VerificationCode.objects.get()

    assert (len(claimed.digits), claimed.digits.isdecimal()) == (6, True)
    assert (len(row.digest), len(row.salt)) == (64, 32)
    assert claimed.digits not in str(VerificationCode.objects.values().get()["digest"])


def test_the_same_code_has_another_digest_each_time():
    assert verification._digest("a", "123456") != verification._digest("b", "123456")


def test_a_code_on_its_way_is_good_already(claim, attempt, contact):
    """The customer may be quicker than the panel's answer."""
    claimed = claim(contact, 1)

    assert attempt(contact, claimed.digits, 2) == "verification_success"


def test_a_code_that_never_left_is_none(claim, attempt, contact, clock):
    claimed = claim(contact, 1)
    settle(claimed, clock, was_sent=False)

    assert attempt(contact, claimed.digits, 2) == "verification_code_expired"
    assert isinstance(claim(contact, 3), Claim)


def test_a_message_gets_its_code_once(claim, contact, clock):
    settle(claim(contact, 1), clock, was_sent=True)

    assert claim(contact, 1).digits == ""
    assert VerificationCode.objects.count() == 1


def test_a_message_whose_code_never_left_gets_another(claim, contact, clock):
    settle(claim(contact, 1), clock, was_sent=False)

    assert len(claim(contact, 1).digits) == 6
    assert VerificationCode.objects.get().state == CodeState.CLAIMED


def test_a_used_code_stays_used_when_its_ticket_is_settled_late(claim, attempt, contact, clock):
    claimed = claim(contact, 1)
    attempt(contact, claimed.digits, 2)
    settle(claimed, clock, was_sent=True)

    assert VerificationCode.objects.get().state == CodeState.USED


def test_misses_are_forgotten_after_an_hour(claim, attempt, contact, clock):
    wrong = f"{(int(claim(contact, 1).digits) + 1) % 1_000_000:06}"
    attempt(contact, wrong, 2)
    attempt(contact, wrong, 3)
    clock.advance(minutes=61)
    wrong = f"{(int(claim(contact, 4).digits) + 1) % 1_000_000:06}"

    assert attempt(contact, wrong, 5) == "verification_code_invalid"
    assert Verification.objects.get().wrong_codes == 1


@pytest.mark.django_db(transaction=True)
def test_eight_chats_of_one_person_get_one_code(claim, contact):
    claims = at_once(8, lambda number: claim(contact, number))

    assert sum(isinstance(one, Claim) for one in claims) == 1


@pytest.mark.django_db(transaction=True)
def test_strangers_together_make_ten_codes_for_a_username(claim, tenant):
    strangers = [ContactFactory(tenant=tenant, phone=f"155501010{n:02d}") for n in range(14)]

    claims = at_once(14, lambda number: claim(strangers[number], number))

    assert sum(isinstance(one, Claim) for one in claims) == 10


@pytest.mark.django_db(transaction=True)
def test_wrong_codes_at_one_moment_are_all_counted(claim, attempt, contact):
    wrong = f"{(int(claim(contact, 100).digits) + 1) % 1_000_000:06}"

    outcomes = at_once(8, lambda number: attempt(contact, wrong, number))

    assert Counter(outcomes) == {
        "verification_code_invalid": 2,
        "verification_max_attempts": 1,
        "verification_cooldown": 5,
    }


@pytest.mark.django_db(transaction=True)
def test_the_right_code_at_one_moment_links_once(claim, attempt, contact):
    digits = claim(contact, 100).digits

    outcomes = at_once(6, lambda number: attempt(contact, digits, number))

    assert outcomes.count("verification_success") == 1
    assert TenantUser.objects.filter(contact=contact).count() == 1
