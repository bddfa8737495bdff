import gc
import os
import sys

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Only web processes keep a pool: everything else forks or lives briefly.
os.environ.setdefault("DATABASE_POOL_SIZE", "8")

application = get_wsgi_application()
# What is loaded stays as long as the process: the collector need not go through it at each large answer.
gc.freeze()
# A batch makes tens of thousands of objects that live as long as its answer: no use to look through each 700.
gc.set_threshold(20_000, 10, 10)
# Whoever comes back from the database waits so long for a thread that is at work, three times for a question:
# with the usual five milliseconds that, and not the work, decides how long the slowest wait.
sys.setswitchinterval(0.0005)
