"""Settings, root urls and processes: how the product runs."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
