from django.urls import path

from botcore.views import providers

urlpatterns = [
    path("providers/", providers.index, name="providers"),
    path("providers/add/", providers.add, name="provider_add"),
    path("providers/<int:provider_id>/", providers.edit, name="provider"),
    path("providers/<int:provider_id>/check/", providers.check, name="provider_check"),
    path("providers/<int:provider_id>/remove/", providers.remove, name="provider_remove"),
]
