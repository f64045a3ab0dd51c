from django.urls import path

from botcore.views import number_linking, number_sending, numbers

urlpatterns = [
    path("numbers/", numbers.index, name="numbers"),
    path("numbers/add/", numbers.add, name="number_add"),
    path("numbers/<int:number_id>/", number_sending.index, name="number"),
    path("numbers/<int:number_id>/restart/", numbers.restart, name="number_restart"),
    path("numbers/<int:number_id>/log-out/", numbers.log_out, name="number_log_out"),
    path("numbers/<int:number_id>/default/", numbers.make_default, name="number_default"),
    path("numbers/<int:number_id>/rename/", numbers.rename, name="number_rename"),
    path("numbers/<int:number_id>/move/", numbers.move, name="number_move"),
    path("numbers/<int:number_id>/remove/", numbers.remove, name="number_remove"),
    path("numbers/<int:number_id>/link/", number_linking.link, name="number_link"),
    path("numbers/<int:number_id>/connect/", number_linking.connect, name="number_connect"),
    path("numbers/<int:number_id>/pairing-code/", number_linking.ask_pairing_code, name="number_pairing"),
    path("numbers/<int:number_id>/passkey/", number_linking.answer_passkey, name="number_passkey"),
    path(
        "numbers/<int:number_id>/passkey/confirm/",
        number_linking.confirm_passkey,
        name="number_passkey_confirm",
    ),
    path("numbers/<int:number_id>/sandbox-scan/", number_linking.sandbox_scan, name="number_sandbox_scan"),
    path("numbers/<int:number_id>/play/", number_linking.play, name="number_play"),
    path("numbers/<int:number_id>/dead-letters/", number_sending.dead_letters, name="number_dead_letters"),
]
