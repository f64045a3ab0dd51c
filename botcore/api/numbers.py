from base64 import b64encode
from io import BytesIO

import segno
from django.urls import path

from botcore.domain import linking, numbers
from botcore.domain.number_states import BY_TEAM, explain
from botcore.errors import NumberError
from botcore.models import WhatsAppNumber
from botcore.sandbox import scanning
from botcore.schemas.numbers import NumberIn, NumberOut, NumberPatch, QrOut, ScanIn
from smmbot.api.answers import listed, whole
from smmbot.api.endpoint import ApiRequest, ApiResult, accepted, created, endpoint, methods, ok
from smmbot.api.errors import bad_request, translates
from tenants.permissions import Permission

translates(NumberError, status=409)


def number_out(number: WhatsAppNumber, request: ApiRequest) -> NumberOut:
    words = explain(number, now=request.now)
    return {
        "id": number.pk,
        "name": number.name,
        "phone": number.phone,
        "driver": number.driver,
        "state": number.state,
        "state_reason": number.state_reason,
        "state_text": f"{words.text} {words.advice}".strip(),
        "state_at": number.state_at,
        "last_seen_at": number.last_seen_at,
        "is_default": number.is_default,
        "unsent": getattr(number, "unsent", 0),  # of `numbers.listed`; one just added has none
        "created_at": number.created_at,
    }


@endpoint("GET", needs=Permission.MANAGE_NUMBERS, out=listed(NumberOut))
def list_numbers(request: ApiRequest) -> ApiResult:
    """The WhatsApp numbers of the account, the default first.

    An account has few of them: they come all at once.
    """
    rows = list(numbers.listed(tenant_id=request.tenant_id))
    return ok(whole([number_out(row, request) for row in rows]))


@endpoint("POST", needs=Permission.MANAGE_NUMBERS, body=NumberIn, answers=(201,), out=NumberOut)
def add_number(request: ApiRequest) -> ApiResult:
    """Add a number and begin to link it; then ask for its QR code."""
    number = numbers.add(tenant_id=request.tenant_id, name=request.body.name, **request.who)
    return created(number_out(number, request))


@endpoint("GET", needs=Permission.MANAGE_NUMBERS, out=NumberOut)
def show_number(request: ApiRequest, number_id: int) -> ApiResult:
    """One number with its state, in words too."""
    return ok(number_out(_number(request, number_id), request))


@endpoint("PATCH", needs=Permission.MANAGE_NUMBERS, body=NumberPatch, out=NumberOut)
def change_number(request: ApiRequest, number_id: int) -> ApiResult:
    """Rename a number, or make it the default."""
    number = _number(request, number_id)
    if request.body.is_default is False:
        raise bad_request(
            "invalid", "Make another number the default instead.", is_default="Only true is allowed."
        )
    if request.body.name is not None:
        numbers.rename(number=number, name=request.body.name, **request.who)
    if request.body.is_default:
        numbers.make_default(number=number, **request.who)
    return ok(number_out(number, request))


@endpoint("DELETE", needs=Permission.MANAGE_NUMBERS, is_fresh=True, answers=(202,), out=NumberOut)
def remove_number(request: ApiRequest, number_id: int) -> ApiResult:
    """Sign a number out and delete it with its chats. The message log stays."""
    number = _number(request, number_id)
    numbers.remove(number=number, **request.who)
    return accepted(number_out(number, request))


@endpoint("POST", needs=Permission.MANAGE_NUMBERS, answers=(202,), out=NumberOut)
def connect_number(request: ApiRequest, number_id: int) -> ApiResult:
    """Begin to link a number; a QR code follows unless it is linked already."""
    return _connect(request, number_id)


@endpoint("POST", needs=Permission.MANAGE_NUMBERS, answers=(202,), out=NumberOut)
def restart_number(request: ApiRequest, number_id: int) -> ApiResult:
    """Reach WhatsApp again without a new scan, where the link still stands."""
    return _connect(request, number_id)


@endpoint("POST", needs=Permission.MANAGE_NUMBERS, answers=(202,), out=NumberOut)
def log_out_number(request: ApiRequest, number_id: int) -> ApiResult:
    """End the link; the number stays and can be linked again."""
    number = _number(request, number_id)
    numbers.log_out(number=number, reason=BY_TEAM, **request.who)
    return accepted(number_out(number, request))


@endpoint("GET", needs=Permission.MANAGE_NUMBERS, out=QrOut)
def show_qr(request: ApiRequest, number_id: int) -> ApiResult:
    """The QR code to scan now; ask every two seconds until the state is open.

    text, png_base64 and expires_at are null while there is no code: the next one is on its way while the state is
    connecting or qr. After five minutes POST connect begins anew.
    """
    number = _number(request, number_id)
    code = linking.offer_qr(number=number, now=request.now)
    return ok(
        {
            "state": number.state,
            "text": code.text if code else None,
            "png_base64": _png(code.text) if code else None,
            "expires_at": code.expires_at if code else None,
        }
    )


@endpoint("POST", needs=Permission.MANAGE_NUMBERS, body=ScanIn, answers=(202,), out=NumberOut)
def scan_in_sandbox(request: ApiRequest, number_id: int) -> ApiResult:
    """Play the phone that scans a sandbox number's code. The state follows as a live gateway's would."""
    number = _number(request, number_id)
    scanning.scan(
        number=number,
        phone=request.body.phone.lstrip("+"),
        owner_phone=str(request.caller.user.phone).lstrip("+"),
    )
    return accepted(number_out(_number(request, number_id), request))


def _connect(request: ApiRequest, number_id: int) -> ApiResult:
    number = _number(request, number_id)
    numbers.connect(number=number, **request.who)
    return accepted(number_out(number, request))


def _number(request: ApiRequest, number_id: int) -> WhatsAppNumber:
    return numbers.get_number(tenant_id=request.tenant_id, number_id=number_id)


def _png(text: str) -> str:
    out = BytesIO()
    segno.make_qr(text, error="l").save(out, kind="png", scale=6, border=4)
    return b64encode(out.getvalue()).decode()


urlpatterns = [
    path("numbers", methods(list_numbers, add_number), name="api_numbers"),
    path("numbers/<int:number_id>", methods(show_number, change_number, remove_number), name="api_number"),
    path("numbers/<int:number_id>/connect", methods(connect_number), name="api_number_connect"),
    path("numbers/<int:number_id>/restart", methods(restart_number), name="api_number_restart"),
    path("numbers/<int:number_id>/logout", methods(log_out_number), name="api_number_logout"),
    path("numbers/<int:number_id>/qr", methods(show_qr), name="api_number_qr"),
    path("numbers/<int:number_id>/sandbox-scan", methods(scan_in_sandbox), name="api_number_sandbox_scan"),
]
