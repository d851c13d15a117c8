"""Signing up, signing in, and what keeps an account safe.

The flows are allauth's; here are our forms, our words, and what allauth leaves open: sending that
fails or is asked for too often keeps what was typed, a code can be sent again without telling
whether the number is known, and a forgotten password is set anew by whoever signs in by code.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from allauth.account import views as allauth_views
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.internal.stagekit import clear_login
from allauth.core import ratelimit
from allauth.core.exceptions import RateLimited
from allauth.core.internal.httpkit import add_query_params
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, URLPattern, URLResolver, include, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from kith.core.errors import Refused
from kith.people.models import Person
from kith.people.sms import SmsFailed
from kith.web.accounts_forms import AskCodeForm, PasswordSignUpForm, PhoneSignUpForm, SignInCodeForm
from kith.web.middleware import ViewerRequest
from kith.web.preferences import set_preferences

CODE_IS_FRESH = 10 * 60
"""Seconds after signing in by code in which a new password may be set without the old one."""


class _KeepsWhatWasTyped:
    """A form whose message could not be sent comes back as it was, with the reason beside it."""

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        except RateLimited:
            form.add_error("phone", get_adapter().error_messages["rate_limited"])
        except Refused as refusal:
            form.add_error(_field_of(refusal, form), str(refusal))
        else:
            return response
        shown: HttpResponse = self.form_invalid(form)  # type: ignore[attr-defined]
        return shown


def _field_of(refusal: Refused, form: Any) -> str:
    field = {"handle": "username"}.get(named := getattr(refusal, "field", "phone"), named)
    return field if field in form.fields else NON_FIELD_ERRORS


def _stays(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Say why a message could not be sent, on the page from which it was asked for."""

    @wraps(view)
    def staying(request: HttpRequest, *args: Any, **options: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **options)
        except SmsFailed as refusal:
            messages.error(request, str(refusal))
        except RateLimited:
            messages.error(request, str(get_adapter().error_messages["rate_limited"]))
        return redirect(request.get_full_path())

    return staying


class SignUp(_KeepsWhatWasTyped, allauth_views.SignupView):  # type: ignore[misc]
    form_class = PhoneSignUpForm

    def get_form_class(self) -> type:
        return self.form_class


class SignUpWithPassword(SignUp):
    form_class = PasswordSignUpForm
    template_name = "account/signup_password.html"


class SignIn(allauth_views.LoginView):  # type: ignore[misc]
    """Both ways in on one page: a code to one's phone first, a password below."""

    def get_context_data(self, **extra: Any) -> dict[str, Any]:
        return {**super().get_context_data(**extra), "code_form": AskCodeForm()}


class AskCode(_KeepsWhatWasTyped, allauth_views.RequestLoginCodeView):  # type: ignore[misc]
    pass


class ForgotPassword(AskCode):
    """A code to one's phone, and then a new password."""

    template_name = "account/password_reset.html"

    def get_success_url(self) -> str:
        target = {"next": reverse("account_new_password")}
        return str(add_query_params(reverse("account_confirm_login_code"), target))


class EnterCode(allauth_views.ConfirmLoginCodeView):  # type: ignore[misc]
    """The code that was sent. An unknown number gets this page too, and no code fits."""

    def get_form_class(self) -> type:
        return SignInCodeForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "phone": self._process.state.get("phone")}

    def post(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponseBase:
        if request.POST.get("action") == "resend":
            return self._send_again()
        response: HttpResponseBase = super().post(request, *args, **options)
        return response

    def _send_again(self) -> HttpResponse:
        """Start over with the same number, known or not (allauth's own resending fails for unknown ones)."""
        phone = self._process.state["phone"]
        if not ratelimit.consume(self.request, action="request_login_code", key=phone):
            raise RateLimited
        LoginCodeVerificationProcess.initiate(request=self.request, user=self._process.user, phone=phone)
        messages.success(self.request, _("We have sent another code. Only the newest one works."))
        return redirect(self.request.get_full_path())


class NewPassword(allauth_views.PasswordSetView):  # type: ignore[misc]
    """A new password without the old one, for who has just shown by code that the number is theirs."""

    @method_decorator(login_required)
    def dispatch(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponseBase:
        if not _came_by_code(request):
            return redirect("account_change_password")
        # Past allauth's own check, which would ask for the old password.
        response: HttpResponseBase = super(allauth_views.PasswordSetView, self).dispatch(
            request, *args, **options
        )
        return response


def _came_by_code(request: HttpRequest) -> bool:
    oldest = time.time() - CODE_IS_FRESH
    records = get_authentication_records(request, request.user)
    return any(record["method"] == "code" and record["at"] > oldest for record in records)


@require_POST
def start_over(request: HttpRequest) -> HttpResponse:
    """Leave a sign-in that waits for its code, to use another number."""
    clear_login(request)
    return redirect("account_login")


@require_GET
@login_required
def welcome(request: HttpRequest) -> HttpResponse:
    """The first page of a new account: what Kith is, and that nothing is shared yet."""
    return render(request, "account/welcome.html", {"next_step": _address("privacy:open")})


def _address(name: str) -> str:
    """Where a page is, or the front page while an installation does without it."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return "/"


@require_GET
@login_required
@never_cache
def security(request: ViewerRequest) -> HttpResponse:
    """All that keeps the account safe, on one page."""
    person = cast("Person", request.user)
    shown = {
        "has_password": person.has_usable_password(),
        "has_second_factor": is_mfa_enabled(person),
    }
    return render(request, "account/security.html", shown)


class ChangePhone(_KeepsWhatWasTyped, allauth_views.ChangePhoneView):  # type: ignore[misc]
    pass


def _page(place: str, view: Any, name: str) -> URLPattern:
    page: URLPattern = path(place, view, name=name)
    return page


urlpatterns: list[URLPattern | URLResolver] = [
    _page("", security, "account_security"),
    _page("welcome/", welcome, "account_welcome"),
    _page("signup/", SignUp.as_view(), "account_signup"),
    _page("signup/password/", SignUpWithPassword.as_view(), "account_signup_password"),
    _page("login/", SignIn.as_view(), "account_login"),
    _page("login/code/", AskCode.as_view(), "account_request_login_code"),
    _page("login/code/confirm/", _stays(EnterCode.as_view()), "account_confirm_login_code"),
    _page("login/again/", start_over, "account_start_over"),
    _page("logout/", allauth_views.logout, "account_logout"),
    _page("inactive/", allauth_views.account_inactive, "account_inactive"),
    _page("reauthenticate/", allauth_views.reauthenticate, "account_reauthenticate"),
    _page("phone/verify/", _stays(allauth_views.verify_phone), "account_verify_phone"),
    _page("phone/change/", ChangePhone.as_view(), "account_change_phone"),
    _page("password/change/", allauth_views.password_change, "account_change_password"),
    _page("password/set/", allauth_views.password_set, "account_set_password"),
    _page("password/reset/", ForgotPassword.as_view(), "account_reset_password"),
    _page("password/new/", NewPassword.as_view(), "account_new_password"),
    _page("preferences/", set_preferences, "account_preferences"),
    path("second-factor/", include("allauth.mfa.urls")),
]
