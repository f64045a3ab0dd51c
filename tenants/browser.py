from django.http import HttpRequest

from smmbot.lib.client_address import client_address
from tenants.domain.sessions import Browser


def browser_of(request: HttpRequest) -> Browser:
    return Browser(client_address(request), request.headers.get("User-Agent", ""))
