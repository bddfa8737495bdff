"""A dry run of a campaign that is for everybody, as workers count it, beside a bare count of permissions."""

from django.db import connection

from bench.timing import best, now, say
from consent.domain import jobs
from consent.models import Job, Purpose
from consent.tasks import chunk_of
from customers.models import LegalEntity, ProductGroup
from scoring.domain.campaigns.dry_run import start_dry_run
from scoring.models import Campaign

BARE = """
SELECT record.status, count(DISTINCT contact.id)
FROM customers_contact contact
LEFT JOIN customers_contactpoint point ON point.contact_id = contact.id AND point.kind = 'PHONE'
LEFT JOIN consent_consentrecord record ON record.contact_point_id = point.id AND record.channel = 'CALL'
WHERE contact.organisation_id = %(organisation)s AND contact.erased_at IS NULL
GROUP BY record.status
"""


class NotAllCountedError(RuntimeError):
    """A dry run that leaves somebody out measures nothing."""


def measure_dry_run(*, contacts: int) -> None:
    campaign = find_campaign()
    floor, _ = best(lambda: bare(campaign))
    say("bare count of permissions", contacts, floor)
    took, counted = best(lambda: dry_run(campaign))
    if counted != contacts:
        raise NotAllCountedError(f"{counted} of {contacts}")
    say("dry run of a campaign", contacts, took, floor)


def bare(campaign: Campaign) -> None:
    with connection.cursor() as cursor:
        cursor.execute(BARE, {"organisation": campaign.organisation_id})


def dry_run(campaign: Campaign) -> int:
    job = start_dry_run(campaign=campaign, started_by=None, now=now())
    while jobs.advance(job_id=job.pk, chunk=chunk_of, now=now()):
        pass
    return sum(Job.objects.get(pk=job.pk).counts.values())


def find_campaign() -> Campaign:
    entity = LegalEntity.objects.select_related("organisation").get(code="bench")
    about = {
        "name": "Bench",
        "legal_entity": entity,
        "purpose": Purpose.objects.get(organisation=entity.organisation, code="offers"),
        "product_group": ProductGroup.objects.get(legal_entity=entity),
        "channel": Campaign.Way.CALL,
        "text": {},
        "created_at": now(),
    }
    return Campaign.objects.get_or_create(organisation=entity.organisation, code="everybody", defaults=about)[
        0
    ]
