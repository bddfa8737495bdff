import os

from celery import Celery

from config import redis_transport

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

redis_transport.use()
app = Celery("jawoord")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
