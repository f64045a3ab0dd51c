"""The second factor: codes of the app and recovery codes, each good once."""

import pyotp
import pytest
from django.utils import timezone

from tenants.domain import limits, second_factor
from tenants.errors import AlreadyOn, TooManyTries, WrongSecondFactor
from tenants.models import RecoveryCode, User
from tenants.tests.factories import UserFactory


@pytest.fixture
def user(db, clock):
    return UserFactory()


@pytest.fixture
def codes(user):
    """Switched on; the recovery codes."""
    second_factor.begin(user=user)
    return second_factor.switch_on(user=user, code=shown(user, -1), now=timezone.now())


def shown(user, step=0):
    """What the app shows, so many steps of 30 s from now."""
    return pyotp.TOTP(user.totp_secret).at(int(timezone.now().timestamp()) + 30 * step)


def check(user, code):
    second_factor.check(user=user, code=code, now=timezone.now())


def test_is_asked_for_once_a_code_was_seen(user):
    address = second_factor.begin(user=user)
    assert (user.has_totp, address.startswith("otpauth://totp/")) == (False, True)
    with pytest.raises(WrongSecondFactor):
        second_factor.switch_on(user=user, code="000000", now=timezone.now())

    codes = second_factor.switch_on(user=user, code=shown(user), now=timezone.now())

    user.refresh_from_db()
    assert (user.has_totp, len(set(codes))) == (True, 10)


def test_setting_up_again_does_not_switch_off(user, codes):
    stale = User.objects.get(pk=user.pk)
    stale.totp_confirmed_at = None
    secret = user.totp_secret

    for one in (user, stale):
        with pytest.raises(AlreadyOn):
            second_factor.begin(user=one)

    user.refresh_from_db()
    assert (user.totp_secret, user.has_totp) == (secret, True)


def test_code_is_good_once(user, codes):
    check(user, shown(user))

    with pytest.raises(WrongSecondFactor):
        check(user, shown(user))


def test_code_of_the_step_beside_is_good_and_no_other(user, codes, clock):
    clock.advance(minutes=5)
    with pytest.raises(WrongSecondFactor):
        check(user, shown(user, -2))
    with pytest.raises(WrongSecondFactor):
        check(user, shown(user, 2))
    check(user, shown(user, -1))
    check(user, shown(user, 1))


def test_code_may_be_typed_with_a_gap(user, codes):
    check(user, f"{shown(user)[:3]} {shown(user)[3:]}")


def test_recovery_code_is_good_once_however_it_is_typed(user, codes):
    check(user, codes[0].upper().replace("-", " "))

    with pytest.raises(WrongSecondFactor):
        check(user, codes[0])
    assert second_factor.left(user=user) == 9


def test_recovery_codes_are_kept_as_digests_of_this_person(user, codes):
    other = UserFactory(totp_secret=pyotp.random_base32(), totp_confirmed_at=timezone.now())

    with pytest.raises(WrongSecondFactor):
        check(other, codes[0])
    kept = list(RecoveryCode.objects.values_list("digest", flat=True))
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)


def test_new_recovery_codes_void_the_old(user, codes):
    new = second_factor.new_recovery_codes(user=user)

    with pytest.raises(WrongSecondFactor):
        check(user, codes[0])
    check(user, new[0])


def test_switched_off_leaves_nothing(user, codes):
    second_factor.switch_off(user=user)

    user.refresh_from_db()
    assert (user.has_totp, user.totp_secret, RecoveryCode.objects.count()) == (False, "", 0)


def test_guesses_are_limited(user, codes):
    for _ in range(limits.SECOND_FACTORS.tries - 1):  # one went for switching on
        with pytest.raises(WrongSecondFactor):
            check(user, "000000")

    with pytest.raises(TooManyTries):
        check(user, shown(user))


@pytest.mark.parametrize("code", ["", " ", "١٢٣٤٥٦", "é", "1" * 40])
def test_what_is_no_code_opens_nothing(user, codes, code):
    with pytest.raises(WrongSecondFactor):
        check(user, code)
