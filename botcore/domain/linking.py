"""What is asked of a number's gateway: link it, log it out, forget it, look after it. Workers call these.

A screen never waits for a gateway. It reads the number's state and what a worker left for it (link_slips.py).
"""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.utils import timezone

from botcore import wake
from botcore.domain import link_slips, numbers
from botcore.domain.link_slips import Errand, KeptQr, PairingCode, PasskeyStep
from botcore.domain.number_states import GATEWAY_REASONS, REMOVING, SESSION_GONE, UNREACHABLE
from botcore.enums import NumberState
from botcore.errors import NoPairingCode, NotPairing, NumberError
from botcore.gateway.base import Capability, GatewayDriver
from botcore.gateway.errors import GatewayError, SessionMissing
from botcore.gateway.registry import driver_for, driver_named
from botcore.gateway.types import Qr, SessionChanged, SessionStatus
from botcore.models import Chat, InboxMessage, OutboxMessage, WhatsAppNumber
from botcore.wake import Wake
from smmbot.lib.logs import get_logger

logger = get_logger(__name__)

# New codes are fetched for so long after linking began; then somebody has to ask again.
OFFERED_FOR: Final = timedelta(minutes=5)
# Waiting for a scan; where the gateway may have a code for us.
_BEFORE_SCAN = (NumberState.NEW, NumberState.CONNECTING, NumberState.QR)
_PASSKEY = (NumberState.PASSKEY, NumberState.PASSKEY_CONFIRM)
# What a session says that has only just begun to connect.
_NOT_YET = (NumberState.NEW, NumberState.LOGGED_OUT)
_ERASED_AT_ONCE: Final = 2000


# --- for the screens ---------------------------------------------------------------------------------------------


def offer_qr(*, number: WhatsAppNumber, now: datetime) -> KeptQr | None:
    """The code to scan now. Where it ran out, a worker is asked for the next one: look again in a moment."""
    if number.state not in _BEFORE_SCAN:
        return None
    code = link_slips.kept_qr(number.pk, now=now)
    if not is_offer_over(number=number, now=now):
        if code is None:
            wake.up(Wake.LINK_NUMBER, tenant_id=number.tenant_id, row_id=number.pk)
        else:
            _watch(number)
    return code


def is_offer_over(*, number: WhatsAppNumber, now: datetime) -> bool:
    return number.state_at is not None and now - number.state_at > OFFERED_FOR


def can_pair(number: WhatsAppNumber) -> bool:
    """May a code be typed on the phone instead of scanning one?"""
    return Capability.PAIRING_CODE in driver_named(number.driver).capabilities


def ask_pairing_code(*, number: WhatsAppNumber, phone: str) -> None:
    """Have a worker fetch a code for this phone (digits alone, with country); `pairing_code` shows it in a moment.

    Raises NoPairingCode, NotPairing, NumberError.
    """
    if not can_pair(number):
        raise NoPairingCode
    if number.state not in _BEFORE_SCAN:
        raise NotPairing
    link_slips.keep_pairing(number.pk, phone=phone)
    _send(number, Errand.PAIR, phone)


def pairing_code(*, number: WhatsAppNumber, now: datetime) -> PairingCode | None:
    """The code somebody asked for, None when nobody did or it ran out."""
    return link_slips.kept_pairing(number.pk, now=now) if number.state in _BEFORE_SCAN else None


def passkey_step(*, number: WhatsAppNumber) -> PasskeyStep | None:
    """What WhatsApp wants now; None when it wants no passkey. What is not there yet is fetched by a worker."""
    if number.state not in _PASSKEY:
        return None
    _watch(number)
    step = link_slips.kept_passkey(number.pk) or PasskeyStep()
    wanted = step.challenge if number.state == NumberState.PASSKEY else step.confirmation
    if not wanted and not step.problem:
        wake.up(Wake.LINK_STEP, tenant_id=number.tenant_id, row_id=number.pk)
    return step


def answer_passkey(*, number: WhatsAppNumber, credential: str) -> None:
    """Have a worker hand over what the browser signed (JSON). Raises NotPairing, NumberError."""
    if number.state != NumberState.PASSKEY:
        raise NotPairing
    link_slips.keep_passkey(number.pk, PasskeyStep())  # the challenge is used up
    _send(number, Errand.ANSWER_PASSKEY, credential)


def confirm_passkey(*, number: WhatsAppNumber) -> None:
    """Have a worker say that both codes are the same. Raises NotPairing, NumberError."""
    if number.state != NumberState.PASSKEY_CONFIRM:
        raise NotPairing
    link_slips.keep_passkey(number.pk, PasskeyStep())
    _send(number, Errand.CONFIRM_PASSKEY)


def keep_qr(number_id: int, qr: Qr) -> None:
    """The gateway told of a new code by itself; the number's tenant is open."""
    link_slips.keep_qr(number_id, qr)
    numbers.offers_code(number_id=number_id)


def webhook_url(number: WhatsAppNumber) -> str:
    return f"{webhook_prefix()}{number.webhook_key}"


def webhook_prefix() -> str:
    """How the address of every webhook of this installation begins."""
    return f"{settings.PUBLIC_URL}/webhooks/whatsapp/"


# --- for the workers ---------------------------------------------------------------------------------------------


def link(*, tenant_id: int, number_id: int) -> None:
    """Make the session exist, start linking where it is not live, and leave state and QR for the screens."""
    number = _find(tenant_id, number_id)
    if number is None or number.state in (NumberState.LOGGED_OUT, NumberState.BANNED):
        return  # logged out meanwhile; asking to connect it puts it to connecting first
    driver, session = driver_for(number), number.session_name
    try:
        set_webhook(number, driver)
        status, code = _begin(driver, session)
    except GatewayError as error:
        _blame(number, error)
        return
    if code is not None and _is_current(number):
        link_slips.keep_qr(number.pk, code)
    tell(number, status)


def _begin(driver: GatewayDriver, session: str) -> tuple[SessionStatus, Qr | None]:
    """Connect it, unless it is live, or a code or another step waits already."""
    status = driver.status(session)
    if status.state == NumberState.OPEN or status.state in _PASSKEY:
        return status, None
    if (code := driver.qr(session)) is None:
        driver.connect(session)
        status = driver.status(session)
        code = driver.qr(session) if status.state == NumberState.QR else None
    if code is not None:
        return SessionStatus(NumberState.QR, session=session), code
    if status.state in _NOT_YET:
        return SessionStatus(NumberState.CONNECTING, session=session), None
    return status, None


def take_step(*, tenant_id: int, number_id: int) -> None:
    """Run what the screen wants, or fetch what it waits for, and leave the outcome for it."""
    number = _find(tenant_id, number_id)
    if number is None or number.state not in (*_BEFORE_SCAN, *_PASSKEY):
        return
    errand = link_slips.take_errand(number_id)
    if errand is not None and errand[0] == Errand.PAIR:
        _pair(number, phone=errand[1])
    else:
        _pass_key(number, errand)


def _pair(number: WhatsAppNumber, *, phone: str) -> None:
    driver, session = driver_for(number), number.session_name
    try:
        set_webhook(number, driver)
        _begin(driver, session)
        code = driver.pairing_code(session, phone=phone)
    except GatewayError as error:
        _log_fault(number, error)
        link_slips.keep_pairing(number.pk, phone=phone, problem=error.code)
    else:
        link_slips.keep_pairing(number.pk, phone=phone, code=code)


def _pass_key(number: WhatsAppNumber, errand: tuple[Errand, str] | None) -> None:
    driver, session = driver_for(number), number.session_name
    try:
        if errand is not None and errand[0] == Errand.ANSWER_PASSKEY:
            driver.answer_passkey(session, credential=errand[1])
        elif errand is not None:
            driver.confirm_passkey(session)
        status = driver.status(session)
        if status.state == NumberState.PASSKEY:
            step = PasskeyStep(challenge=driver.passkey_challenge(session))
        elif status.state == NumberState.PASSKEY_CONFIRM:
            step = PasskeyStep(confirmation=driver.passkey_confirmation(session))
        else:
            step = PasskeyStep()
    except GatewayError as error:
        _log_fault(number, error)
        link_slips.keep_passkey(number.pk, PasskeyStep(problem=error.code))
        return
    link_slips.keep_passkey(number.pk, step)
    tell(number, status)


def log_out(*, tenant_id: int, number_id: int) -> None:
    """End the link at the gateway. Raises GatewayError: the task tries again."""
    number = _find(tenant_id, number_id)
    if number is None or number.state != NumberState.LOGGED_OUT:
        return  # linked again meanwhile
    driver_for(number).logout(number.session_name)
    link_slips.forget(number.pk)


def forget(*, tenant_id: int, number_id: int) -> None:
    """Delete a removed number: at its gateway, then its messages in steps, then itself. Raises GatewayError."""
    number = _find(tenant_id, number_id)
    if number is None or number.state_reason != REMOVING:
        return
    driver = driver_for(number)
    driver.logout(number.session_name)
    driver.delete(number.session_name)
    link_slips.forget(number.pk)
    for model in (OutboxMessage, InboxMessage, Chat):
        rows = model.objects.filter(tenant_id=tenant_id, number=number)
        while ids := list(rows.values_list("pk", flat=True)[:_ERASED_AT_ONCE]):
            model.objects.filter(tenant_id=tenant_id, pk__in=ids).delete()
    number.delete()


def check(*, tenant_id: int, number_id: int) -> None:
    """Ask the gateway how the number is: lists lag behind, and events get lost."""
    number = _find(tenant_id, number_id)
    if number is None or number.state_reason == REMOVING:
        return
    try:
        ask(number, driver_for(number))
    except GatewayError as error:
        _blame(number, error)


def ask(number: WhatsAppNumber, driver: GatewayDriver) -> None:
    """The same for a number at hand. Raises GatewayError."""
    try:
        status = driver.status(number.session_name)
    except SessionMissing:
        status = SessionStatus(NumberState.LOGGED_OUT, reason=SESSION_GONE)
    tell(number, status)
    if status.state == NumberState.OPEN:
        numbers.seen(number_ids=[number.pk], now=timezone.now())


def set_webhook(number: WhatsAppNumber, driver: GatewayDriver) -> None:
    """Make sure that what the gateway tells of the number comes here. Raises GatewayError."""
    driver.ensure_session(number.session_name, webhook_url=webhook_url(number), secret=number.webhook_secret)


def tell(number: WhatsAppNumber, status: SessionStatus) -> None:
    """What its gateway answered is so now. Nothing of a session that the number was moved away from meanwhile."""
    if not _is_current(number):
        return
    change = SessionChanged(status.state, status.reason, status.own)
    numbers.set_state(tenant_id=number.tenant_id, number_id=number.pk, change=change, is_asked=True)


def blamed(error: GatewayError) -> str:
    """What this failure says of the gateway, as a number's reason."""
    return error.code if error.code in GATEWAY_REASONS else UNREACHABLE


def _send(number: WhatsAppNumber, errand: Errand, value: str = "") -> None:
    if not link_slips.send(number.pk, errand, value):
        raise NumberError
    wake.up(Wake.LINK_STEP, tenant_id=number.tenant_id, row_id=number.pk)


def _is_current(number: WhatsAppNumber) -> bool:
    rows = WhatsAppNumber.objects.filter(tenant_id=number.tenant_id, pk=number.pk)
    return rows.filter(session_name=number.session_name).exists()


def _watch(number: WhatsAppNumber) -> None:
    """While somebody looks on: a gateway that tells nothing by itself is asked whether the scan is done."""
    if Capability.CONNECTION_EVENTS not in driver_named(number.driver).capabilities:
        wake.up(Wake.CHECK_NUMBER, tenant_id=number.tenant_id, row_id=number.pk)


def _find(tenant_id: int, number_id: int) -> WhatsAppNumber | None:
    number = WhatsAppNumber.objects.filter(tenant_id=tenant_id, pk=number_id).first()
    if number is None:
        logger.info("number is gone", extra={"number_id": number_id})
    return number


def _blame(number: WhatsAppNumber, error: GatewayError) -> None:
    _log_fault(number, error)
    rows = WhatsAppNumber.objects.filter(tenant_id=number.tenant_id, pk=number.pk)
    numbers.blame_gateway(numbers=rows, reason=blamed(error))


def _log_fault(number: WhatsAppNumber, error: GatewayError) -> None:
    logger.warning("gateway did not serve", extra={"number_id": number.pk, "code": error.code})
