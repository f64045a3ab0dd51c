from django.urls import path

from botcore.views import logs

urlpatterns = [
    path("logs/", logs.index, name="logs"),
    path("logs/new", logs.newer, name="logs_new"),
    path("logs/status", logs.bulk_status, name="logs_status"),
    path("logs/rerun", logs.bulk_rerun, name="logs_rerun"),
    path("logs/export", logs.export, name="logs_export"),
    path("logs/<int:log_id>", logs.show, name="log"),
    path("logs/<int:log_id>/status", logs.set_status, name="log_status"),
    path("logs/<int:log_id>/memo", logs.set_memo, name="log_memo"),
    path("logs/<int:log_id>/rerun", logs.rerun, name="log_rerun"),
    path("logs/<int:log_id>/order", logs.live_order, name="log_order"),
    path("logs/<int:log_id>/approve", logs.approve, name="log_approve"),
    path("logs/<int:log_id>/refuse", logs.refuse, name="log_refuse"),
]
