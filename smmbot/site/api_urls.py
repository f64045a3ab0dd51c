"""The part of /api/v1 that spans areas."""

from smmbot.site.api import account, health, manual, overview, reference

urlpatterns = [
    *account.urlpatterns,
    *overview.urlpatterns,
    *health.urlpatterns,
    *manual.urlpatterns,
    *reference.urlpatterns,
]
