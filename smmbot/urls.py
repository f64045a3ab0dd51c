from django.contrib import admin
from django.urls import include, path

handler500 = "smmbot.site.views.server_error"
# Tried from the top: what is called most comes first, for every screen's address costs a comparison.
urlpatterns = [
    path("webhooks/", include("botcore.webhook_urls")),
    path("api/v1/", include("smmbot.api_urls")),
    path("admin/", admin.site.urls),
    path("", include("smmbot.site.urls")),
    path("", include("tenants.urls")),
    path("", include("botcore.urls")),
]
