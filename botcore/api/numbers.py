from django.urls import path

from botcore.domain import gateways, numbers
from botcore.domain.number_states import BY_TEAM, explain
from botcore.errors import NumberError
from botcore.models import Gateway, WhatsAppNumber
from botcore.schemas.numbers import GatewayOut, MoveIn, NumberIn, NumberOut, NumberPatch
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
        "gateway": numbers.name_of(number.gateway),
        "state": number.state,
        "state_reason": number.state_reason,
        "state_text": f"{words.text} {words.advice}".strip(),
        "state_at": number.state_at,
        "linked_at": number.linked_at,
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
    rows = list(numbers.listed(tenant_id=request.tenant_id).select_related("gateway"))
    return ok(whole([number_out(row, request) for row in rows]))


@endpoint("POST", needs=Permission.MANAGE_NUMBERS, body=NumberIn, answers=(201,), out=NumberOut)
def add_number(request: ApiRequest) -> ApiResult:
    """Add a number and begin to link it; then ask for its QR code.

    accepts_risk is kept in the account's record.
    """
    number = numbers.add(
        tenant_id=request.tenant_id,
        name=request.body.name,
        gateway=_gateway(request.body.gateway_id) if request.body.gateway_id else gateways.default(),
        accepts_risk=request.body.accepts_risk,
        **request.who,
    )
    return created(number_out(number, request))


@endpoint("GET", needs=Permission.MANAGE_NUMBERS, out=NumberOut)
def show_number(request: ApiRequest, number_id: int) -> ApiResult:
    """One number with its state, in words too."""
    return ok(number_out(find(request, number_id), request))


@endpoint("PATCH", needs=Permission.MANAGE_NUMBERS, body=NumberPatch, out=NumberOut)
def change_number(request: ApiRequest, number_id: int) -> ApiResult:
    """Rename a number, or make it the default."""
    number = find(request, number_id)
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
    number = find(request, number_id)
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
    number = find(request, number_id)
    numbers.log_out(number=number, reason=BY_TEAM, **request.who)
    return accepted(number_out(number, request))


@endpoint("GET", needs=Permission.MANAGE_NUMBERS, out=listed(GatewayOut))
def list_gateways(request: ApiRequest) -> ApiResult:
    """What a number may be linked through; empty in the sandbox, where there is nothing to choose."""
    offered = gateways.offered()
    return ok(whole([{"id": one.pk, "name": one.name, "is_default": one == offered[0]} for one in offered]))


@endpoint("POST", needs=Permission.MANAGE_NUMBERS, body=MoveIn, answers=(202,), out=NumberOut)
def move_number(request: ApiRequest, number_id: int) -> ApiResult:
    """Have another gateway serve a number: its phone scans again, nothing else changes."""
    number = find(request, number_id)
    numbers.move(number=number, gateway=_gateway(request.body.gateway_id), **request.who)
    return accepted(number_out(find(request, number_id), request))


def find(request: ApiRequest, number_id: int) -> WhatsAppNumber:
    """Raises WhatsAppNumber.DoesNotExist, also for another tenant's."""
    return numbers.get_number(tenant_id=request.tenant_id, number_id=number_id)


def _gateway(gateway_id: int) -> Gateway:
    found = next((one for one in gateways.offered() if one.pk == gateway_id), None)
    if found is None:
        raise bad_request("invalid", "There is no such gateway.", gateway_id="Take one of GET /gateways.")
    return found


def _connect(request: ApiRequest, number_id: int) -> ApiResult:
    number = find(request, number_id)
    numbers.connect(number=number, **request.who)
    return accepted(number_out(number, request))


urlpatterns = [
    path("numbers", methods(list_numbers, add_number), name="api_numbers"),
    path("numbers/<int:number_id>", methods(show_number, change_number, remove_number), name="api_number"),
    path("numbers/<int:number_id>/connect", methods(connect_number), name="api_number_connect"),
    path("numbers/<int:number_id>/restart", methods(restart_number), name="api_number_restart"),
    path("numbers/<int:number_id>/logout", methods(log_out_number), name="api_number_logout"),
    path("numbers/<int:number_id>/move", methods(move_number), name="api_number_move"),
    path("gateways", methods(list_gateways), name="api_gateways"),
]
