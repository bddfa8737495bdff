"""The data of the benchmark of scores, and what is measured on them."""

import datetime
import resource
import sys
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction

from bench.bulk_loading import checked_afterwards
from bench.journeys import measure_journeys
from bench.score_telling import measure_telling
from bench.timing import best, now, say, timed
from config.databases import as_owner
from consent.models import Channel, ContentKind, Purpose
from customers.models import Contact, LegalEntity, Organisation
from scoring.domain.scores.computing import score_some
from scoring.domain.scores.rescoring import rescore
from scoring.models import Band, RuleCondition, ScoreModel, ScoreModelVersion, ScoreRule

EVENTS_EACH = 10
JUST_HEARD_OF = 20_000
LARGE = ["customers_contact", "scoring_behaviourevent"]
RULES = 20
KINDS = ("PAGE_VISIT", "SEARCH", "LINK_FOLLOWED", "FORM_SENT", "CONVERSATION", "EVENT_VISIT", "REFERRAL")
CONTACTS = """
INSERT INTO customers_contact (id, organisation_id, kind, legal_form, country, language, given_name,
    family_name, organisation_name, created_at)
SELECT gen_random_uuid(), %(organisation)s, 'PERSON', '', 'NL', 'nl', 'Bench', '', '', '2024-01-01'
FROM generate_series(1, %(contacts)s)
"""
EVENTS = """
INSERT INTO scoring_behaviourevent (id, organisation_id, legal_entity_id, contact_id, kind, subject, source,
    occurred_at, recorded_at, sender, external_id, via)
SELECT gen_random_uuid(), %(organisation)s, %(legal_entity)s, contact.id,
    (%(kinds)s::text[])[1 + (random() * 6.99)::int %% 7],
    '/group-' || (random() * 9)::int || '/page-' || (random() * 99)::int || '/', '',
    %(now)s - random() * interval '200 days', %(now)s, '', '', 'API'
FROM generate_series(1, %(each)s) turn CROSS JOIN customers_contact contact
"""
BARE = """
SELECT count(*), sum(points) FROM (
    SELECT contact_id,
        sum(10 * power(0.5::float8, extract(epoch FROM %(now)s - occurred_at)::float8 / 86400 / 30)) AS points
    FROM scoring_behaviourevent WHERE legal_entity_id = %(legal_entity)s GROUP BY contact_id) summed
"""


def measure_scores(*, contacts: int) -> None:
    version, began = prepare(contacts=contacts), now()
    days = iter(range(100))
    events = contacts * EVENTS_EACH
    floor, _ = best(lambda: bare(version, began))
    say("bare aggregate with decay", events, floor)
    first, _ = timed(lambda: whole(version, began))
    say("twenty rules, the first scores", events, first, floor)
    again, _ = best(lambda: whole(version, began + datetime.timedelta(days=next(days) + 1)))
    say("twenty rules, every score another", events, again, floor)
    some = list(Contact.objects.values_list("pk", flat=True)[:JUST_HEARD_OF])
    few, _ = best(lambda: score_some(version=version, contact_ids=some, now=began))
    say("twenty rules, who was just heard of", len(some) * EVENTS_EACH, few)
    measure_journeys(version)
    measure_telling(version)
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(f"memory of our process at most {used:.0f} MB\n")


def bare(version: ScoreModelVersion, at: datetime.datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(BARE, {"now": at, "legal_entity": version.model.legal_entity_id})


def whole(version: ScoreModelVersion, at: datetime.datetime) -> int:
    return sum(counted.people for counted in rescore(version=version, now=at))


def prepare(*, contacts: int) -> ScoreModelVersion:
    """The data are made once and kept."""
    call_command("migrate", verbosity=0)
    if not ScoreModelVersion.objects.exists():
        with as_owner(connection=connection), transaction.atomic():
            make_scored(contacts=contacts)
    with as_owner(connection=connection), connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return ScoreModelVersion.objects.select_related("model__legal_entity", "model__organisation").get()


def make_scored(*, contacts: int) -> None:
    version = make_version()
    about: dict[str, Any] = {
        "organisation": version.model.organisation_id,
        "legal_entity": version.model.legal_entity_id,
        "contacts": contacts,
        "each": EVENTS_EACH,
        "kinds": list(KINDS),
        "now": now(),
    }
    with checked_afterwards(tables=LARGE), connection.cursor() as cursor:
        cursor.execute(CONTACTS, about)
        cursor.execute(EVENTS, about)


def make_version() -> ScoreModelVersion:
    """Twenty rules: seven kinds of acts, most of them of one group of pages, with decay, caps and windows."""
    organisation = Organisation.objects.create(code="bench", name="Bench")
    entity = LegalEntity.objects.create(
        organisation=organisation,
        code="bench",
        name="Bench B.V.",
        postal_address="Voorbeeldstraat 1, 1000 AA Amsterdam",
        sender_name="Bench",
        sender_address="post@bench.example.org",
    )
    purpose = Purpose.objects.create(
        organisation=organisation,
        code="profiling",
        name={"nl": "profilering", "en": "profiling"},
        content=ContentKind.COMMERCIAL,
        channels=[Channel.NONE],
    )
    purpose.legal_entities.add(entity)
    model = ScoreModel.objects.create(
        organisation=organisation,
        legal_entity=entity,
        code="bench",
        name="Bench",
        kind=ScoreModel.Kind.DYNAMIC,
        dimension=ScoreModel.Dimension.ENGAGEMENT,
        rests_on=ScoreModel.Ground.LEGITIMATE_INTEREST,
    )
    version = ScoreModelVersion.objects.create(model=model, number=1, published_at=now())
    for place in range(RULES):
        make_rule(version, place)
    for lowest, code in ((0, "cold"), (30, "warm"), (80, "hot")):
        Band.objects.create(version=version, from_points=lowest, code=code, name=code)
    return version


def make_rule(version: ScoreModelVersion, place: int) -> None:
    rule = ScoreRule.objects.create(
        version=version,
        position=place,
        looks_at=KINDS[place % len(KINDS)],
        points=-5 if place == RULES - 1 else 5 + place,
        half_life_days=10 + 5 * place,
        window_days=150 if place % 5 == 0 else None,
        cap=60 if place % 3 == 0 else None,
    )
    if place >= len(KINDS):
        RuleCondition.objects.create(
            rule=rule, field="SUBJECT", comparison="CONTAINS", text=f"/group-{place % 10}/"
        )
