"""The stories of this app in the sample."""

from consent.management.sample_data.stories import STORIES
from scoring.management.sample_data.prospect import load_prospect
from scoring.management.sample_data.staying import load_staying
from scoring.management.sample_data.talent import load_talent_pool

STORIES.extend([load_prospect, load_staying, load_talent_pool])
