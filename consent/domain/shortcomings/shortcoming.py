import datetime
import enum
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model, Q, QuerySet
from django_stubs_ext import StrPromise

from customers.domain.staff import Area

Filters = Mapping[str, object]


class Urgency(enum.IntEnum):
    """How soon something must be done; the highest comes first."""

    AHEAD = 1
    NOW = 2
    LATE = 3


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Whose rows are meant: of one organisation or of all, of some legal entities or of all."""

    organisation_id: uuid.UUID | None = None
    legal_entity_ids: tuple[uuid.UUID, ...] = ()

    def narrow(
        self, rows: QuerySet[Any], *, organisation: str, legal_entity: str, several: str = ""
    ) -> QuerySet[Any]:
        """Rows within the scope; a row that names no legal entity is about all of them.

        `several` leads to the legal entities of a row that has more than one.
        """
        if self.organisation_id is not None:
            rows = rows.filter(**{organisation: self.organisation_id})
        if not self.legal_entity_ids:
            return rows
        if several:
            within = rows.model.objects.filter(**{f"{several}__in": self.legal_entity_ids})
            return rows.filter(pk__in=within.values("pk"))
        if not legal_entity:
            return rows
        named = Q(**{f"{legal_entity}__in": self.legal_entity_ids})
        return rows.filter(named | Q(**{f"{legal_entity}__isnull": True}))


@dataclass(frozen=True, kw_only=True)
class Of:
    """Whose shortcomings are meant: a department with the legal entities it looks after, or nobody's."""

    department_id: uuid.UUID | None = None
    looked_after: tuple[uuid.UUID, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Shortcoming:
    """One way in which an organisation falls short: which rows do, what to do, and what to talk about.

    `filters` both counts the rows and is the query of their list in the admin, so that the number and the
    list behind it cannot differ. The paths lead from a row to whom it belongs; one without a way to a
    department is of those that look after its legal entity. `kept` ones are about people, too many to count
    on each visit: they are counted every hour.
    """

    code: str
    title: StrPromise
    act: StrPromise
    discuss: StrPromise
    article: StrPromise
    urgency: Urgency
    area: Area
    model: type[Model]
    filters: Callable[[datetime.datetime], Filters]
    organisation: str = "organisation"
    legal_entity: str = "legal_entity"
    legal_entities: str = ""
    department: str = ""
    purpose: str = ""
    kept: bool = False

    def rows(self, *, scope: Scope, at: datetime.datetime) -> QuerySet[Any]:
        """The rows that fall short at a moment."""
        rows = self.within(scope=scope).filter(**self.filters(at))
        return rows if self.kept else rows.distinct()

    def within(self, *, scope: Scope) -> QuerySet[Any]:
        """All rows of the scope, whether they fall short or not."""
        return scope.narrow(
            self.model._default_manager.all(),  # noqa: SLF001  (Django's own name for it)
            organisation=self.organisation,
            legal_entity=self.legal_entity,
            several=self.legal_entities,
        )

    def page(self, *, at: datetime.datetime, of: "Of | None" = None) -> str:
        """The path of the list in the admin that shows just these rows, of one department if named."""
        said = {name: _as_text(value) for name, value in self.filters(at).items()}
        place = self.model._meta.label_lower.replace(".", "/")  # noqa: SLF001  (Django's own name)
        return f"/admin/{place}/?{urlencode({**said, **(self._of(of) if of else {})})}"

    def _of(self, of: "Of") -> dict[str, str]:
        if not self.department:
            return {f"{self.legal_entity}__id__in": ",".join(map(str, of.looked_after))}
        if of.department_id is None:
            return {f"{self.department}__isnull": "1"}
        return {f"{self.department}__id__exact": str(of.department_id)}


def days_from(at: datetime.datetime, *, days: int) -> datetime.datetime:
    """The moment so many days later."""
    return at + datetime.timedelta(days=days)


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, tuple):
        return ",".join(str(part) for part in value)
    return value.isoformat() if isinstance(value, datetime.date) else str(value)
