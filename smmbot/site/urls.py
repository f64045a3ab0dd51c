from django.urls import path

from smmbot.site import account, docs, health, help_page, overview, views

urlpatterns = [
    path("", views.landing, name="landing"),
    path("docs", docs.index, name="docs"),
    path("docs/api", docs.api, name="docs_api"),
    path("overview", overview.index, name="overview"),
    path("overview/figures", overview.figures, name="overview_figures"),
    path("overview/chart", overview.chart, name="overview_chart"),
    path("overview/setup", overview.live_setup, name="overview_setup"),
    path("overview/check", overview.check, name="overview_check"),
    path("overview/mode", overview.choose_mode, name="overview_mode"),
    path("settings/", account.index, name="settings"),
    path("help", help_page.index, name="help"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
