"""/api/v1, area by area. Each area's table is beside its api.py."""

from django.urls import include, path, re_path

from smmbot.api.endpoint import not_found

urlpatterns = [
    path("", include("tenants.api_urls")),
    path("", include("botcore.api_urls")),
    path("", include("smmbot.site.api_urls")),
    re_path(r"^.*$", not_found),
]
