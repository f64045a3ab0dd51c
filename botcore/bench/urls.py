"""The product's addresses and one more; only the bench's own web server uses it."""

from django.urls import include, path

from botcore.bench import views

# Where webhooks are, so that both pass the same middleware.
INSERT_PATH = "/webhooks/bench-insert"

urlpatterns = [
    path(INSERT_PATH.lstrip("/"), views.insert),
    path("", include("smmbot.urls")),
]
