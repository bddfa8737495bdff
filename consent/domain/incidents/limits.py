"""What can no longer be known, or never was: said beside every answer about who was in what."""

import datetime
from collections import defaultdict
from collections.abc import Iterator

from django.db.models import Exists, OuterRef
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from consent.domain.incidents.searching import Counts, Search
from consent.domain.incidents.sources import ABOUT, Source
from consent.domain.retention.terms import Kind, read_terms
from consent.models import Disclosure, ScreeningRun


def say_limits(*, search: Search, now: datetime.datetime) -> Iterator[str]:
    """Say what this search cannot find: what has had its term, and what is never kept."""
    terms = read_terms(organisation_id=search.organisation_id, at=now)
    gone = defaultdict(list)
    for source in search.sources:
        if search.since < now - terms.of(ABOUT[source].term):
            gone[ABOUT[source].term].append(str(ABOUT[source].title))
    for kind, titles in gone.items():
        yield _term_passed(kind, titles, now - terms.of(kind))
    if Source.SCREENING in search.sources:
        yield from _of_screenings(search)
        yield gettext(
            "Rows of a screened list that were nobody's here left no key; the list itself is gone in a day."
        )
    if Source.API_BATCH in search.sources:
        yield gettext("Of single questions, by a program or by staff, it is not kept whom they were about.")
    if Source.MESSAGE in search.sources:
        yield gettext("Messages to people who were erased since went with them.")


def say_erased(*, counts: Counts) -> str:
    """Say how many of the people found were erased since; empty where nobody was."""
    if not counts.erased:
        return ""
    return ngettext(
        "%(number)s person was erased since: only a bare key is left, which says that they were in it.",
        "%(number)s people were erased since: only bare keys are left, which say that they were in it.",
        counts.erased,
    ) % {"number": counts.erased}


def _term_passed(kind: Kind, titles: list[str], before: datetime.datetime) -> str:
    said = {"day": date_format(before, "j F Y"), "titles": ", ".join(titles)}
    if kind is Kind.PROOF:
        return gettext("Who was in an export stays known, also where the proof itself was deleted.")
    return gettext("Of before %(day)s it is deleted who was in this: %(titles)s.") % said


def _of_screenings(search: Search) -> Iterator[str]:
    told = Disclosure.objects.filter(list_id=OuterRef("pk"))
    runs = ScreeningRun.objects.filter(
        ~Exists(told),
        organisation=search.organisation_id,
        legal_entity=search.legal_entity_id,
        finished_at__gte=search.since,
        finished_at__lt=search.until,
        asked__gt=0,
    )
    if count := runs.count():
        yield ngettext(
            "Of %(number)s screening it is not known who was on it: nobody we know, or it was long ago.",
            "Of %(number)s screenings it is not known who was on them: nobody we know, or it was long ago.",
            count,
        ) % {"number": count}
