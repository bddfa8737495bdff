"""The personal part of a proof in words: what was kept at the moment of the act, with its labels."""

import datetime
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from consent.models import CollectionField


class ProofLine(NamedTuple):
    """One value of a proof: the path to it, what it is called, and what it says."""

    path: str
    label: str
    value: str


# What proof may hold, in words; what is not here shows its own name.
LABELS: Mapping[str, StrPromise | str] = {
    "page": _("page"),
    "network": _("network"),
    "browser": _("browser"),
    "form": _("form"),
    "typed": _("typed"),
    "wording": _("wording"),
    "seconds_to_fill": _("seconds to fill in"),
    "seconds_since_sent": _("seconds since it was sent"),
    "faster_than_a_person": _("faster than a person"),
    "address": _("address"),
    "message": _("message"),
    "method": _("method"),
    "verification": _("verification"),
    "asked_at": _("asked at"),
    "agent": _("agent"),
    "undoes": _("undoes"),
    **dict(CollectionField.Name.choices),
}


def spread(*, proof: object, path: str = "") -> Iterator[ProofLine]:
    """Go through a proof, which may be nested: each value gets the path to it as its label."""
    if isinstance(proof, Mapping):
        for key, inner in proof.items():
            yield from spread(proof=inner, path=f"{path} · {key}" if path else str(key))
    elif isinstance(proof, list) and proof:
        for inner in proof:
            yield from spread(proof=inner, path=path)
    else:
        label = " · ".join(_label(part) for part in path.split(" · "))
        yield ProofLine(path, label, in_words(proof or None if proof == [] else proof))


def in_words(value: object) -> str:
    """Write one value: yes or no, a moment in the zone of the reader, a dash for nothing."""
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    if isinstance(value, datetime.datetime):
        return formats.date_format(timezone.localtime(value), "DATETIME_FORMAT")
    return "-" if value in (None, "") else str(value)


def _label(part: str) -> str:
    return str(LABELS.get(part, part.replace("_", " ")))
