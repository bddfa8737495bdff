"""A call desk to try: the charity's own calling policy, and a list of whoever may be called at loading."""

import datetime
from typing import Final

from consent.domain import jobs
from consent.domain.call_desk import filling, lists
from consent.domain.calling_policies import adopt_calling_policy
from consent.domain.engine.question import put_question
from consent.management.sample_data.by_code import find_entity, find_officer
from consent.models import CallingPolicy, Channel, Weekday
from customers.models import LegalEntity, StaffMember

ADOPTED_AT: Final = datetime.datetime(2026, 9, 1, 10, tzinfo=datetime.UTC)
SCRIPT: Final = {
    "nl": "Goedendag, u spreekt met Stichting HartHulp. Mag ik u iets vragen over ons werk? "
    "Wilt u niet meer gebeld worden, dan is één woord genoeg.",
    "en": "Good day, this is Stichting HartHulp. May I ask you something about our work for heart patients? "
    "If you do not want to be called again, one word is enough.",
}


def load_call_desk(*, now: datetime.datetime) -> None:
    """Adopt a calling policy, and open a list of everybody who may be asked for a gift by phone."""
    entity = find_entity(code="harthulp")
    _adopt_policy(entity)
    question = put_question(legal_entity=entity.code, purpose="fundraising", channel=Channel.CALL, now=now)
    call_list = lists.open_call_list(
        question=question,
        name="Donateurs bellen",
        script=SCRIPT,
        opened_by=_manager(entity),
        opened_at=now,
    )
    job = filling.start_filling(call_list=call_list, question=question, run=None, now=now)
    while jobs.advance(job_id=job.pk, chunk=lambda _job: filling.fill_chunk, now=now):
        pass


def _adopt_policy(entity: LegalEntity) -> None:
    policy = CallingPolicy(
        legal_entity=entity,
        weekdays=list(Weekday),
        opens=datetime.time(10),
        closes=datetime.time(20),
        maximum_attempts=3,
        days_between_attempts=2,
        reason="Niet voor tienen en niet na achten, en nooit twee dagen achter elkaar.",
        valid_from_date=ADOPTED_AT.date(),
    )
    adopt_calling_policy(policy=policy, decided_by=find_officer(entity=entity), decided_at=ADOPTED_AT)


def _manager(entity: LegalEntity) -> StaffMember:
    return StaffMember.objects.get(organisation=entity.organisation_id, role=StaffMember.Role.MARKETING)
