import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Only web processes keep a pool: everything else forks or lives briefly.
os.environ.setdefault("DATABASE_POOL_SIZE", "8")

application = get_wsgi_application()
# What is loaded stays as long as the process: the collector need not go through it at each large answer.
gc.freeze()
