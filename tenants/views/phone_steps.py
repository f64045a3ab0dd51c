"""Two steps on one address: the phone, then the code it got and a password. Sign-up and a lost password both go so.

What step somebody is at stands in their own signed cookie, so the pages say nothing about who has an account.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from tenants.browser import browser_of
from tenants.domain import otp
from tenants.enums import OtpPurpose
from tenants.errors import AccountError, TooManyTries, WeakPassword, WrongCode
from tenants.forms.sign_in import CodeAndPasswordForm, PhoneForm

# Called with request, phone, code, password and the time; answers once all is right.
Finish = Callable[[HttpRequest, str, str, str, datetime], HttpResponse]


@dataclass(frozen=True, slots=True)
class Steps:
    """url_name: of the page; template: it extends tenants/sign_in/_steps.html."""

    url_name: str
    template: str
    purpose: OtpPurpose
    finish: Finish

    def answer(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return self._show(request)
        step = request.POST.get("step")
        phone = self._phone(request)
        if step == "restart":
            request.session.pop(self.url_name, None)
            return redirect(self.url_name)
        if step == "resend" and phone:
            return self._send(request, phone)
        if step == "code" and phone:
            return self._finish(request, phone)
        form = PhoneForm(request.POST)
        if not form.is_valid():
            return self._show(request, phone_form=form)
        return self._send(request, form.cleaned_data["phone"], form)

    def _send(self, request: HttpRequest, phone: str, form: PhoneForm | None = None) -> HttpResponse:
        now = timezone.now()
        try:
            otp.issue(purpose=self.purpose, phone=phone, address=browser_of(request).address, now=now)
        except TooManyTries as error:
            if form is not None:
                form.add_error(None, error.message)
                return self._show(request, phone_form=form, status=429)
            code_form = CodeAndPasswordForm()
            return self._show(request, code_form=code_form, problem=error.message, status=429)
        request.session[self.url_name] = {"phone": phone, "sent_at": now.timestamp()}
        return redirect(self.url_name)

    def _finish(self, request: HttpRequest, phone: str) -> HttpResponse:
        form = CodeAndPasswordForm(request.POST)
        if not form.is_valid():
            return self._show(request, code_form=form)
        code, password = form.cleaned_data["code"], form.cleaned_data["password"]
        try:
            response = self.finish(request, phone, code, password, timezone.now())
        except AccountError as error:
            fields: dict[type[AccountError], str] = {WeakPassword: "password", WrongCode: "code"}
            form.add_error(fields.get(type(error)), error.message)
            return self._show(request, code_form=form, status=429 if isinstance(error, TooManyTries) else 422)
        request.session.pop(self.url_name, None)
        return response

    def _show(
        self,
        request: HttpRequest,
        *,
        phone_form: PhoneForm | None = None,
        code_form: CodeAndPasswordForm | None = None,
        problem: str = "",
        status: int = 0,
    ) -> HttpResponse:
        phone = "" if phone_form else self._phone(request)
        form = phone_form or code_form or (CodeAndPasswordForm() if phone else PhoneForm())
        context = {
            "form": form,
            "phone": phone,
            "problem": problem,
            "wait_s": self._wait_s(request),
            "resend_after_s": int(otp.AGAIN_AFTER.total_seconds()),
            "minutes": int(otp.LIVES.total_seconds()) // 60,
            "is_demo": settings.DEMO,
        }
        return render(request, self.template, context, status=status or (422 if form.errors else 200))

    def _phone(self, request: HttpRequest) -> str:
        """Empty before the first step, and when the code of it is over."""
        return "" if self._sent_ago(request) is None else str(request.session[self.url_name]["phone"])

    def _wait_s(self, request: HttpRequest) -> int:
        ago = self._sent_ago(request)
        return 0 if ago is None else max(0, ceil((otp.AGAIN_AFTER - ago).total_seconds()))

    def _sent_ago(self, request: HttpRequest) -> timedelta | None:
        state = request.session.get(self.url_name)
        if state is None:
            return None
        ago = timedelta(seconds=timezone.now().timestamp() - state["sent_at"])
        return ago if ago < otp.LIVES else None
