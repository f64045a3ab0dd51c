from django.urls import path

from smmbot.api import openapi
from smmbot.api.endpoint import ApiRequest, ApiResult, endpoint, methods, ok


@endpoint("GET", is_public=True)
def document(request: ApiRequest) -> ApiResult:
    """This document."""
    return ok(openapi.document())


urlpatterns = [path("openapi.json", methods(document), name="openapi")]
