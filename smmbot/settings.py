"""Settings, all from the environment (see .env.example for every variable).

Two ways to run, told apart by DEMO: the demo (the default while neither DATABASE_URL nor REDIS_URL is set) starts
its own servers and uses public demo secrets; anything else is production and refuses to start on them.
"""

from pathlib import Path
from urllib.parse import urlsplit

import environ
import structlog
from django.core.exceptions import ImproperlyConfigured

from smmbot.lib import embedded, logs
from smmbot.lib.env import DEMO_SECRETS, production_problems

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

# --- the demo or production ------------------------------------------------------------------------------------

EMBEDDED_POSTGRES = not env.str("DATABASE_URL", default="")
EMBEDDED_REDIS = not env.str("REDIS_URL", default="")
DEMO = env.bool("DEMO", default=EMBEDDED_POSTGRES and EMBEDDED_REDIS)
DEBUG = env.bool("DEBUG", default=False)

if not DEMO:
    _names = (*DEMO_SECRETS, "DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS", "PUBLIC_URL", "ALLOW_PRIVATE_URLS")
    if _problems := production_problems({name: env.str(name, default="") for name in _names}):
        raise ImproperlyConfigured(
            "This is not fit for production (set DEMO=1 for a demo):\n"
            + "\n".join(f"  - {p}" for p in _problems)
        )
    if DEBUG:
        raise ImproperlyConfigured(
            "DEBUG=1 shows the inside of the site to strangers; production refuses it."
        )

SECRET_KEY = env.str("SECRET_KEY", default=DEMO_SECRETS["SECRET_KEY"])
TENANT_JWT_SECRET = env.str("TENANT_JWT_SECRET", default=DEMO_SECRETS["TENANT_JWT_SECRET"])
ADMIN_JWT_SECRET = env.str("ADMIN_JWT_SECRET", default=DEMO_SECRETS["ADMIN_JWT_SECRET"])
# Newest first: the first encrypts, all decrypt, so a key can be rotated.
FIELD_ENCRYPTION_KEY = env.list("FIELD_ENCRYPTION_KEY", default=[DEMO_SECRETS["FIELD_ENCRYPTION_KEY"]])

PUBLIC_URL = env.str("PUBLIC_URL", default=f"http://127.0.0.1:{env.int('PORT', default=8000)}").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
ALLOW_PRIVATE_URLS = env.bool("ALLOW_PRIVATE_URLS", default=DEMO)

# --- servers ---------------------------------------------------------------------------------------------------

DATABASE_URL = embedded.database_url() if EMBEDDED_POSTGRES else env.str("DATABASE_URL")
BEHIND_PGBOUNCER = env.bool("DATABASE_BEHIND_PGBOUNCER", default=False)
DATABASES = {
    "default": {
        **env.db_url_config(DATABASE_URL),
        "OPTIONS": {
            # One pool a process: a worker's many threads wait on panels most of the time and need few connections.
            "pool": {"min_size": 1, "max_size": env.int("DATABASE_POOL_SIZE", default=16), "timeout": 20},
            # Only a statement that asks for it is prepared (botcore/domain/inbox.py); none behind PgBouncer.
            "prepare_threshold": None if BEHIND_PGBOUNCER else 2**31,
        },
        "DISABLE_SERVER_SIDE_CURSORS": BEHIND_PGBOUNCER,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = embedded.redis_url() if EMBEDDED_REDIS else env.str("REDIS_URL")
REDIS_KEY_PREFIX = env.str("REDIS_KEY_PREFIX", default="smmbot")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": f"{REDIS_KEY_PREFIX}:cache",
    }
}

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="") or (
    embedded.broker_url() if EMBEDDED_REDIS else REDIS_URL
)
# Then a wake-up and its mark are one step (botcore/wake.py).
BROKER_IS_OUR_REDIS = env.str("CELERY_BROKER_URL", default="") in ("", REDIS_URL)

# --- Django ----------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "smmbot.apps.PlatformAdminConfig",  # Django's admin
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "csp",
    "django_celery_beat",
    "django_htmx",
    "phonenumber_field",
    "smmbot.apps.SmmbotConfig",
    "tenants.apps.TenantsConfig",
    "billing.apps.BillingConfig",
    "panel.apps.PanelConfig",
    "providers.apps.ProvidersConfig",
    "botcore.apps.BotcoreConfig",
    "marketing.apps.MarketingConfig",
]

MIDDLEWARE = [
    "smmbot.site.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "smmbot.site.middleware.WebhookMiddleware",
    # From here on for people and their browsers alone.
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tenants.middleware.SignedInMiddleware",
    "tenants.middleware.SignInFirstMiddleware",
    "smmbot.site.middleware.ZoneMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "smmbot.urls"
# Who is signed in stands in the database (tenants/domain/sessions.py); Django's own sessions keep nothing. Its admin
# only wants the middleware to be there.
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
WSGI_APPLICATION = "smmbot.wsgi.application"
AUTH_USER_MODEL = "tenants.User"
LOGIN_URL = "/login"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PHONENUMBER_DB_FORMAT = "E164"
PHONENUMBER_DEFAULT_FORMAT = "E164"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "libraries": {"ui": "smmbot.ui.templatetags.ui"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "smmbot.ui.context_processors.dashboard",
                "smmbot.site.context_processors.zone",
                "smmbot.site.context_processors.trouble",
            ],
        },
    }
]
# Fields are drawn by templates of ours (smmbot/ui/forms.py).
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEMO
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEMO  # the demo needs no collectstatic

LANGUAGE_CODE = "en"
FORMAT_MODULE_PATH = "smmbot.formats"
TIME_ZONE = "UTC"
USE_TZ = True

# --- security --------------------------------------------------------------------------------------------------

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Nothing inline, nothing from elsewhere; Tabler's icons in its style sheet are data: images.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEMO
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if urlsplit(PUBLIC_URL).scheme == "https" else []
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# Set only behind a proxy that replaces what strangers send in X-Forwarded-Proto and X-Forwarded-For.
BEHIND_TLS_PROXY = env.bool("BEHIND_TLS_PROXY", default=False)
if not DEMO:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    if BEHIND_TLS_PROXY:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- the bot ---------------------------------------------------------------------------------------------------

# Seconds one drain may hold a chat before another may take over. Longer than the longest panel call with retries.
CHAT_LEASE_S = env.float("CHAT_LEASE_S", default=60)
# Seconds a message or a reply may lie before the sweeper picks it up.
SWEEP_AFTER_S = env.float("SWEEP_AFTER_S", default=5)
# Calls a second to one panel key, all processes together; 0 switches the limiter off (bench only).
PANEL_RATE_LIMIT = env.int("PANEL_RATE_LIMIT", default=5)
# The same for one provider account.
PROVIDER_RATE_LIMIT = env.float("PROVIDER_RATE_LIMIT", default=2)
# The panel behind the Sandbox pages, as `manage.py runfakepanel` serves it. Empty: they play on real panels alone,
# which they only read.
SANDBOX_PANEL_URL = env.str("SANDBOX_PANEL_URL", default="")
SANDBOX_PANEL_KEY = env.str("SANDBOX_PANEL_KEY", default="")
# WhatsApp gateways the operator runs (botcore/domain/gateways.py); none of them: the sandbox. Tenants never see these.
EVOLUTION_API_URL = env.str("EVOLUTION_API_URL", default="")
EVOLUTION_API_KEY = env.str("EVOLUTION_API_KEY", default="")
WAHA_URL = env.str("WAHA_URL", default="")
WAHA_API_KEY = env.str("WAHA_API_KEY", default="")
GOWA_URL = env.str("GOWA_URL", default="")
GOWA_BASIC_AUTH = env.str("GOWA_BASIC_AUTH", default="")
# The built-in one, which `manage.py runwhatsapp` runs.
WHATSAPP_EMBEDDED = env.bool("WHATSAPP_EMBEDDED", default=False)
# The platform's language model, for tenants without one of their own. No key: no model, plain texts.
LLM_BASE_URL = env.str("LLM_BASE_URL", default="https://api.openai.com/v1")
LLM_API_KEY = env.str("LLM_API_KEY", default="")
LLM_MODEL = env.str("LLM_MODEL", default="gpt-4o-mini")

# --- Celery ----------------------------------------------------------------------------------------------------

CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "interactive"  # a Queue of botcore/enums.py
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A broker that is away must not hold a webhook for long.
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {"socket_timeout": 5, "socket_connect_timeout": 2}
if CELERY_BROKER_URL.startswith(("redis", "rediss")):
    CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"] = f"{REDIS_KEY_PREFIX}:celery:"
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BEAT_MAX_LOOP_INTERVAL = 5
CELERY_TIMEZONE = "UTC"

# --- sight -----------------------------------------------------------------------------------------------------

LOG_LEVEL = env.str("LOG_LEVEL", default="INFO").upper()
LOG_JSON = env.bool("LOG_JSON", default=True)
LOGGING = logs.config(level=LOG_LEVEL, as_json=LOG_JSON)
structlog.configure(**logs.structlog_config())

if SENTRY_DSN := env.str("SENTRY_DSN", default=""):
    logs.start_sentry(dsn=SENTRY_DSN, environment="demo" if DEMO else "production")
