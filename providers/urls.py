from django.urls import path

from providers.views import providers

urlpatterns = [
    path("providers/", providers.index, name="providers"),
]
