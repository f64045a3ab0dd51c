"""Stubs; the sign-in pages."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@login_not_required
def signup(request: HttpRequest) -> HttpResponse:
    return render(request, "public.html")


login = forgot = logout = confirm = switch_team = stop_impersonating = first_password = signup
