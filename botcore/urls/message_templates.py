from django.urls import path

from botcore.views import message_templates

urlpatterns = [
    path("templates/", message_templates.index, name="message_templates"),
]
