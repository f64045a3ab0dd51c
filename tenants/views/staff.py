from django.http import HttpResponseBase
from django.shortcuts import render

from tenants.decorators import TenantRequest, needs
from tenants.permissions import Permission


@needs(Permission.MANAGE_STAFF)
def index(request: TenantRequest) -> HttpResponseBase:
    return render(request, "dashboard.html")
