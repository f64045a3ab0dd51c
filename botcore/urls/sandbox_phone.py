from django.urls import path

from botcore.views import sandbox_phone

urlpatterns = [
    path("sandbox-phone", sandbox_phone.index, name="sandbox_phone"),
]
