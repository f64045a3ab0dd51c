"""botcore's part of /api/v1; every area keeps its own table at the end of its api module."""

from botcore.api import (
    bot_settings,
    customers,
    groups,
    logs,
    message_templates,
    number_linking,
    number_sending,
    numbers,
    providers,
    sandbox_console,
    sandbox_phone,
)

urlpatterns = [
    *numbers.urlpatterns,
    *number_linking.urlpatterns,
    *number_sending.urlpatterns,
    *groups.urlpatterns,
    *customers.urlpatterns,
    *logs.urlpatterns,
    *bot_settings.urlpatterns,
    *message_templates.urlpatterns,
    *providers.urlpatterns,
    *sandbox_console.urlpatterns,
    *sandbox_phone.urlpatterns,
]
