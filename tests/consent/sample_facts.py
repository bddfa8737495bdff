"""What is stored about the people of the sample: the facts as a table, and how to read them back."""

import datetime
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from consent.models import ConsentRecord, ContactAttempt, Objection
from customers.models import Contact, ContactPoint, CustomerRelation

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
BRUSSELS = ZoneInfo("Europe/Brussels")


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Everything the rules may look at; moments are written in the zone of the legal entity."""

    country: str = "NL"
    kind: str = "PERSON"
    legal_form: str = ""
    birth_date: str = ""
    points: tuple[str, ...]
    verified: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    relations: tuple[str, ...] = ()
    objections: tuple[str, ...] = ()
    restricted: tuple[str, ...] = ()
    attempts: tuple[str, ...] = ()


def read_facts(*, contact: Contact) -> Facts:
    return Facts(
        country=contact.country,
        kind=contact.kind,
        legal_form=contact.legal_form,
        birth_date=str(contact.birth_date or ""),
        points=tuple(_point(point) for point in contact.points.order_by("kind")),
        verified=tuple(_verified(point) for point in _verified_points(contact)),
        records=tuple(_record(row) for row in contact.consent_records.order_by("purpose__code", "channel")),
        relations=tuple(_relation(row) for row in contact.relations.order_by("pk")),
        objections=tuple(_objection(row) for row in contact.objections.order_by("pk")),
        restricted=tuple(written(row.restricted_at) for row in contact.restrictions.all()),
        attempts=tuple(_attempt(row) for row in contact.attempts.order_by("attempted_at")),
    )


def written(moment: datetime.datetime | None, zone: str = "Europe/Amsterdam") -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}" if moment else "-"


def _point(point: ContactPoint) -> str:
    marks = {
        "placeholder": point.placeholder,
        "impersonal": point.impersonal,
        f"published {point.published_from_date}": point.published_from_date,
    }
    return " ".join([point.value, *(mark for mark, present in marks.items() if present)])


def _verified_points(contact: Contact) -> list[ContactPoint]:
    return list(contact.points.filter(verified_at__isnull=False).order_by("kind"))


def _verified(point: ContactPoint) -> str:
    return f"{point.verified_method} {written(point.verified_at)}"


def _record(row: ConsentRecord) -> str:
    zone = row.legal_entity.time_zone
    acts = {
        "asked": row.requested_at,
        "given": row.granted_at,
        "withdrawn": row.withdrawn_at,
        "refused": row.refused_at,
        "until": row.valid_until,
        "call before": row.first_contact_due_at,
        "used": row.first_used_at,
    }
    said = [f"{act} {written(moment, zone)}" for act, moment in acts.items() if moment]
    permission = f"{row.legal_entity.code} {row.purpose.code} {row.channel}"
    return ", ".join([permission, row.status, row.grade or "-", *said])


def _relation(row: CustomerRelation) -> str:
    zone = row.legal_entity.time_zone
    group = row.product_group.code if row.product_group else "-"
    collected = f"{row.email_collection} {row.phone_collection} {row.postal_collection}"
    since = f"from {written(row.started_at, zone)} last {written(row.last_agreement_at, zone)}"
    ends = f"ends {written(row.ends_at, zone)}"
    return f"{row.legal_entity.code} {row.kind} {group}, {collected}, {since}, {ends}"


def _objection(row: Objection) -> str:
    entity = row.legal_entity.code if row.legal_entity else "all"
    purpose = row.purpose.code if row.purpose else "all"
    return f"{entity} {purpose} {row.channel or 'all'} {written(row.objected_at)}"


def _attempt(row: ContactAttempt) -> str:
    return f"{row.legal_entity.code} {row.purpose.code} {row.outcome} {written(row.attempted_at)}"


def both(name: str, phone: str, email: str = "") -> tuple[str, str]:
    return email or f"{name}@example.org", phone


COLLECTED = "COMPLETE COMPLETE NOT_SUPPLIED"
LAMP = (
    f"lampenwinkel SALE lampen, {COLLECTED}, "
    "from 2025-03-10 12:00 last 2025-03-10 12:00, ends 2028-03-11 00:00"
)
NEWSLETTER = "harthulp newsletter EMAIL"
OFFERS_CALL = "lampenwinkel offers CALL, ConsentGiven, B"
GUIDE = "given 2026-09-20 12:00, call before 2027-03-21 00:00"

# Organisation and facts of each person.
PEOPLE: dict[str, tuple[str, Facts]] = {
    "anna": ("huisgroep", Facts(points=both("anna", "+31200000101"), relations=(LAMP,))),
    "bram": (
        "harthulp",
        Facts(
            points=both("bram", "+31200000102"),
            relations=(
                f"harthulp DONATION -, {COLLECTED}, "
                "from 2025-11-02 12:00 last 2025-11-02 12:00, ends 2028-11-03 00:00",
            ),
        ),
    ),
    "carla": (
        "harthulp",
        Facts(
            points=both("carla", "+31200000103"),
            relations=(
                f"harthulp VOLUNTEER -, {COLLECTED}, "
                "from 2024-02-01 12:00 last 2025-06-15 12:00, ends 2028-06-16 00:00",
            ),
        ),
    ),
    "daan": (
        "huisgroep",
        Facts(
            points=both("daan", "+31200000104"),
            relations=(
                f"lampenwinkel SALE lampen, {COLLECTED}, "
                "from 2021-09-01 12:00 last 2021-09-01 12:00, ends 2024-09-02 00:00",
            ),
        ),
    ),
    "els": (
        "huisgroep",
        Facts(
            points=both("els", "+31200000105"),
            relations=(LAMP,),
            objections=("all all all 2025-08-01 12:00",),
        ),
    ),
    "fatima": (
        "bosvogels",
        Facts(
            points=both("fatima", "+31200000106"),
            verified=("SMS_CODE 2026-09-20 12:00",),
            records=(f"bosvogels membership-call CALL, ConsentGiven, C, {GUIDE}",),
        ),
    ),
    "ilse": (
        "harthulp",
        Facts(
            points=both("ilse", "+31200000109"),
            records=(f"{NEWSLETTER}, ConsentRequested, -, asked 2026-10-01 12:00",),
        ),
    ),
    "joost": (
        "harthulp",
        Facts(
            points=("joost@example.org", "+31612345678 placeholder"),
            verified=("EMAIL_LINK 2026-10-05 12:00",),
            records=(
                "harthulp fundraising CALL, ConsentGiven, B, given 2026-10-05 11:55, "
                "call before 2027-04-06 00:00",
                f"{NEWSLETTER}, ConsentGiven, A, asked 2026-10-05 11:55, given 2026-10-05 12:00",
            ),
        ),
    ),
    "karin": (
        "dagpost",
        Facts(
            points=(*both("karin", "+31200000111"), "NL 1000AA VOORBEELDSTRAAT 1"),
            relations=(
                "dagpost SALE krant, COMPLETE COMPLETE COMPLETE, "
                "from 2026-02-01 12:00 last 2026-04-01 12:00, ends 2029-04-02 00:00",
            ),
        ),
    ),
    "lotte": (
        "belgaboek",
        Facts(
            country="BE",
            points=both("lotte", "+3222000112"),
            verified=("SMS_CODE 2024-12-01 12:00",),
            records=(
                "belgaboek offers CALL, ConsentGiven, B, given 2024-12-01 12:00, "
                "call before 2025-06-02 00:00, used 2025-01-10 12:00",
            ),
            attempts=("belgaboek offers CONVERSATION 2025-01-10 12:00",),
        ),
    ),
    "luc": (
        "belgaboek",
        Facts(
            country="BE",
            points=both("luc", "+3222000113"),
            verified=("SMS_CODE 2026-09-15 12:00",),
            records=(
                "belgaboek offers CALL, ConsentGiven, B, given 2026-09-15 12:00, "
                "call before 2027-03-16 00:00",
            ),
        ),
    ),
    "milan": (
        "harthulp",
        Facts(
            birth_date="2012-03-03",
            points=both("milan", "+31200000114"),
            verified=("EMAIL_LINK 2026-09-15 12:00",),
            records=(f"{NEWSLETTER}, ConsentGiven, A, asked 2026-09-15 11:55, given 2026-09-15 12:00",),
        ),
    ),
    "noor": (
        "huisgroep",
        Facts(
            points=both("noor", "+31200000115"),
            relations=(LAMP.replace(COLLECTED, "NO_OPTOUT NO_OPTOUT NOT_SUPPLIED"),),
        ),
    ),
    "omar": (
        "huisgroep",
        Facts(
            points=both("omar", "+31200000116"),
            relations=(
                f"stroomkring SALE stroom, {COLLECTED}, "
                "from 2025-05-01 12:00 last 2025-05-01 12:00, ends 2028-05-02 00:00",
            ),
        ),
    ),
    "petra": (
        "huisgroep",
        Facts(
            points=both("petra", "+31200000117"),
            verified=("SMS_CODE 2026-08-02 12:00",),
            records=(f"{OFFERS_CALL}, given 2026-08-01 12:00, call before 2027-02-02 00:00",),
        ),
    ),
    "quinten": (
        "huisgroep",
        Facts(
            points=both("quinten", "+31200000118"),
            records=(f"{OFFERS_CALL}, given 2026-08-01 12:00, call before 2027-02-02 00:00",),
        ),
    ),
    "rosa": (
        "bosvogels",
        Facts(
            points=both("rosa", "+31200000119"),
            relations=(
                f"bosvogels SYMPATHY -, {COLLECTED}, "
                "from 2025-05-01 12:00 last 2025-05-01 12:00, ends 2028-05-02 00:00",
            ),
        ),
    ),
    "ruben": (
        "bosvogels",
        Facts(
            points=both("ruben", "+31200000120"),
            relations=(
                f"bosvogels ATTENDANCE -, {COLLECTED}, "
                "from 2025-09-20 12:00 last 2025-09-20 12:00, ends 2028-09-21 00:00",
            ),
        ),
    ),
    "sjoerd": (
        "huisgroep",
        Facts(points=both("sjoerd", "+31200000121"), relations=(LAMP,), restricted=("2026-01-15 12:00",)),
    ),
    "tess": (
        "werkplaats",
        Facts(
            points=both("tess", "+31200000122"),
            verified=("EMAIL_LINK 2025-12-01 12:00",),
            records=(
                "werkplaats talent-pool EMAIL, ConsentGiven, A, asked 2025-12-01 11:55, "
                "given 2025-12-01 12:00, until 2026-12-02 00:00",
            ),
        ),
    ),
    "vera": (
        "harthulp",
        Facts(
            points=both("vera", "+31200000124"),
            verified=("EMAIL_LINK 2024-01-10 12:00",),
            records=(
                f"{NEWSLETTER}, ConsentGiven, A, asked 2026-10-10 11:55, given 2026-10-10 12:00, "
                "withdrawn 2025-02-01 12:00",
            ),
        ),
    ),
    "wim": (
        "geluksloterij",
        Facts(
            points=both("wim", "+31200000125"),
            relations=(
                f"geluksloterij SALE loten, {COLLECTED}, "
                "from 2025-12-24 12:00 last 2025-12-24 12:00, ends 2028-12-25 00:00",
            ),
        ),
    ),
    "xandra": (
        "huisgroep",
        Facts(
            points=both("xandra", "+31200000126"),
            relations=(LAMP,),
            objections=("lampenwinkel all CALL 2026-02-02 12:00",),
            attempts=("lampenwinkel offers CONVERSATION 2026-02-02 12:00",),
        ),
    ),
    "yusuf": (
        "huisgroep",
        Facts(
            points=both("yusuf", "+31200000127"),
            verified=("EMAIL_LINK 2025-04-01 12:00",),
            records=(
                "lampenwinkel offers EMAIL, ConsentWithdrawn, A, asked 2025-04-01 11:55, "
                "given 2025-04-01 12:00, withdrawn 2025-09-01 12:00",
            ),
            relations=(LAMP,),
        ),
    ),
    "zoe": (
        "huisgroep",
        Facts(
            points=both("zoe", "+31200000128"),
            verified=("SMS_CODE 2026-09-01 12:00",),
            records=(f"{OFFERS_CALL}, given 2026-09-01 12:00, call before 2027-03-02 00:00",),
            relations=(LAMP,),
            objections=("lampenwinkel all all 2025-05-01 12:00",),
        ),
    ),
    "abel": (
        "huisgroep",
        Facts(
            points=both("abel", "+31200000129"),
            records=("lampenwinkel offers EMAIL, ConsentRefused, -, refused 2025-06-01 12:00",),
            relations=(LAMP,),
            attempts=("lampenwinkel offers CONVERSATION 2025-06-01 12:00",),
        ),
    ),
    "bea": (
        "bosvogels",
        Facts(
            points=both("bea", "+31200000130"),
            verified=("SMS_CODE 2026-09-20 12:00",),
            records=(
                f"bosvogels membership-call CALL, ConsentTerminated, C, {GUIDE}, used 2026-10-02 12:00",
            ),
            attempts=("bosvogels membership-call CONVERSATION 2026-10-02 12:00",),
        ),
    ),
    "cas": (
        "huisgroep",
        Facts(
            legal_form="EENMANSZAAK",
            points=("cas@example.org", "+31200000131 published 2025-01-01"),
        ),
    ),
    "dirk": (
        "belgaboek",
        Facts(
            country="BE",
            points=both("dirk", "+3222000132"),
            relations=(
                f"belgaboek SALE boeken, {COLLECTED}, "
                "from 2026-01-10 12:00 last 2026-01-10 12:00, ends 2029-01-11 00:00",
            ),
        ),
    ),
    "eva": (
        "harthulp",
        Facts(
            points=both("eva", "+31200000133"),
            records=(f"{NEWSLETTER}, ConsentGiven, D, given 2024-11-01 12:00",),
        ),
    ),
    "info": (
        "belgaboek",
        Facts(
            country="BE",
            kind="ORGANISATION",
            legal_form="BV",
            points=("info@example.be impersonal", "+3222000134"),
        ),
    ),
}
EVERYWHERE = {
    "gijs": Facts(kind="ORGANISATION", legal_form="EENMANSZAAK", points=both("gijs", "+31200000107")),
    "bakkerij": Facts(kind="ORGANISATION", legal_form="BV", points=both("bakkerij", "+31200000108")),
}
