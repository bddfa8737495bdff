"""The settings of the product, with one more address to ask: the floor of the decision API."""

from config.settings import *  # noqa: F403  (all of them)

ROOT_URLCONF = "bench.urls"
# One key asks for everybody here.
API_REQUESTS_PER_MINUTE = API_BATCHES_PER_MINUTE = 10_000_000
