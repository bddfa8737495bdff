"""Which agent a dialler acts for: somebody who works for the legal entity of the key."""

from django.db.models import Q

from consent.api.problems import WrongFieldError
from consent.domain.call_desk.inbound import Desk
from consent.models import ApiKey
from customers.domain.staff import Duty, has_duty
from customers.models import StaffMember


def find_agent(key: ApiKey, name: str, duty: Duty) -> StaffMember:
    """The agent, who may do this and works for the legal entity; else the field is refused."""
    everywhere_or_here = Q(legal_entities__isnull=True) | Q(legal_entities=key.legal_entity_id)
    staff = StaffMember.objects.filter(everywhere_or_here, organisation=key.organisation_id)
    agent = staff.filter(username=name.replace("\0", "")).distinct().first()
    if agent is None or not has_duty(staff=agent, duty=duty):
        raise WrongFieldError(field="agent", detail="No agent of this legal entity has this name.")
    return agent


def desk_of(key: ApiKey, name: str) -> Desk:
    agent = find_agent(key, name, Duty.ANSWER_CALLS)
    entity = key.legal_entity
    return Desk(staff=agent, organisation=entity.organisation, legal_entities=(entity,))
