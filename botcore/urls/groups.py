from django.urls import path

from botcore.views import groups

urlpatterns = [
    path("groups/", groups.index, name="groups"),
]
