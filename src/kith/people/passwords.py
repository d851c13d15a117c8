"""What a password must not be, beyond what Django asks for itself."""

from __future__ import annotations

from django.contrib.auth.password_validation import UserAttributeSimilarityValidator
from django.utils.translation import gettext as _


class NotTheirNameValidator(UserAttributeSimilarityValidator):
    """Refuses a password that is nearly the person's name or Kith name, and says so in those words."""

    def get_error_message(self) -> str:
        return _("This password is too much like your name or your Kith name.")
