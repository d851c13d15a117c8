"""The forms of signing up, signing in, and what keeps an account safe: allauth's, in our words."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from allauth.core import context, ratelimit
from allauth.mfa.base import forms as second_factor_forms
from allauth.mfa.totp import forms as totp_forms
from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kith.people.phones import read_phone
from kith.people.profile import LONGEST_NAME, ProfileRefused, read_display_name
from kith.web.accounts_fields import CodeField
from kith.web.plain_forms import PlainForm, PlainWords

Words = str | Promise
PASSWORD_HINT = _("At least 8 characters, and nothing that is easy to guess.")


def _word(form: forms.Form, name: str, label: Words, hint: Words = "", **attributes: str) -> None:
    """Put a field of allauth's into our words: a label above it, and nothing inside it."""
    field: Any = form.fields[name]
    field.label, field.help_text = label, hint
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update(attributes)


class NameForm(PlainForm):
    display_name = forms.CharField(
        label=_("What do your friends call you?"),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def clean_display_name(self) -> str:
        try:
            return read_display_name(self.cleaned_data["display_name"])
        except ProfileRefused as refusal:
            raise ValidationError(str(refusal)) from None


class PhoneSignUpForm(NameForm, allauth_forms.SignupForm):  # type: ignore[misc]
    field_order = ("display_name", "phone")

    def _get_signup_fields(self, _options: dict[str, Any]) -> dict[str, dict[str, bool]]:
        return {"phone": {"required": True}}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _word(self, "phone", _("Phone number"), _("We send you a code to it. Nobody else sees it."))


class PasswordSignUpForm(NameForm, allauth_forms.SignupForm):  # type: ignore[misc]
    field_order = ("display_name", "username", "password1")

    def _get_signup_fields(self, _options: dict[str, Any]) -> dict[str, dict[str, bool]]:
        return {"username": {"required": True}, "password1": {"required": True}}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        hint = _("3 to 20 letters a–z, digits and _. You sign in with it, and friends find you by it.")
        _word(self, "username", _("Kith name"), hint, autocapitalize="none", spellcheck="false")
        _word(self, "password1", _("Password"), PASSWORD_HINT)


class SignInForm(PlainWords, allauth_forms.LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        widget = forms.TextInput(
            {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        )
        self.fields["login"] = forms.CharField(
            label=_("Phone number or Kith name"), max_length=40, widget=widget
        )
        _word(self, "password", _("Password"))

    def clean_login(self) -> str:
        """Settle what was typed, so that every way of writing it is one name to whoever counts tries."""
        login: str = super().clean_login()
        try:
            return read_phone(login)
        except ValueError:
            return login.removeprefix("@").lower()


class AskCodeForm(PlainWords, allauth_forms.RequestLoginCodeForm):  # type: ignore[misc]
    """A phone number to which a code is sent."""


class ChangePhoneForm(PlainWords, allauth_forms.ChangePhoneForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _word(self, "phone", _("New phone number"), _("We send a code to it."))


class _CountedTries(PlainWords):
    """Counts the tries at a number's codes, over all browsers: three in one, twenty in ten minutes."""

    phone: str | None
    cleaned_data: dict[str, Any]

    def clean_code(self) -> str:
        if not ratelimit.consume(context.request, action="enter_code", key=f"code:{self.phone}"):
            raise get_adapter().validation_error("too_many_login_attempts")
        code: str = super().clean_code()  # type: ignore[misc]
        return code


class SignInCodeForm(_CountedTries, allauth_forms.ConfirmLoginCodeForm):  # type: ignore[misc]
    code = CodeField()

    def __init__(self, *args: Any, **options: Any) -> None:
        self.phone = options.pop("phone")
        super().__init__(*args, **options)


class VerifyPhoneForm(_CountedTries, allauth_forms.VerifyPhoneForm):  # type: ignore[misc]
    code = CodeField()


class ChangePasswordForm(PlainWords, allauth_forms.ChangePasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["password2"]
        _word(self, "oldpassword", _("Your current password"))
        _word(self, "password1", _("New password"), PASSWORD_HINT)


class SetPasswordForm(PlainWords, allauth_forms.SetPasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["password2"]
        _word(self, "password1", _("New password"), PASSWORD_HINT)


class ConfirmPasswordForm(PlainWords, allauth_forms.ReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _word(self, "password", _("Your password"))


class SecondFactorForm(PlainWords, second_factor_forms.AuthenticateForm):  # type: ignore[misc]
    code = CodeField(label=_("Code from your app, or a backup code"))


class ConfirmSecondFactorForm(PlainWords, second_factor_forms.ReauthenticateForm):  # type: ignore[misc]
    code = CodeField(label=_("Code from your app, or a backup code"))


class ActivateAppForm(PlainWords, totp_forms.ActivateTOTPForm):  # type: ignore[misc]
    code = CodeField(label=_("The code that the app shows now"))
