"""Where data about people lies: each app names its own tables here once, for access and for erasure."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from customers.models import (
    CallerNumber,
    Contact,
    ContactPoint,
    CustomerRelation,
    Department,
    FormerStanding,
    LegalEntity,
    Organisation,
    ProductGroup,
    ProductSimilarity,
    StaffAct,
    StaffMember,
    TermExtension,
    Transaction,
)


class Fate(enum.StrEnum):
    """What erasure does with the rows about a person in one table."""

    DELETED = "deleted"
    EMPTIED = "emptied"  # The row stays without anything that says who.
    STAYS = "stays"  # A bare key or a keyed hash, and nothing else.
    OWN_TERM = "own term"  # Encrypted, found by nobody, and gone within a day.


@dataclass(frozen=True, kw_only=True)
class Holding:
    """One table that can say something about a person: how their rows are found, told and taken away.

    `found_by` leads from a row to the key of the contact, or by the lookup “overlap” to the keys of several;
    empty where only other ways lead there. `told` are the columns of the copy that the person gets.
    """

    model: type[Model]
    title: StrPromise
    fate: Fate
    found_by: str = ""
    told: tuple[str, ...] = ()
    why: str = ""
    lookup: str = "in"

    def rows_of(self, *contact_ids: Any) -> Any:
        """The rows about these contacts; none where no key leads to them."""
        rows = self.model._default_manager.all()  # noqa: SLF001  (Django's own name for it)
        return (
            rows.filter(**{f"{self.found_by}__{self.lookup}": contact_ids}) if self.found_by else rows.none()
        )


HOLDINGS: Final = (
    Holding(
        model=Contact,
        title=_("Who you are"),
        fate=Fate.EMPTIED,
        found_by="pk",
        told=(
            "kind",
            "given_name",
            "family_name",
            "organisation_name",
            "legal_form",
            "birth_date",
            "country",
            "language",
            "created_at",
        ),
    ),
    Holding(
        model=FormerStanding,
        title=_("What you were before"),
        fate=Fate.DELETED,
        found_by="contact",
        told=("kind", "legal_form", "country", "birth_date", "represented", "held_until_at", "replaced_at"),
    ),
    Holding(
        model=ContactPoint,
        title=_("Your addresses"),
        fate=Fate.DELETED,
        found_by="contact",
        told=(
            "kind",
            "value",
            "raw_input",
            "street",
            "postal_code",
            "city",
            "claimed",
            "published_from_date",
            "published_evidence",
            "verified_at",
            "verified_method",
            "invalid_at",
            "invalid_reason",
            "created_at",
        ),
    ),
    Holding(
        model=Transaction,
        title=_("What you agreed with us"),
        fate=Fate.DELETED,
        found_by="contact",
        told=(
            "legal_entity",
            "kind",
            "product_group",
            "reference",
            "occurred_at",
            "runs_on",
            "ended_at",
            "supplied_kinds",
            "told_at_collection",
            "optout_offered",
            "recorded_at",
        ),
    ),
    Holding(
        model=CustomerRelation,
        title=_("Customer relations"),
        fate=Fate.STAYS,
        found_by="contact",
        told=(
            "legal_entity",
            "kind",
            "product_group",
            "started_at",
            "last_agreement_at",
            "ends_at",
            "ended_at",
            "reason_ended",
        ),
        why="Names nobody: a bare key, ended as erased.",
    ),
    Holding(
        model=StaffAct,
        title=_("When staff looked at your data or changed it"),
        fate=Fate.STAYS,
        found_by="contact_id",
        told=("done_at", "act", "role"),
        why="Names nobody: a bare key; goes after its term.",
    ),
)

NOBODYS: Final[Mapping[type[Model], str]] = {
    Organisation: "an organisation",
    LegalEntity: "a legal entity and its officer, in their work",
    CallerNumber: "a number of a legal entity",
    Department: "a part of an organisation, and its shared address",
    ProductGroup: "what is sold",
    ProductSimilarity: "what is sold",
    TermExtension: "a decision about many relations",
    StaffMember: "staff, who are no contacts",
}
