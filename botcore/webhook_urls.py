from django.urls import path

from botcore import webhooks

urlpatterns = [path("whatsapp/<str:webhook_key>", webhooks.whatsapp, name="whatsapp-webhook")]
