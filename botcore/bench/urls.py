"""The product's addresses and one more; only the bench's own web server uses it."""

from django.urls import include, path

from botcore.bench import views

INSERT_PATH = "/bench/insert"

urlpatterns = [
    path(INSERT_PATH.lstrip("/"), views.insert),
    path("", include("smmbot.urls")),
]
