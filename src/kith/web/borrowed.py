"""Sentences that libraries say on our pages of their own accord, listed so that we say them plainly.

Nothing reads these tuples but a test: standing in the source is what brings a sentence into our
catalogue, and ours goes before the library's own. Only Chinese is retold; English stays as it is.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop, ngettext_lazy

FORMS = (
    gettext_noop("This field is required."),
    gettext_noop("Enter a whole number."),
    gettext_noop("Enter a number."),
    gettext_noop("Enter a valid date."),
    gettext_noop("Enter a list of values."),
    gettext_noop("Select a valid choice. %(value)s is not one of the available choices."),
    gettext_noop("Select a valid choice. That choice is not one of the available choices."),
    gettext_noop("Ensure this value is less than or equal to %(limit_value)s."),
    gettext_noop("Ensure this value is greater than or equal to %(limit_value)s."),
    gettext_noop("Null characters are not allowed."),
    gettext_noop("The submitted file is empty."),
    gettext_noop("This password is too common."),
    gettext_noop("This password is entirely numeric."),
)
"""Django's refusals, at a field."""

COUNTED = (
    ngettext_lazy(
        "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
        "limit_value",
    ),
    ngettext_lazy(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
    ),
)
"""The same, with a number in them."""

STAFF = (
    gettext_noop("Light"),
    gettext_noop("Dark"),
    gettext_noop("System"),
    gettext_noop("Type to search"),
    gettext_noop("Search apps and models..."),
    gettext_noop("No results matching your query"),
    gettext_noop("No results found"),
    gettext_noop("This page yielded into no results. Create a new item or reset your filters."),
    gettext_noop("Recent searches"),
    gettext_noop("No recent searches"),
    gettext_noop("Loading more results..."),
    gettext_noop("Filters"),
    gettext_noop("Apply Filters"),
    gettext_noop("Reset filters"),
    gettext_noop("Clear all filters"),
    gettext_noop("Select action"),
    gettext_noop("Select action to run"),
    gettext_noop("Select all rows"),
    gettext_noop("Select record"),
    gettext_noop("More actions"),
    gettext_noop("Run"),
    gettext_noop("Expand row"),
    gettext_noop("Toggle sorting"),
    gettext_noop("General"),
    gettext_noop("Go back"),
    gettext_noop("Return to site"),
    gettext_noop("All applications"),
    gettext_noop("Unknown"),
)
"""What django-unfold writes on the pages of staff; it brings no Chinese of its own."""
