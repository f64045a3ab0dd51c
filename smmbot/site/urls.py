from django.urls import path

from smmbot.site import docs, health, help_page, overview, views

urlpatterns = [
    path("", views.landing, name="landing"),
    path("docs", docs.index, name="docs"),
    path("overview", overview.index, name="overview"),
    path("help", help_page.index, name="help"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
