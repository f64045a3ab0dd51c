from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("smmbot.site.urls")),
    path("webhooks/", include("botcore.webhook_urls")),
    path("admin/", admin.site.urls),
]
