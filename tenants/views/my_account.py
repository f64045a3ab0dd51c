from django.http import HttpResponseBase
from django.shortcuts import render

from tenants.decorators import TenantRequest, needs


@needs(None)
def index(request: TenantRequest) -> HttpResponseBase:
    return render(request, "dashboard.html")
