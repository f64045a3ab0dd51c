from django.urls import path

from botcore.views import customers

urlpatterns = [
    path("customers/", customers.index, name="customers"),
]
