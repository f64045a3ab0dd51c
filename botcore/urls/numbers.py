from django.urls import path

from botcore.views import numbers

urlpatterns = [
    path("numbers/", numbers.index, name="numbers"),
    path("numbers/add/", numbers.add, name="number_add"),
    path("numbers/<int:number_id>/link/", numbers.link, name="number_link"),
    path("numbers/<int:number_id>/connect/", numbers.connect, name="number_connect"),
    path("numbers/<int:number_id>/restart/", numbers.restart, name="number_restart"),
    path("numbers/<int:number_id>/log-out/", numbers.log_out, name="number_log_out"),
    path("numbers/<int:number_id>/default/", numbers.make_default, name="number_default"),
    path("numbers/<int:number_id>/rename/", numbers.rename, name="number_rename"),
    path("numbers/<int:number_id>/remove/", numbers.remove, name="number_remove"),
    path("numbers/<int:number_id>/sandbox-scan/", numbers.sandbox_scan, name="number_sandbox_scan"),
]
