from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules

from consent.management.sample_data.accountability import load_accountability
from consent.management.sample_data.call_desk import load_call_desk
from consent.management.sample_data.departments import load_departments
from consent.management.sample_data.forms import load_forms
from consent.management.sample_data.generated import load_generated
from consent.management.sample_data.notices import load_notices
from consent.management.sample_data.organisations import ORGANISATIONS, load_organisations
from consent.management.sample_data.people_elsewhere import load_others
from consent.management.sample_data.people_shoppers import load_shoppers
from consent.management.sample_data.people_supporters import load_supporters
from consent.management.sample_data.places import load_places
from consent.management.sample_data.processors import load_processors
from consent.management.sample_data.purposes import load_purposes
from consent.management.sample_data.rights import load_rights
from consent.management.sample_data.staff import load_staff
from consent.management.sample_data.staff_acts import load_staff_acts
from consent.management.sample_data.statements import load_second_versions, load_statements
from consent.management.sample_data.stories import STORIES
from customers.models import Contact, Organisation


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """What stands in the database after loading."""

    organisations: int
    contacts: int


# One transaction: a load that is broken off leaves nothing, so that the next start begins again.
@transaction.atomic
def load_sample(*, people: int) -> Loaded | None:
    """Load the sample, with this many generated people; None when it was loaded before."""
    if Organisation.objects.filter(code__in=ORGANISATIONS).exists():
        return None
    load_organisations()
    load_departments()
    load_staff()
    load_purposes()
    load_notices()
    load_statements()
    load_forms()
    load_places()
    load_shoppers()
    load_supporters()
    load_others()
    load_generated(people=people)
    load_second_versions()
    load_accountability()
    load_rights(now=timezone.now())
    load_call_desk(now=timezone.now())
    load_staff_acts(now=timezone.now())
    load_processors(now=timezone.now())
    autodiscover_modules("management.sample_data.stories")
    for tell in STORIES:
        tell(now=timezone.now())
    return Loaded(organisations=len(ORGANISATIONS), contacts=Contact.objects.count())
