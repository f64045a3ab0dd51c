from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("smmbot.site.urls")),
    path("", include("tenants.urls")),
    path("", include("botcore.urls")),
    path("api/v1/", include("smmbot.api_urls")),
    path("webhooks/", include("botcore.webhook_urls")),
    path("admin/", admin.site.urls),
]
