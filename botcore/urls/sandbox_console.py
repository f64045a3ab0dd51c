from django.urls import path

from botcore.views import sandbox_console

urlpatterns = [
    path("sandbox/", sandbox_console.index, name="sandbox"),
]
