"""The settings. Every difference between deployments is an environment variable."""

from typing import Any

import django_stubs_ext
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config import environment
from config.broker import broker_url, transport_options
from config.databases import application_database, owner_database
from config.embedded.places import private_redis_url
from config.environment import BASE_DIR, KEY_RINGS, env, number, text
from config.mail import email_settings

django_stubs_ext.monkeypatch()

PRODUCTION = environment.in_production()
DEPLOYMENT = "production" if PRODUCTION else "trial"
STATE_DIR = environment.state_dir()

DEBUG = environment.debug(production=PRODUCTION)
SECRET_KEY = environment.secret_key(production=PRODUCTION, state=STATE_DIR)
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", default=[])
LINK_KEYS, SUPPRESSION_KEYS, EVIDENCE_KEYS, SEAL_KEYS = (
    environment.key_ring(name=name, production=PRODUCTION, state=STATE_DIR) for name in KEY_RINGS
)
ALLOWED_HOSTS = environment.allowed_hosts(production=PRODUCTION)
PUBLIC_URL = environment.public_url(production=PRODUCTION)
SEAL_ORIGIN = environment.seal_origin(url=PUBLIC_URL)
SEAL_RETIRED_KEYS = environment.retired_seal_keys()
# Best a place that other people than the owner of the database look after.
CHECKPOINT_DIR = text(name="CHECKPOINT_DIR")
TSA_URL, TSA_CERTIFICATES = environment.stamping_authority(folder=CHECKPOINT_DIR)
TRUSTED_PROXIES = number(name="TRUSTED_PROXIES", default=0)

INSTALLED_APPS = [
    "config",
    "scoring",
    "consent",
    "customers",
    "config.apps.StaffPagesConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "phonenumber_field",
    "csp",
]

MIDDLEWARE = [
    "config.middleware.ProtectiveHeadersMiddleware",
    "config.middleware.ContentPolicyMiddleware",
    "config.middleware.ProgramsMiddleware",
    "config.middleware.ClientAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.middleware.CalmRefusalMiddleware",
    "config.staff_acts.StaffActsMiddleware",
    "config.step_up.StepUpMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES: dict[str, dict[str, Any]] = {
    "default": application_database(production=PRODUCTION, state=STATE_DIR),
}
DATABASE_OWNER = owner_database(application=DATABASES["default"], state=STATE_DIR)
DATABASE_APPLICATION_ROLE: str = DATABASES["default"]["USER"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "customers.StaffMember"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "admin:login"

LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", _("Dutch")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
TIME_ZONE = "Europe/Amsterdam"
USE_TZ = True
PHONENUMBER_DB_FORMAT = "E164"
PHONENUMBER_DEFAULT_FORMAT = "INTERNATIONAL"

STATIC_URL = "static/"
STATIC_ROOT = STATE_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Nothing asks for a file without the hash in its name.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "config.static_storage.StaticStorage"
        ),
    },
}

MAIL = email_settings(production=PRODUCTION, state=STATE_DIR)
EMAIL_BACKEND = MAIL.backend
EMAIL_HOST, EMAIL_PORT = MAIL.host, MAIL.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL.user, MAIL.password
EMAIL_USE_TLS, EMAIL_USE_SSL = MAIL.use_tls, MAIL.use_ssl
EMAIL_TIMEOUT = 10
MAILBOX_DIR = MAIL.mailbox
DEFAULT_FROM_EMAIL = MAIL.sender
SERVER_EMAIL = MAIL.sender
SMS_GATEWAY = text(name="SMS_GATEWAY", default="" if PRODUCTION else f"file:{STATE_DIR / 'sms'}")

# For trials: webhooks may also go to this machine, without TLS.
WEBHOOK_LOOPBACK = environment.webhook_loopback(production=PRODUCTION)

REDIS_URL = environment.redis_url(production=PRODUCTION) or private_redis_url(state=STATE_DIR)
# A page waits no longer for Redis to count its visitors; the database counts instead.
REDIS_SECONDS = 0.2
CELERY_BROKER_URL = broker_url(state=STATE_DIR)
CELERY_BROKER_TRANSPORT_OPTIONS = transport_options(url=CELERY_BROKER_URL)
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = text(name="BROKER_QUEUE", default="jawoord")
CELERY_TASK_DEFAULT_QUEUE_TYPE = "quorum" if CELERY_BROKER_URL.startswith("amqp") else "classic"
CELERY_TASK_CREATE_MISSING_QUEUE_TYPE = CELERY_TASK_DEFAULT_QUEUE_TYPE
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Nobody steers workers from afar, and RabbitMQ would keep that queue locked for a worker just killed.
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_TASK_SOFT_TIME_LIMIT = 10
CELERY_TASK_TIME_LIMIT = 15
CELERY_TASK_IGNORE_RESULT = True
# A dead broker must not hold up a page: the outbox sweep sends what was not announced.
CELERY_TASK_PUBLISH_RETRY_POLICY = {
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}
CELERY_TASK_SERIALIZER = "json"
CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = TIME_ZONE
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "deliver-outbox": {"task": "consent.tasks.deliver_outbox", "schedule": 10.0, "options": {"expires": 10}},
    "deliver-notifications": {
        "task": "consent.tasks.deliver_notifications",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "expire-relations": {
        "task": "consent.tasks.expire_relations",
        "schedule": 900.0,
        "options": {"expires": 900},
    },
    "seal-ledger": {"task": "consent.tasks.seal_ledger", "schedule": 20.0, "options": {"expires": 20}},
    "publish-checkpoint": {
        "task": "consent.tasks.publish_checkpoint",
        "schedule": 600.0,
        "options": {"expires": 600},
    },
    "sweep-jobs": {"task": "consent.tasks.sweep_jobs", "schedule": 15.0, "options": {"expires": 15}},
    "delete-expired-files": {
        "task": "consent.tasks.delete_expired_files",
        "schedule": 600.0,
        "options": {"expires": 600},
    },
    "apply-retention": {
        "task": "consent.tasks.apply_retention",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "make-ready": {"task": "consent.tasks.make_ready", "schedule": 2.0, "options": {"expires": 2}},
    "reconcile-records": {
        "task": "consent.tasks.reconcile_records",
        "schedule": 86400.0,
        "options": {"expires": 86400},
    },
    "verify-ledger": {
        "task": "consent.tasks.verify_ledger",
        "schedule": 86400.0,
        "options": {"expires": 86400},
    },
    "count-figures": {"task": "consent.tasks.count_figures", "schedule": 60.0, "options": {"expires": 60}},
    "mail-digests": {
        "task": "consent.tasks.mail_digests",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "remind-officers": {
        "task": "consent.tasks.remind_officers",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    # Seconds after something was told it is in the scores.
    "update-scores": {"task": "scoring.tasks.update_scores", "schedule": 2.0, "options": {"expires": 2}},
    "rescore-daily": {
        "task": "scoring.tasks.rescore_daily",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "run-campaigns": {
        "task": "scoring.tasks.run_campaigns",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "run-journeys": {
        "task": "scoring.tasks.run_journeys",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "keep-talent-pools": {
        "task": "scoring.tasks.keep_talent_pools",
        "schedule": 600.0,
        "options": {"expires": 600},
    },
    "lapse-requests": {
        "task": "consent.tasks.lapse_requests",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
}
CELERY_BEAT_SCHEDULE_FILENAME = str(STATE_DIR / "beat-schedule")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "base-uri": [NONE],
        "object-src": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_AGE = 12 * 3600
COOKIE_PREFIX = "__Host-" if PRODUCTION else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}session"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrf"
CSRF_FAILURE_VIEW = "config.errors.not_from_our_page"
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
# What one key may ask the API within a minute.
API_REQUESTS_PER_MINUTE = number(name="API_REQUESTS_PER_MINUTE", default=12_000)
API_BATCHES_PER_MINUTE = number(name="API_BATCHES_PER_MINUTE", default=60)
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# Pages that take somebody's address answer at whole steps of this, so that the time tells nothing.
ANSWER_STEP_SECONDS = 0.25

if PRODUCTION:
    SECURE_SSL_REDIRECT = True
    # One-click unsubscription must be answered where it arrives; probes come from inside.
    SECURE_REDIRECT_EXEMPT = [r"^unsubscribe/", r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    # The preload list binds a whole domain for years: its holder decides, not this product.
    SILENCED_SYSTEM_CHECKS = ["security.W021"]
    if TRUSTED_PROXIES > 0:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Only what happened, never who: addresses, names and query strings stay out of the log.
LOG_LEVEL = environment.log_level()
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "config.log.UtcFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.request": {"level": "ERROR"},  # its warnings print the address of the page
        "django.server": {"handlers": [], "propagate": True, "level": "ERROR"},
        "celery.app.trace": {"level": "WARNING"},
    },
}
