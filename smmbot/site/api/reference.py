from typing import Any

from django.urls import path

from smmbot.api import openapi
from smmbot.api.answers import TypedDict
from smmbot.api.endpoint import ApiRequest, ApiResult, endpoint, methods, ok


class DocumentOut(TypedDict):
    """OpenAPI 3.1."""

    openapi: str
    info: dict[str, Any]
    paths: dict[str, Any]
    components: dict[str, Any]


@endpoint("GET", is_public=True, out=DocumentOut)
def document(request: ApiRequest) -> ApiResult:
    """This document."""
    return ok(openapi.document())


urlpatterns = [path("openapi.json", methods(document), name="openapi")]
