"""Linking a number by script: its QR code, a code to type, a passkey; and the phone of a sandbox number, played."""

import json
from base64 import b64encode
from io import BytesIO

import segno
from django.urls import path

from botcore.api.numbers import find, number_out
from botcore.domain import linking
from botcore.domain.link_slips import KeptQr
from botcore.domain.number_states import step_problem
from botcore.models import WhatsAppNumber
from botcore.sandbox import playing, scanning
from botcore.schemas.numbers import (
    NumberOut,
    PairingIn,
    PairingOut,
    PasskeyIn,
    PasskeyOut,
    PlayIn,
    PlayOut,
    QrOut,
    ScanIn,
)
from smmbot.api.endpoint import ApiRequest, ApiResult, accepted, endpoint, methods, ok
from tenants.permissions import Permission


@endpoint("GET", needs=Permission.MANAGE_NUMBERS, out=QrOut)
def show_qr(request: ApiRequest, number_id: int) -> ApiResult:
    """The QR code to scan now; ask every two seconds until the state is open.

    All but the state is null while there is no code: the next one is on its way while the state is connecting or qr.
    After five minutes POST connect begins anew. Where the state is passkey, go on with GET passkey.
    """
    number = find(request, number_id)
    code = linking.offer_qr(number=number, now=request.now)
    return ok(
        {
            "state": number.state,
            "text": code.text or None if code else None,
            "png_base64": _png(code) if code else None,
            "expires_at": code.expires_at if code else None,
            "age_s": code.age_s(request.now) if code else None,
            "seconds_left": int((code.expires_at - request.now).total_seconds()) if code else None,
        }
    )


@endpoint("POST", needs=Permission.MANAGE_NUMBERS, body=PairingIn, answers=(202,), out=PairingOut)
def ask_pairing_code(request: ApiRequest, number_id: int) -> ApiResult:
    """Have a code fetched that is typed on the phone instead of scanning; then ask for it with GET."""
    number = find(request, number_id)
    linking.ask_pairing_code(number=number, phone=request.body.phone.lstrip("+"))
    return accepted(_pairing_out(number, request))


@endpoint("GET", needs=Permission.MANAGE_NUMBERS, out=PairingOut)
def show_pairing_code(request: ApiRequest, number_id: int) -> ApiResult:
    """The code to type under Linked devices, Link with phone number instead."""
    return ok(_pairing_out(find(request, number_id), request))


@endpoint("GET", needs=Permission.MANAGE_NUMBERS, out=PasskeyOut)
def show_passkey(request: ApiRequest, number_id: int) -> ApiResult:
    """What WhatsApp wants where an account has a passkey; ask every two seconds.

    While the state is passkey: a request that a browser extension signs on web.whatsapp.com; POST its answer. While it
    is passkey_confirm: a code to compare with the phone's; POST passkey/confirm.
    """
    return ok(_passkey_out(find(request, number_id)))


@endpoint("POST", needs=Permission.MANAGE_NUMBERS, body=PasskeyIn, answers=(202,), out=PasskeyOut)
def answer_passkey(request: ApiRequest, number_id: int) -> ApiResult:
    """Hand over what the browser signed."""
    number = find(request, number_id)
    linking.answer_passkey(number=number, credential=json.dumps(request.body.credential))
    return accepted(_passkey_out(number))


@endpoint("POST", needs=Permission.MANAGE_NUMBERS, answers=(202,), out=PasskeyOut)
def confirm_passkey(request: ApiRequest, number_id: int) -> ApiResult:
    """Say that the code is the one on the phone."""
    number = find(request, number_id)
    linking.confirm_passkey(number=number)
    return accepted(_passkey_out(number))


@endpoint("POST", needs=Permission.MANAGE_NUMBERS, body=ScanIn, answers=(202,), out=NumberOut)
def scan_in_sandbox(request: ApiRequest, number_id: int) -> ApiResult:
    """Play the phone that scans a sandbox number's code. The state follows as a live gateway's would."""
    number = find(request, number_id)
    scanning.scan(
        number=number,
        phone=request.body.phone.lstrip("+"),
        owner_phone=_own_phone(request),
        needs_passkey=request.body.needs_passkey,
    )
    return accepted(number_out(find(request, number_id), request))


@endpoint("GET", needs=Permission.MANAGE_NUMBERS, out=PlayOut)
def show_play(request: ApiRequest, number_id: int) -> ApiResult:
    """What the phone of a sandbox number shows, and what may happen to it now."""
    return ok(_play_out(find(request, number_id)))


@endpoint("POST", needs=Permission.MANAGE_NUMBERS, body=PlayIn, answers=(202,), out=PlayOut)
def play(request: ApiRequest, number_id: int) -> ApiResult:
    """Play the phone of a sandbox number: it drops, comes back, is banned … The state follows as a live gateway's
    would."""
    number = find(request, number_id)
    playing.play(number=number, act=request.body.act, owner_phone=_own_phone(request))
    return accepted(_play_out(find(request, number_id)))


def _pairing_out(number: WhatsAppNumber, request: ApiRequest) -> PairingOut:
    found = linking.pairing_code(number=number, now=request.now)
    return {
        "state": number.state,
        "phone": found.phone if found else None,
        "code": found.code or None if found else None,
        "problem": step_problem(found.problem) if found and found.problem else None,
        "expires_at": found.expires_at if found and found.code else None,
    }


def _passkey_out(number: WhatsAppNumber) -> PasskeyOut:
    step = linking.passkey_step(number=number)
    return {
        "state": number.state,
        "request": step.challenge or None if step else None,
        "code": step.confirmation or None if step else None,
        "problem": step_problem(step.problem) if step and step.problem else None,
    }


def _play_out(number: WhatsAppNumber) -> PlayOut:
    found = playing.look(number)
    return {
        "shows": found.shows,
        "acts": [act.value for act in found.acts],
        "passkey_answer": json.loads(found.passkey_answer) if found.passkey_answer else None,
    }


def _own_phone(request: ApiRequest) -> str:
    return str(request.caller.user.phone).lstrip("+")


def _png(code: KeptQr) -> str:
    if not code.text:
        return b64encode(code.png).decode()
    out = BytesIO()
    segno.make_qr(code.text, error="l").save(out, kind="png", scale=6, border=4)
    return b64encode(out.getvalue()).decode()


_NUMBER = "numbers/<int:number_id>"

urlpatterns = [
    path(f"{_NUMBER}/qr", methods(show_qr), name="api_number_qr"),
    path(f"{_NUMBER}/pairing-code", methods(show_pairing_code, ask_pairing_code), name="api_number_pairing"),
    path(f"{_NUMBER}/passkey", methods(show_passkey, answer_passkey), name="api_number_passkey"),
    path(f"{_NUMBER}/passkey/confirm", methods(confirm_passkey), name="api_number_passkey_confirm"),
    path(f"{_NUMBER}/sandbox-scan", methods(scan_in_sandbox), name="api_number_sandbox_scan"),
    path(f"{_NUMBER}/play", methods(show_play, play), name="api_number_play"),
]
