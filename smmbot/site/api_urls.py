"""The part of /api/v1 that spans areas."""

from smmbot.site.api import account, health, overview, reference

urlpatterns = [
    *account.urlpatterns,
    *overview.urlpatterns,
    *health.urlpatterns,
    *reference.urlpatterns,
]
