from django.urls import path

from botcore.views import bot_settings

urlpatterns = [
    path("bot/", bot_settings.index, name="bot_settings"),
    path("bot/check-panel", bot_settings.check_panel, name="check_panel"),
    path("bot/check-model", bot_settings.check_model, name="check_model"),
    path("bot/panels", bot_settings.save_panel, name="save_panel"),
    path("bot/panels/<int:connection_id>/use", bot_settings.use_panel, name="use_panel"),
    path("bot/panels/<int:connection_id>/remove", bot_settings.remove_panel, name="remove_panel"),
    path("bot/reset/<str:key>", bot_settings.reset, name="reset_setting"),
    path("bot/<str:section>", bot_settings.section, name="bot_settings_section"),
]
