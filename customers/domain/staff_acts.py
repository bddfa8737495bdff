"""What staff looked at, changed and took out: one row for each, written once and never changed."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Model, QuerySet, Subquery
from django.db.models.functions import Coalesce

from customers.domain.holdings import Holding
from customers.models import Contact, StaffAct, StaffMember

Act = StaffAct.Act
CHANGES: Final = (Act.ADDED, Act.CHANGED, Act.DELETED, Act.ACCESS_CHANGED)


@dataclass(frozen=True, kw_only=True)
class About:
    """The rows that an act was about: one by its key, or many of a kind.

    The paths lead from a row to the contact, the organisation and the legal entity it belongs to; an empty
    one leads nowhere.
    """

    model: type[Model]
    key: str = ""
    contact: str = ""
    organisation: str = ""
    legal_entity: str = ""

    def found(self, path: str) -> Any:
        """A question for one value of the row, asked within the insert itself; none without a path."""
        if not path or not self.key:
            return None
        rows = self.model._default_manager.filter(pk=self.key)  # noqa: SLF001  (Django's own name for it)
        return Subquery(rows.values(path)[:1])

    def found_organisation(self) -> Any:
        """What names no organisation itself belongs to that of its contact."""
        person = self.found(self.contact)
        if self.organisation or person is None:
            return self.found(self.organisation)
        return Subquery(Contact.objects.filter(pk=person).values("organisation")[:1])


@dataclass(frozen=True, kw_only=True)
class NewAct:
    """One act, before it is kept. Of what was searched or typed only how many rows and which fields."""

    act: StaffAct.Act
    page: str
    done_at: datetime.datetime
    network: str = ""
    about: About | None = None
    fields: tuple[str, ...] = ()
    rows: int | None = None


def keep_act(*, staff: StaffMember, new: NewAct) -> None:
    """Keep what a member of staff did, in one statement; whose data it was is looked up within it."""
    StaffAct.objects.create(staff=staff, role=staff.role, **_whose(staff, new.about), **_common(new))


def keep_failed_sign_in(*, username: str, new: NewAct) -> None:
    """Keep that signing in failed, with whose name that was; a name that nobody has is not kept.

    People type their password into the wrong field.
    """
    named = StaffMember.objects.filter(username=username)
    who: dict[str, Any] = {
        column: Subquery(named.values(path)[:1])
        for column, path in (("staff_id", "pk"), ("organisation_id", "organisation"))
    }
    StaffAct.objects.create(**who, **_common(new))


def find_changes(*, model: type[Model], key: str) -> QuerySet[StaffAct]:
    """Find who changed one row, the newest first."""
    label = model._meta.label_lower  # noqa: SLF001  (the documented way to a model's name)
    changes = StaffAct.objects.filter(model=label, object_key=key, act__in=CHANGES)
    return changes.select_related("staff").order_by("-done_at", "-pk")


def path_to_contact(*, model: type[Model], holdings: Iterable[Holding]) -> str:
    """The path from a row to the contact it is about; empty where none leads there, or to several at once."""
    about_one = [holding for holding in holdings if holding.lookup == "in"]
    return next((holding.found_by for holding in about_one if holding.model is model), "")


def _whose(staff: StaffMember, about: About | None) -> dict[str, Any]:
    own = staff.organisation_id
    if about is None:
        return {"organisation_id": own}
    found = about.found_organisation()
    return {
        "organisation_id": Coalesce(found, own) if found is not None and own else found or own,
        "legal_entity_id": about.found(about.legal_entity),
        "contact_id": about.found(about.contact),
        "model": about.model._meta.label_lower,  # noqa: SLF001  (the documented way to a model's name)
        "object_key": about.key,
    }


def _common(new: NewAct) -> dict[str, Any]:
    return {
        "act": new.act,
        "page": new.page,
        "done_at": new.done_at,
        "network": new.network,
        "fields": list(new.fields),
        "rows": new.rows,
    }
