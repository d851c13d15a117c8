"""The one settings file. Everything that differs between installations comes from the environment.

Defaults are safe for a single machine; `config.checks` refuses to run them in production.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import environ
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _

from kith.config.logs import logging_config
from kith.config.serving import bounds, is_postgresql, with_bounds

env = environ.Env()

ENVIRONMENT = env("KITH_ENV", default="development")
"""development, test or production."""
PRODUCTION = ENVIRONMENT == "production"
DATA_DIR = Path(env("KITH_DATA_DIR", default="var")).absolute()
INSECURE_SECRET = "kith-development-only"
SECRET_KEY = env("SECRET_KEY", default=INSECURE_SECRET)
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_URL = env("SITE_URL", default=f"http://127.0.0.1:{env.int('KITH_PORT', default=8000)}")
REDIS_URL = env("REDIS_URL", default="")
"""Where jobs wait and counters stand, when there is a Redis; else in files and in memory."""

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "ninja",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "kith.rollout.waffle_app.WaffleWithoutCache",
    "kith.config",
    "kith.people",
    "kith.ties",
    "kith.rollout",
    "kith.audience",
    "kith.media",
    "kith.notices",
    "kith.shop",
    "kith.sharing",
    "kith.strangers",
    "kith.quality",
    "kith.web",
    "kith.api",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "kith.web.security.SecurityHeadersMiddleware",
    "kith.web.middleware.CompressionMiddleware",
    "kith.api.middleware.ApiMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "kith.web.middleware.ViewerMiddleware",
    "kith.web.preferences.PreferencesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "kith.config.urls"
WSGI_APPLICATION = "kith.config.wsgi.application"
AUTH_USER_MODEL = "people.Person"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Database -----------------------------------------------------------------

STATEMENT_TIMEOUT = env.float("KITH_STATEMENT_TIMEOUT", default=10.0)
"""Seconds that one statement of a request may take; 0, here and below: as long as it likes."""
LOCK_TIMEOUT = env.float("KITH_LOCK_TIMEOUT", default=5.0)
"""Seconds that it may wait for what somebody else holds."""
IDLE_TIMEOUT = env.float("KITH_IDLE_TIMEOUT", default=30.0)
"""Seconds that a request may hold a transaction without asking anything."""
WORK_TIMEOUT = env.float("KITH_WORK_TIMEOUT", default=3600.0)
"""Seconds for each of these in the worker and in commands."""
PREPARE = env.bool("KITH_PREPARE", default=True)
"""Whether PostgreSQL prepares what is asked often; no, behind a pooler that knows no prepared statements."""
DATABASE_POOL = env.int("KITH_DATABASE_POOL", default=0)
"""So many connections for all threads of a process of the web server; 0: each thread keeps one."""

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'kith.sqlite3'}")}
if env("REPLICA_URL", default=""):
    DATABASES["replica"] = env.db("REPLICA_URL")
for _alias, _database in DATABASES.items():
    _database["CONN_MAX_AGE"] = None
    if PREPARE and is_postgresql(_database):
        _database.setdefault("OPTIONS", {}).setdefault("prepare_threshold", 2)
    DATABASES[_alias] = with_bounds(
        _database, bounds(statement=WORK_TIMEOUT, lock=WORK_TIMEOUT, idle=WORK_TIMEOUT)
    )
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA page_size=16384; "  # of a new database: what is done in bulk is a fifth quicker
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; "
            "PRAGMA mmap_size=68719476736; "  # as much as can be is read without copying: a quarter quicker
            "PRAGMA cache_size=-16384;"  # KiB for what lies behind: of 8 GB it read a fifth quicker so
        ),
    }

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
if REDIS_URL:
    CACHES["default"] = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}

# --- Security and logs ----------------------------------------------------------

SESSION_ENGINE = "kith.web.sessions"
SESSION_COOKIE_SECURE = env.bool("SESSION_COOKIE_SECURE", default=PRODUCTION)
CSRF_COOKIE_SECURE = env.bool("CSRF_COOKIE_SECURE", default=PRODUCTION)
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=PRODUCTION)
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000 if PRODUCTION else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=False)
TRUSTED_PROXIES = env.int("KITH_PROXIES", default=0)
"""How many proxies of our own stand before us; the address that asks is the one they did not add."""
if TRUSTED_PROXIES:
    # Only a proxy that sets this header itself makes it true; from anybody else it is a claim.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
LOGGING = logging_config(as_json=PRODUCTION, level=env("KITH_LOG_LEVEL", default="INFO"))

# --- Accounts -------------------------------------------------------------------

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",  # first: who is locked out gets no further
    "kith.web.sessions.SignedIn",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "kith.people.passwords.NotTheirNameValidator",
        "OPTIONS": {"user_attributes": ["handle", "display_name"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ACCOUNT_ADAPTER = "kith.web.accounts_adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "handle"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_LOGIN_METHODS = {"username", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["phone", "username", "password1"]
SILENCED_SYSTEM_CHECKS = ["account.W001"]
"""Neither number nor name is required by itself: each of the two ways to sign up asks for one of them."""
ACCOUNT_SIGNUP_REDIRECT_URL = "account_welcome"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_PHONE_VERIFICATION_TIMEOUT = ACCOUNT_LOGIN_BY_CODE_TIMEOUT
ACCOUNT_PHONE_VERIFICATION_SUPPORTS_RESEND = True
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "dashed": False, "length": 6}
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60
ACCOUNT_FORMS = {
    "login": "kith.web.accounts_forms.SignInForm",
    "request_login_code": "kith.web.accounts_forms.AskCodeForm",
    "verify_phone": "kith.web.accounts_forms.VerifyPhoneForm",
    "change_phone": "kith.web.accounts_forms.ChangePhoneForm",
    "change_password": "kith.web.accounts_forms.ChangePasswordForm",
    "set_password": "kith.web.accounts_forms.SetPasswordForm",
    "reauthenticate": "kith.web.accounts_forms.ConfirmPasswordForm",
}
ACCOUNT_RATE_LIMITS = {
    # A code to a number: not twice in half a minute, ten a day; from one address sixty an hour.
    "request_login_code": "1/30s/key,10/d/key,60/h/ip",
    "verify_phone": "1/30s/key,10/d/key,60/h/ip",
    "change_phone": "10/h/user",
    # Tries at a number's codes, over all browsers; each browser has three for one code besides.
    "enter_code": "20/10m/key",
    # Wrong passwords for one name, from everywhere. From one address, axes locks earlier (below).
    "login_failed": "30/m/ip,10/5m/key",
}
MFA_ADAPTER = "kith.web.accounts_adapter.SecondFactorAdapter"
MFA_TOTP_ISSUER = "Kith"
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "kith.web.accounts_forms.SecondFactorForm",
    "reauthenticate": "kith.web.accounts_forms.ConfirmSecondFactorForm",
    "activate_totp": "kith.web.accounts_forms.ActivateAppForm",
}
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_USERNAME_FORM_FIELD = "username"
AXES_CLIENT_IP_CALLABLE = "kith.web.accounts_adapter.client_address"
AXES_LOCKOUT_TEMPLATE = "account/locked.html"
AXES_DISABLE_ACCESS_LOG = True
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "login", "csrfmiddlewaretoken"]
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# --- Features -------------------------------------------------------------------

WAFFLE_FLAG_MODEL = WAFFLE_SWITCH_MODEL = WAFFLE_SAMPLE_MODEL = "rollout.Feature"
"""One model of features. Named for all three, and with no migrations, so that waffle makes no table."""
MIGRATION_MODULES = {"waffle": None}
WAFFLE_ENABLE_ADMIN_PAGES = False

# --- Text messages ----------------------------------------------------------------

SMS_URL = env("SMS_URL", default="")
"""Where the operator's gateway takes messages; `people.sms` says how it is called."""
SMS_TOKEN = env("SMS_TOKEN", default="")
SMS_TIMEOUT = env.float("SMS_TIMEOUT", default=5.0)
SMS_SENDER = env("SMS_SENDER", default="http" if SMS_URL else "console")
"""http or console (prints messages: for demonstrations only)."""
SHOW_CODES = not PRODUCTION and env.bool("KITH_SHOW_CODES", default=False)
"""Show messages of the console sender in the page too, for a demonstration without a terminal in sight."""

# --- Strangers' channel ---------------------------------------------------------

CONTACT_KEYS = env.list("KITH_CONTACT_KEYS", default=[])
"""Under which numbers that people hide from are hashed; the first for new ones. Never in the database."""
CONTACT_KEYS_ARE_SET = bool(CONTACT_KEYS)
CONTACT_KEYS = CONTACT_KEYS or [f"{SECRET_KEY}:hidden contacts"]

# --- API ------------------------------------------------------------------------

API_LIMITS = {
    "person": "600/minute",
    "writes": "120/minute",
    "finding": "30/hour",
    "address": "120/minute",
    "intake": "600/minute",
} | env.dict("KITH_API_LIMITS", default={})
"""How often: a person with a token; what changes anything; finding people by handle, number or
invitation; somebody without a valid token, by address; one host shop's batches."""
API_LIMITS_STORAGE = REDIS_URL or "in-memory://"

# --- Pages --------------------------------------------------------------------

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [Path(__file__).parents[1] / "web" / "templates"],
        "OPTIONS": {
            "environment": "kith.web.jinja.environment",
            "context_processors": [
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kith.web.places.about_page",
            ],
        },
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
]
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
WHITENOISE_USE_FINDERS = not PRODUCTION
"""Outside production, static files are served from where they lie; there is nothing to collect."""
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
MEDIA_ROOT = DATA_DIR / "photos"
PAPERS_ROOT = DATA_DIR / "papers"
"""Laboratory reports that merchants handed in. Served by nothing but the pages that ask who reads."""

# --- Staff pages ----------------------------------------------------------------

UNFOLD = {
    "SITE_TITLE": "Kith",
    "SITE_HEADER": "Kith",
    "SITE_SUBHEADER": _("for the shop's staff"),
    "SITE_SYMBOL": "storefront",
    "SITE_URL": "/shop/",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda _request: static("kith/icon.svg")},
    ],
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "8px",
    "COLORS": {
        "primary": {
            "50": "#fdf4f1", "100": "#f9e6df", "200": "#f2c9bb", "300": "#e9a48d", "400": "#dd7a5c",
            "500": "#cc5636", "600": "#ab3219", "700": "#8f2a16", "800": "#732414", "900": "#5b1f13",
            "950": "#350f08",
        },
    },
}  # fmt: skip

# --- Languages and time --------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGE_COOKIE_NAME = "kith_language"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [Path(__file__).parents[1] / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
DISPLAY_TIME_ZONE = env("KITH_TIME_ZONE", default="Asia/Shanghai")

# --- Bounds ---------------------------------------------------------------------

LOOK_UPS_PER_HOUR = env.int("KITH_LOOK_UPS_PER_HOUR", default=30)
"""How many people somebody may look for by name or number: numbers could be tried one after the other."""

# --- Quality --------------------------------------------------------------------

STANDARDS_DIR = env("KITH_STANDARDS_DIR", default="")
"""A folder with more standards that listings are held to, one TOML file each, beside those we ship."""
QUALITY_BUYERS_TOLD_DAYS = env.int("KITH_BUYERS_TOLD_DAYS", default=183)
"""Who bought something so long ago or less is told when it is taken down or recalled."""
QUALITY_APPEAL_DAYS = env.int("KITH_APPEAL_DAYS", default=183)
"""So long a merchant may appeal against a decision: six months, by art. 20 of the Digital Services Act."""
QUALITY_LEAST_PRECISION = env.float("KITH_LEAST_PRECISION", default=0.9)
"""Of a sample that people looked at, the lower end of the interval for the share that was right must be at
least this, or a sweep is carried out only by somebody who says why."""
SWEEP_ENGINE = env("KITH_SWEEP_ENGINE", default="duckdb")
"""What carries out the rules of a sweep: duckdb, or spark (the extra sweep-spark)."""
SPARK_MASTER = env("KITH_SPARK_MASTER", default="local[*]")
"""Where Spark computes: in a process of its own on this machine, or on a cluster, spark://HOST:PORT."""
SPARK_FILES = env("KITH_SPARK_FILES", default="")
"""A folder that this machine and all of the cluster see by the same name."""
QUALITY_CLOSING_NUMBER = env.int("KITH_CLOSING_NUMBER", default=20)
QUALITY_CLOSING_SHARE = env.float("KITH_CLOSING_SHARE", default=0.5)
"""A shop is proposed for closing when so many of its listings are taken down, or this share of them."""
