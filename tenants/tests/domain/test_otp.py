"""Codes to a phone: what they open, how often they may be tried and asked for, and what a stranger can learn."""

import contextlib
import re
import threading
from unittest import mock

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from kombu.exceptions import OperationalError

from smmbot.testing.worker import outside
from tenants import tasks
from tenants.domain import limits, otp
from tenants.enums import OtpPurpose
from tenants.errors import TooManyTries, WrongCode
from tenants.models import Otp
from tenants.tests import phone as sandbox_phone
from tenants.tests.phone import other_than

NEW, KNOWN = "+447911123456", "+15550100001"


@pytest.fixture
def ask(worker):
    """Ask for a code and let it be brought; answers the row as it is then."""

    def do(phone=NEW, purpose=OtpPurpose.SIGNUP, address="192.0.2.7", tenant_id=None):
        row = outside(
            lambda: otp.issue(
                purpose=purpose, phone=phone, address=address, now=timezone.now(), tenant_id=tenant_id
            )
        )
        worker.run()
        row.refresh_from_db()
        return row

    return do


def check(code, phone=NEW, purpose=OtpPurpose.SIGNUP, address="192.0.2.7", tenant_id=None):
    otp.check(
        purpose=purpose, phone=phone, code=code, address=address, now=timezone.now(), tenant_id=tenant_id
    )


def test_code_arrives_on_the_phone_and_opens_once(tenant, ask):
    ask()
    code = sandbox_phone.code(NEW)

    check(code)

    with pytest.raises(WrongCode):
        check(code)


def test_code_may_be_typed_with_a_gap(tenant, ask):
    ask()
    code = sandbox_phone.code(NEW)

    check(f" {code[:3]} {code[3:]}\n")


def test_row_keeps_no_readable_code(tenant, ask):
    row = ask()
    code = sandbox_phone.code(NEW)

    assert row.sealed_code == ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed_code, digest, salt FROM tenants_otp WHERE id = %s", [row.pk])
        assert not any(code in str(value) for value in cursor.fetchone())


def test_code_waits_encrypted_until_it_is_brought(tenant, clock):
    row = otp.issue(purpose=OtpPurpose.SIGNUP, phone=NEW, address="", now=timezone.now())

    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed_code FROM tenants_otp WHERE id = %s", [row.pk])
        (kept,) = cursor.fetchone()
    assert (len(row.sealed_code), row.sealed_code in kept) == (6, False)


def test_code_is_over_after_ten_minutes(tenant, ask, clock):
    ask()
    code = sandbox_phone.code(NEW)
    clock.advance(minutes=10)

    with pytest.raises(WrongCode):
        check(code)


def test_fifth_wrong_try_is_the_last(tenant, ask):
    ask()
    code = sandbox_phone.code(NEW)
    for _ in range(5):
        with pytest.raises(WrongCode):
            check(other_than(code))

    with pytest.raises(WrongCode):
        check(code)


def test_right_code_counts_at_the_fifth_try(tenant, ask):
    ask()
    code = sandbox_phone.code(NEW)
    for _ in range(4):
        with pytest.raises(WrongCode):
            check(other_than(code))

    check(code)


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"purpose": OtpPurpose.RESET},
        {"phone": "+447911123457"},
        {"purpose": OtpPurpose.STAFF},
    ],
)
def test_code_opens_nothing_else(tenant, ask, elsewhere):
    ask()
    code = sandbox_phone.code(NEW)

    with pytest.raises(WrongCode):
        check(code, **elsewhere)
    check(code)


def test_code_of_one_team_opens_no_other(tenant, other_tenant, ask):
    ask(purpose=OtpPurpose.STAFF, tenant_id=tenant.pk)
    code = sandbox_phone.code(NEW)

    for wrong in (other_tenant.pk, None):
        with pytest.raises(WrongCode):
            check(code, purpose=OtpPurpose.STAFF, tenant_id=wrong)
    check(code, purpose=OtpPurpose.STAFF, tenant_id=tenant.pk)


def test_newest_code_alone_is_good(tenant, ask, monkeypatch):
    monkeypatch.setattr(limits, "CODE_AGAIN", limits.Limit("again", 9, 60))
    ask()
    old = sandbox_phone.code(NEW)
    ask()
    new = sandbox_phone.code(NEW)

    if old != new:
        with pytest.raises(WrongCode):
            check(old)
    check(new)


def test_another_code_after_a_minute(tenant, ask):
    ask()

    with pytest.raises(TooManyTries) as error:
        ask()

    assert 50 <= error.value.retry_after_s <= 60


def test_five_codes_an_hour_to_a_phone(tenant, ask, monkeypatch):
    monkeypatch.setattr(limits, "CODE_AGAIN", limits.Limit("again", 99, 60))
    for number in range(5):
        ask(address=f"192.0.2.{number}")

    with pytest.raises(TooManyTries) as error:
        ask(address="192.0.2.99", purpose=OtpPurpose.RESET)

    assert error.value.retry_after_s > 3500


def test_twenty_codes_an_hour_to_an_address(tenant, ask):
    for number in range(20):
        ask(phone=f"+4479111234{number:02}")

    with pytest.raises(TooManyTries):
        ask(phone="+447911123499")
    ask(phone="+447911123499", address="192.0.2.8")


def test_neighbours_of_one_ipv6_network_share_a_limit(tenant, ask, monkeypatch):
    monkeypatch.setattr(limits, "CODES_AN_ADDRESS", limits.Limit("few", 1, 3600))
    ask(address="2001:db8:1:2::1")

    with pytest.raises(TooManyTries):
        ask(phone="+447911123457", address="2001:db8:1:2:ffff::2")
    ask(phone="+447911123457", address="2001:db8:1:3::1")


def test_guesses_of_one_address_are_limited_over_all_phones(tenant, monkeypatch):
    monkeypatch.setattr(limits, "CHECKS_AN_ADDRESS", limits.Limit("guesses", 3, 900))
    for number in range(3):
        with pytest.raises(WrongCode):
            check("123456", phone=f"+4479111234{number:02}")

    with pytest.raises(TooManyTries):
        check("123456", phone="+447911123499")


def statements(do):
    """What a call asks of the database, word for word but for the values."""
    with CaptureQueriesContext(connection) as queries, contextlib.suppress(WrongCode):
        do()
    shapes = (query["sql"].split("WHERE")[0].split("VALUES")[0] for query in queries)
    return [re.sub(r"\d+|x\d+", "", shape)[:60] for shape in shapes]


@pytest.mark.parametrize("purpose", [OtpPurpose.SIGNUP, OtpPurpose.RESET])
def test_known_and_unknown_phone_cost_the_same(tenant, worker, purpose):
    """Asking for a code, and guessing it before and after it was brought."""

    def work(phone):
        asked = statements(
            lambda: outside(
                lambda: otp.issue(purpose=purpose, phone=phone, address="192.0.2.7", now=timezone.now())
            )
        )
        before = statements(lambda: check("000000", phone=phone, purpose=purpose))
        worker.run()
        after = statements(lambda: check("000000", phone=phone, purpose=purpose))
        return asked, before, after

    assert work(NEW) == work(KNOWN)


def test_phone_with_an_account_gets_no_code_to_sign_up_but_is_told(tenant, ask):
    row = ask(phone=KNOWN)

    (text,) = sandbox_phone.texts(KNOWN)
    assert "has an account already" in text
    assert (row.sealed_code, row.used_at) == ("", None)


def test_phone_without_an_account_gets_nothing_for_a_reset(tenant, ask):
    ask(purpose=OtpPurpose.RESET)

    assert sandbox_phone.texts(NEW) == []


def test_code_nobody_was_sent_opens_nothing(tenant, clock):
    """Not even for somebody who could read it on its way."""
    row = outside(lambda: otp.issue(purpose=OtpPurpose.RESET, phone=NEW, address="", now=timezone.now()))
    code = row.sealed_code
    otp.deliver(otp_id=row.pk, now=timezone.now())

    with pytest.raises(WrongCode):
        check(code, purpose=OtpPurpose.RESET)


def test_code_is_brought_once(tenant, ask):
    row = ask()

    assert otp.deliver(otp_id=row.pk, now=timezone.now()) is False
    assert len(sandbox_phone.texts(NEW)) == 1


def test_broker_that_is_away_changes_no_answer_and_the_code_still_arrives(tenant, worker, clock):
    with mock.patch.object(tasks.deliver_code, "apply_async", side_effect=OperationalError):
        outside(lambda: otp.issue(purpose=OtpPurpose.SIGNUP, phone=NEW, address="", now=timezone.now()))
    clock.advance(seconds=11)

    outside(tasks.bring_codes)
    worker.run()

    check(sandbox_phone.code(NEW))


def test_what_is_on_its_way_is_not_brought_again(tenant, worker):
    outside(lambda: otp.issue(purpose=OtpPurpose.SIGNUP, phone=NEW, address="", now=timezone.now()))

    assert otp.left_behind(now=timezone.now()) == []


def test_old_rows_go(tenant, ask, clock):
    ask()
    clock.advance(days=8)
    ask(phone="+447911123457")

    outside(tasks.forget_sign_ins)

    assert list(Otp.objects.values_list("phone", flat=True)) == ["+447911123457"]


@pytest.mark.django_db(transaction=True)
def test_code_is_used_once_by_many_at_the_same_time():
    code = make_code()

    results = at_once(12, lambda: check(code))

    assert results.count("ok") == 1


@pytest.mark.django_db(transaction=True)
def test_guesses_at_the_same_time_are_five_at_most():
    """Each guess is counted before it is looked at."""
    code = make_code()
    at_once(12, lambda: check(other_than(code)))

    assert Otp.objects.get().tries == otp.MAX_TRIES
    with pytest.raises(WrongCode):
        check(code)


def make_code():
    with mock.patch.object(tasks.deliver_code, "apply_async"):
        return otp.issue(purpose=OtpPurpose.SIGNUP, phone=NEW, address="", now=timezone.now()).sealed_code


def at_once(count, do):
    """Call from so many threads at the same moment. Returns what became of each: `ok` or the error's name."""
    barrier, results = threading.Barrier(count), []

    def run():
        try:
            barrier.wait()
            do()
            results.append("ok")
        except (WrongCode, TooManyTries) as error:
            results.append(type(error).__name__)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
