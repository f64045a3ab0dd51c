from django.urls import path

from botcore.views import message_templates

urlpatterns = [
    path("templates/", message_templates.index, name="message_templates"),
    path("templates/<str:key>", message_templates.edit, name="message_template"),
    path("templates/<str:key>/preview", message_templates.preview, name="preview_template"),
    path("templates/<str:key>/reset", message_templates.reset, name="reset_template"),
]
