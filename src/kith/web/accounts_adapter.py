"""What allauth asks of us: whose number this is, how a code is sent, how an account is made.

Numbers are E.164. None of the answers tells whether a number has an account: an unknown one gets a
message as well, and the pages look the same.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal.httpkit import get_client_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kith.core.clock import utc_now
from kith.people import services, sms
from kith.people.models import Person
from kith.people.profile import ProfileRefused, read_handle
from kith.people.queries import find_account_by_phone
from kith.strangers.services import claim_phone, verify_phone
from kith.web.accounts_fields import PhoneField

DEMO_MESSAGE = "sms_demo"
"""Where the session keeps what the console sender printed, for the page beside it."""

SAID = {
    "account/messages/logged_out.txt": _("You are signed out."),
    "account/messages/password_changed.txt": _("Your new password is set."),
    "account/messages/password_set.txt": _("Your password is set."),
    "account/messages/phone_verified.txt": _("Your phone number is confirmed."),
    "mfa/messages/totp_activated.txt": _("The second step is on. Please keep the backup codes below."),
    "mfa/messages/totp_deactivated.txt": _("The second step is off."),
}
"""What is told of all that allauth would tell; the pages say the rest themselves."""

CODE_MINUTES = settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is closed."),
        "enter_current_password": _("That is not your current password."),
        "incorrect_code": _("That is not the code. Please look again."),
        "incorrect_password": _("That is not your password."),
        "invalid_login": _("Please enter a phone number or a Kith name."),
        "phone_password_mismatch": _("Number and password do not match. Please look again."),
        "username_password_mismatch": _("Kith name and password do not match. Please look again."),
        "phone_taken": _("This number belongs to another account. Sign in with it, or use another number."),
        "username_taken": _("Somebody else has this Kith name already. Please choose another."),
        "too_many_login_attempts": _("Too many tries. Please wait a few minutes and try again."),
        "rate_limited": _("That was quick. Please wait half a minute, then try again."),
        "same_as_current": _("That is your number already."),
    }

    # --- numbers

    def phone_form_field(self, **options: Any) -> forms.Field:
        return PhoneField(**options)

    def get_phone(self, user: Person) -> tuple[str, bool] | None:
        return (user.phone, user.phone_verified) if user.phone else None

    def set_phone(self, user: Person, phone: str, verified: bool) -> None:
        write = verify_phone if verified else claim_phone
        write(user, phone=phone)

    def set_phone_verified(self, user: Person, phone: str) -> None:
        verify_phone(user, phone=phone)

    def get_user_by_phone(self, phone: str) -> Person | None:
        return find_account_by_phone(phone)

    # --- messages to numbers

    def send_verification_code_sms(self, user: Person, phone: str, code: str, **_options: Any) -> None:
        self._send(sms.code_message(to=phone, code=code, minutes=CODE_MINUTES))

    def send_unknown_account_sms(self, phone: str, **_options: Any) -> None:
        address = settings.SITE_URL + reverse("account_signup")
        self._send(sms.unknown_account_message(to=phone, address=address))

    def send_account_already_exists_sms(self, phone: str) -> None:
        address = settings.SITE_URL + reverse("account_login")
        self._send(sms.account_exists_message(to=phone, address=address))

    def _send(self, message: sms.TextMessage) -> None:
        sms.sms_sender().send(message)
        if settings.SMS_SENDER == "console":
            self.request.session[DEMO_MESSAGE] = message.text if settings.SHOW_CODES else ""

    # --- accounts

    def save_user(self, request: HttpRequest, user: Person, form: Any, commit: bool = True) -> Person:
        """Make the account from a sign-up form. `user` is the empty one that allauth began with."""
        data = form.cleaned_data
        person = services.open_account(
            display_name=data["display_name"],
            handle=data.get("username", ""),
            password=data.get("password1"),
            language=get_language() or settings.LANGUAGE_CODE,
            care_mode=request.care,  # type: ignore[attr-defined]
            now=utc_now(),
        )
        if phone := data.get("phone"):
            claim_phone(person, phone=phone)
        return person

    def clean_username(self, username: str, shallow: bool = False) -> str:
        try:
            handle = read_handle(username)
        except ProfileRefused as refusal:
            raise ValidationError(str(refusal)) from None
        if not shallow and Person.objects.filter(handle=handle).exists():
            raise self.validation_error("username_taken")
        return handle

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_security")

    # --- what is said on the page

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        said = message or SAID.get(message_template or "")
        if said:
            messages.add_message(request, level, str(said), extra_tags=extra_tags)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Keeps the secrets of second factors encrypted: a stolen database alone opens no account."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("That is not the code. Please look again."),
    }

    def get_totp_label(self, user: Person) -> str:
        return user.handle

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode()).decode()


def _box() -> Fernet:
    key = hashlib.sha256(b"kith.second-factor:" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def client_address(request: HttpRequest) -> str | None:
    """The address that asks, past as many proxies of our own as the settings say."""
    address: str | None = get_client_ip(request)
    return address
