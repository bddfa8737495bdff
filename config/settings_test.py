"""The few things tests do differently."""

from config.settings import *  # noqa: F403  (all of it, then the changes)
from config.settings import DATABASE_OWNER, DATABASES, INSTALLED_APPS, STORAGES

for database in (DATABASES["default"], DATABASE_OWNER):
    database["OPTIONS"].pop("pool", None)
    database["CONN_MAX_AGE"] = 0

INSTALLED_APPS = [*INSTALLED_APPS, "django_migration_linter"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Files are read where they stand: nothing is collected for a test.
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
# The browser has the machine's clock: what ends by a clock that a test moved may have ended there already.
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_AGE = None
# A busy machine is no dead Redis: each question to the database is counted.
REDIS_SECONDS = 5
# Only the drill that measures it waits.
ANSWER_STEP_SECONDS = 0
