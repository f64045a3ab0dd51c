from providers.api import providers

urlpatterns = [*providers.urlpatterns]
