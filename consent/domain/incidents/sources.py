"""Each kind of list, export and message that people can be in, and the question that finds who was."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from consent.domain.retention.terms import Kind
from consent.models import DataKind


class Source(StrEnum):
    """One way in which data about people goes round or leaves."""

    SCREENING = "SCREENING"
    AUDIENCE = "AUDIENCE"
    WHAT_IF = "WHAT_IF"
    API_BATCH = "API_BATCH"
    INCIDENT = "INCIDENT"
    CALL_LIST = "CALL_LIST"
    SHOWN = "SHOWN"
    CALL = "CALL"
    LOOKUP = "LOOKUP"
    PAGE = "PAGE"
    EVIDENCE = "EVIDENCE"
    COPY = "COPY"
    MESSAGE = "MESSAGE"


@dataclass(frozen=True, kw_only=True)
class About:
    """What a source is called, which data somebody met in it sees, how long it is known who was in it."""

    title: StrPromise
    data: tuple[DataKind, ...]
    term: Kind


D = DataKind
ABOUT: Final[Mapping[Source, About]] = {
    Source.SCREENING: About(
        title=_("Screened lists"), data=(D.EMAIL, D.PHONE, D.PERMISSIONS), term=Kind.DISCLOSURES
    ),
    Source.AUDIENCE: About(
        title=_("Audiences taken out as a file"),
        data=(D.NAMES, D.EMAIL, D.PHONE, D.POSTAL, D.PERMISSIONS),
        term=Kind.DISCLOSURES,
    ),
    Source.WHAT_IF: About(
        title=_("Audiences that change, taken out as a file"),
        data=(D.NAMES, D.EMAIL, D.PHONE, D.POSTAL, D.PERMISSIONS),
        term=Kind.DISCLOSURES,
    ),
    Source.API_BATCH: About(
        title=_("Batches asked by programs"), data=(D.EMAIL, D.PHONE, D.PERMISSIONS), term=Kind.DISCLOSURES
    ),
    Source.INCIDENT: About(
        title=_("Lists of people of a data breach"), data=(D.NAMES, D.CONTACTS), term=Kind.DISCLOSURES
    ),
    Source.CALL_LIST: About(
        title=_("Call lists"), data=(D.NAMES, D.PHONE, D.RELATIONS, D.CONTACTS), term=Kind.CALL_LISTS
    ),
    Source.SHOWN: About(
        title=_("Shown at the call desk"), data=(D.NAMES, D.PHONE, D.RELATIONS, D.CONTACTS), term=Kind.SHOWN
    ),
    Source.CALL: About(title=_("Calls made"), data=(D.NAMES, D.PHONE, D.CONTACTS), term=Kind.ATTEMPTS),
    Source.LOOKUP: About(
        title=_("Look-ups at the inbound desk"),
        data=(D.NAMES, D.EMAIL, D.PHONE, D.PERMISSIONS),
        term=Kind.LOOKUPS,
    ),
    Source.PAGE: About(title=_("Pages that staff looked at"), data=tuple(DataKind), term=Kind.STAFF_ACTS),
    Source.EVIDENCE: About(title=_("Exports of evidence"), data=tuple(DataKind), term=Kind.PROOF),
    Source.COPY: About(title=_("Copies for the person"), data=tuple(DataKind), term=Kind.REQUESTS),
    Source.MESSAGE: About(
        title=_("Messages sent"), data=(D.NAMES, D.EMAIL, D.PHONE, D.PERMISSIONS), term=Kind.MAILS
    ),
}
SQL = Path(__file__).with_name("sql")
GIVEN_OUT: Final = (SQL / "given_out.sql").read_text()
FIND: Final[Mapping[Source, str]] = {
    source: GIVEN_OUT.replace("{source}", source)
    if ABOUT[source].term is Kind.DISCLOSURES
    else (SQL / f"{source.lower()}.sql").read_text()
    for source in Source
}
