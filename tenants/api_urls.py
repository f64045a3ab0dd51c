"""The part of /api/v1 that is about people: signing in, the team, keys, the record, background work."""

from tenants.api import account, auth, jobs, staff

urlpatterns = [*auth.urlpatterns, *staff.urlpatterns, *account.urlpatterns, *jobs.urlpatterns]
