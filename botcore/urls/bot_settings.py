from django.urls import path

from botcore.views import bot_settings

urlpatterns = [
    path("bot/", bot_settings.index, name="bot_settings"),
]
