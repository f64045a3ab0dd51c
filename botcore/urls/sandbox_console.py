from django.urls import path

from botcore.views import sandbox_console

urlpatterns = [
    path("sandbox/", sandbox_console.index, name="sandbox"),
    path("sandbox/send/", sandbox_console.send, name="sandbox_send"),
    path("sandbox/clear/", sandbox_console.clear, name="sandbox_clear"),
    path("sandbox/messages/<int:message_id>/", sandbox_console.trace, name="sandbox_trace"),
]
