import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Only web processes keep a pool: everything else forks or lives briefly.
os.environ.setdefault("DATABASE_POOL_SIZE", "8")

application = get_wsgi_application()
# What is loaded stays as long as the process: the collector need not go through it at each large answer.
gc.freeze()
# A batch makes tens of thousands of objects that live as long as its answer: no use to look through each 700.
gc.set_threshold(20_000, 10, 10)
