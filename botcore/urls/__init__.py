from django.urls import include, path

urlpatterns = [
    path("", include("botcore.urls.numbers")),
    path("", include("botcore.urls.groups")),
    path("", include("botcore.urls.customers")),
    path("", include("botcore.urls.logs")),
    path("", include("botcore.urls.bot_settings")),
    path("", include("botcore.urls.message_templates")),
    path("", include("botcore.urls.providers")),
    path("", include("botcore.urls.sandbox_console")),
    path("", include("botcore.urls.sandbox_phone")),
]
