"""One-time codes to a phone, over WhatsApp: six digits, ten minutes, five tries.

issue ──▶ row (always) ──▶ task ──▶ is this phone to get one? ──▶ signal otp_issued ──▶ WhatsApp
                            ▲
                          sweep: what a lost broker left behind

What a stranger sees and how long it takes is the same for a phone with an account and one without: the look at
the account happens in the task.
"""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.crypto import constant_time_compare, salted_hmac
from kombu.exceptions import OperationalError

from smmbot.lib.client_address import network_of
from smmbot.lib.logs import get_logger
from tenants import signals
from tenants.domain import limits
from tenants.enums import OtpPurpose
from tenants.errors import WrongCode
from tenants.models import Otp, TenantAdmin, User
from tenants.scoping import all_tenants

logger = get_logger(__name__)

LIVES = timedelta(minutes=10)
MAX_TRIES = 5
AGAIN_AFTER = timedelta(seconds=limits.CODE_AGAIN.per_s)
# A code that was not brought by then has lost its task.
LEFT_AFTER = timedelta(seconds=10)
# What was asked for stays readable for support, then goes.
KEPT = timedelta(days=7)


def issue(
    *, purpose: OtpPurpose, phone: str, address: str, now: datetime, tenant_id: int | None = None
) -> Otp:
    """Make a code and send it off. phone: E.164. address: of the asker, for the limits. Raises TooManyTries."""
    limits.spend(limits.CODES_AN_ADDRESS, network_of(address))
    limits.spend(limits.CODE_AGAIN, f"{purpose}:{phone}")
    limits.spend(limits.CODES_A_PHONE, phone)
    digits, salt = f"{secrets.randbelow(1_000_000):06}", secrets.token_hex(16)
    with transaction.atomic():
        # The newest code alone is good.
        _open(purpose, phone, tenant_id, now).update(expires_at=now)
        otp = Otp.objects.create(
            purpose=purpose,
            phone=phone,
            tenant_id=tenant_id,
            salt=salt,
            digest=_digest(salt, digits),
            sealed_code=digits,
            created_at=now,
            expires_at=now + LIVES,
        )
        transaction.on_commit(lambda: _bring(otp.pk))
    return otp


def deliver(*, otp_id: int, now: datetime) -> bool:
    """Hand a code to whoever brings it to the phone, once. Returns whether there was anything to bring."""
    with transaction.atomic():
        otp = Otp.objects.select_for_update().filter(pk=otp_id).exclude(sealed_code="").first()
        if otp is None or otp.expires_at <= now:
            return False
        code, otp.sealed_code = otp.sealed_code, ""
        has_account = User.objects.filter(phone=otp.phone).exists()
        is_wanted = {
            OtpPurpose.SIGNUP: not has_account,
            OtpPurpose.RESET: has_account,
            OtpPurpose.STAFF: not _is_in_team(otp),
        }[OtpPurpose(otp.purpose)]
        if not is_wanted:
            # Nobody may enter it: the phone's owner never saw it. The row stays open, so that a guess is looked
            # at and counted as for a phone that got its code.
            otp.digest = secrets.token_hex(32)
        otp.save(update_fields=["sealed_code", "digest"])
        if is_wanted:
            signals.otp_issued.send(sender=Otp, otp=otp, code=code)
        elif otp.purpose == OtpPurpose.SIGNUP:
            signals.signup_refused.send(sender=Otp, phone=otp.phone)
        return is_wanted


def check(
    *, purpose: OtpPurpose, phone: str, code: str, address: str, now: datetime, tenant_id: int | None = None
) -> None:
    """Use a code up. Raises WrongCode, TooManyTries. Call it outside transactions: a miss must be counted."""
    limits.spend(limits.CHECKS_AN_ADDRESS, network_of(address))
    otp = _open(purpose, phone, tenant_id, now).order_by("-pk").first()
    # The try is counted before it is looked at: guesses that come all at once are no more than five either.
    pk, salt, digest = (otp.pk, otp.salt, otp.digest) if otp else (0, "", "")
    is_counted = Otp.objects.filter(pk=pk, tries__lt=MAX_TRIES).update(tries=F("tries") + 1)
    # A comparison is made in any case: no answer comes sooner than another.
    is_right = constant_time_compare(digest, _digest(salt, "".join(code.split())))
    if not (is_counted and is_right):
        raise WrongCode
    if not Otp.objects.filter(pk=pk, used_at=None).update(used_at=now):
        raise WrongCode


def left_behind(*, now: datetime) -> list[int]:
    """Codes that should be on their way and are not."""
    rows = Otp.objects.filter(expires_at__gt=now, created_at__lte=now - LEFT_AFTER).exclude(sealed_code="")
    return list(rows.order_by("pk").values_list("pk", flat=True)[:500])


def forget(*, now: datetime) -> int:
    """Returns how many old rows went."""
    return Otp.objects.filter(created_at__lt=now - KEPT).delete()[0]


def _bring(otp_id: int) -> None:
    """A broker that is away must not change the answer: the sweep finds the row."""
    from tenants import tasks  # noqa: PLC0415 -- tasks import the domain

    try:
        tasks.deliver_code.apply_async((otp_id,), queue="outbound")
    except (OperationalError, OSError):
        logger.warning("broker away; the sweep will bring the code", extra={"otp_id": otp_id})


def _open(purpose: OtpPurpose, phone: str, tenant_id: int | None, now: datetime) -> QuerySet[Otp]:
    rows = Otp.objects.filter(purpose=purpose, phone=phone, used_at=None, expires_at__gt=now)
    return rows.filter(tenant_id=tenant_id) if tenant_id else rows.filter(tenant=None)


def _is_in_team(otp: Otp) -> bool:
    with all_tenants("a code names its own team"):
        return TenantAdmin.objects.filter(tenant=otp.tenant, user__phone=otp.phone).exists()


def _digest(salt: str, digits: str) -> str:
    return salted_hmac(f"one-time code {salt}", digits, algorithm="sha256").hexdigest()
