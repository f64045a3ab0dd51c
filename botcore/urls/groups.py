from django.urls import path

from botcore.views import groups

urlpatterns = [
    path("groups/", groups.index, name="groups"),
    path("groups/sync/", groups.sync, name="groups_sync"),
    path("groups/bulk/", groups.bulk, name="groups_bulk"),
    path("groups/<int:group_id>/switch/", groups.switch, name="group_switch"),
    path("groups/<int:group_id>/provider/", groups.provider, name="group_provider"),
    path("groups/<int:group_id>/hide/", groups.hide, name="group_hide"),
    path("groups/<int:group_id>/show/", groups.show, name="group_show"),
]
