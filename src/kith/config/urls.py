"""Where each address leads."""

from __future__ import annotations

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, register_converter

from kith.core.ids import IdConverter

register_converter(IdConverter, "id")
# Staff sign in where everybody does: with the lock-out and the second factor.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

handler500 = "kith.web.failures.failed"
urlpatterns: list[URLPattern | URLResolver] = [
    path("staff/", admin.site.urls),
    path("accounts/", include("kith.web.accounts")),
    path("api/", include("kith.api.urls")),
    path("", include("kith.web.circle_urls")),
    path("shop/", include("kith.web.storefront_urls")),
    path("recalls/", include("kith.web.recalls")),
    path("transparency/", include("kith.web.transparency")),
    path("desk/", include("kith.web.merchant_desk_urls")),
    path("trusted/", include("kith.web.trusted_urls")),
    path("friends/", include("kith.web.friends_urls")),
    path("circles/", include("kith.web.circles_urls")),
    path("me/", include("kith.web.me_urls")),
    path("privacy/", include("kith.web.privacy_urls")),
    path("outside/", include("kith.web.outside_urls")),
]
