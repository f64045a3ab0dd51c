from datetime import datetime

from django.urls import path
from pydantic import Field

from botcore.errors import InvalidConfigValue
from smmbot.api.answers import TypedDict
from smmbot.api.body import Schema
from smmbot.api.endpoint import ApiRequest, ApiResult, endpoint, methods, ok
from smmbot.api.errors import bad_request
from smmbot.site import account
from tenants.models import Tenant
from tenants.permissions import Permission


class AccountIn(Schema):
    name: str | None = Field(None, min_length=1, max_length=100)
    time_zone: str | None = Field(
        None, max_length=20, description="An offset: UTC, UTC+6, UTC-5, UTC+5:30.", examples=["UTC+5:30"]
    )


class AccountOut(TypedDict):
    name: str
    time_zone: str
    created_at: datetime
    closes_at: datetime | None


def account_out(tenant: Tenant, shown: account.Account) -> AccountOut:
    return {
        "name": shown.name,
        "time_zone": shown.time_zone,
        "created_at": tenant.created_at,
        "closes_at": tenant.closes_at,
    }


@endpoint("GET", needs=Permission.MANAGE_STAFF, out=AccountOut)
def show(request: ApiRequest) -> ApiResult:
    """The account: its name, its time zone, and when it is deleted, if it is to be."""
    tenant = request.caller.tenant
    return ok(account_out(tenant, account.read(tenant)))


@endpoint("PATCH", needs=Permission.MANAGE_STAFF, body=AccountIn, out=AccountOut)
def change(request: ApiRequest) -> ApiResult:
    """Change the account's name or its time zone."""
    tenant = request.caller.tenant
    try:
        shown = account.change(
            tenant=tenant,
            name=request.body.name,
            time_zone=request.body.time_zone,
            **request.who,
        )
    except InvalidConfigValue as error:
        wanted = "A UTC offset such as UTC, UTC+6, UTC-5 or UTC+5:30."
        raise bad_request("invalid_config_value", wanted, time_zone=wanted) from error
    return ok(account_out(tenant, shown))


urlpatterns = [path("account", methods(show, change), name="api_account")]
