"""The stories of this app in the sample."""

from consent.management.sample_data.stories import STORIES
from scoring.management.sample_data.talent import load_talent_pool

STORIES.append(load_talent_pool)
