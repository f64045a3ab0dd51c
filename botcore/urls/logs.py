from django.urls import path

from botcore.views import logs

urlpatterns = [
    path("logs/", logs.index, name="logs"),
]
