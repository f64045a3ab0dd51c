from django.urls import path

from botcore.views import numbers

urlpatterns = [
    path("numbers/", numbers.index, name="numbers"),
]
