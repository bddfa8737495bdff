"""The start page: how it stands and what falls short, for whoever may see it."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from consent.admin.law_changes import LawChange, law_change
from consent.admin.start.falling_short import Lack, Part, lacks_of, parts_of
from consent.admin.start.tables import (
    SERIES,
    MonthLine,
    PurposeLine,
    Table,
    months_of,
    purposes_of,
    tables_of,
)
from consent.domain.figures.operation import Comparison, Sealing, find_unsealed, last_comparisons
from consent.domain.figures.reading import Figures, find_shortcomings, is_of, read_figures, whose_is
from consent.domain.law_ahead import Cost, find_costs
from consent.domain.shortcomings.counting import Found
from consent.domain.shortcomings.shortcoming import Of, Scope
from consent.models import CallList, ScreeningRun
from customers.admin.scope import entities_of, narrow
from customers.domain.staff import Area, Duty, Right, has_duty, rights_of
from customers.models import Department, StaffMember
from customers.staff_site import StaffSite

Role = StaffMember.Role
LISTS_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class Board:
    """Everything on the start page of somebody who looks after permissions."""

    at: datetime.datetime
    department: Department | None
    figures: Figures
    lacks: list[Lack]
    parts: list[Part]
    tables: list[Table]
    months: list[MonthLine]
    purposes: list[PurposeLine]
    changes: list[tuple[Cost, LawChange]]
    sealing: Sealing | None
    is_late: bool
    comparison: Comparison | None
    verification: Comparison | None
    series: Any = SERIES


def start_of(request: HttpRequest) -> dict[str, Any]:
    """What stands on the start page beside the list of pages; nothing for who has other work."""
    staff = request.user
    if not isinstance(staff, StaffMember):
        return {}
    if staff.role == Role.CALL_AGENT and not staff.is_superuser:
        return {"is_agent": True}
    if not has_duty(staff=staff, duty=Duty.SEE_AUDIENCES):
        return {}
    return {"board": _board(request, staff, timezone.now()), **_lists(staff)}


def _board(request: HttpRequest, staff: StaffMember, at: datetime.datetime) -> Board:
    scope = Scope(
        organisation_id=None if staff.is_superuser else staff.organisation_id,
        legal_entity_ids=tuple(entities_of(staff)),
    )
    figures = read_figures(scope=scope, at=at)
    found = [one for one in find_shortcomings(figures=figures, scope=scope, at=at) if _may_see(staff, one)]
    of = whose_is(department=staff.department) if staff.department else None
    if of:
        figures, found = figures.of(of), [one for one in found if is_of(found=one, whose=of)]
    departments = [] if of else _departments(request)
    sees_proof = Right.VIEW in rights_of(staff=staff, area=Area.EVIDENCE)
    sealing = find_unsealed(scope=scope) if sees_proof else None
    comparison, verification = last_comparisons() if sees_proof else (None, None)
    return Board(
        at=at,
        department=staff.department,
        figures=figures,
        lacks=lacks_of(found=found, figures=figures, at=at, of=of),
        parts=parts_of(found=found, figures=figures, departments=departments, at=at) if not of else [],
        tables=tables_of(figures=figures, of=of),
        months=months_of(figures=figures, at=timezone.localtime(at), of=of),
        purposes=purposes_of(figures=figures, of=of),
        changes=_changes(scope, at, of),
        sealing=sealing,
        is_late=sealing is not None and sealing.is_late(at=at),
        comparison=comparison,
        verification=verification,
    )


def _may_see(staff: StaffMember, found: Found) -> bool:
    return Right.VIEW in rights_of(staff=staff, area=found.shortcoming.area)


def _departments(request: HttpRequest) -> QuerySet[Department]:
    seen = admin.site.get_model_admin(Department).get_queryset(request)
    return seen.prefetch_related("legal_entities").order_by("name", "pk")


def _changes(scope: Scope, at: datetime.datetime, of: Of | None) -> list[tuple[Cost, LawChange]]:
    costs = find_costs(scope=scope, at=at)
    return [
        (cost, law_change(pack=cost.pack, said=_said(cost)))
        for cost in costs
        if of is None or cost.purpose.department_id == of.department_id
    ]


def _said(cost: Cost) -> dict[str, str]:
    return {
        "legal_entity": cost.legal_entity.code,
        "purpose": cost.purpose.code,
        "channel": cost.channel,
        "product_group": cost.product_group.code if cost.product_group else "",
    }


def _lists(staff: StaffMember) -> dict[str, Any]:
    """The last lists of whoever works with them; the officer watches, and is not shown each."""
    if staff.role != Role.MARKETING:
        return {}
    runs = narrow(
        ScreeningRun.objects.all(), staff=staff, organisation="organisation", legal_entity="legal_entity"
    )
    lists = narrow(
        CallList.objects.filter(closed_at__isnull=True),
        staff=staff,
        organisation="organisation",
        legal_entity="legal_entity",
    )
    return {
        "last_runs": runs.order_by("-uploaded_at", "-pk")[:LISTS_SHOWN],
        "open_lists": lists.order_by("-opened_at", "-pk")[:LISTS_SHOWN],
    }


StaffSite.on_start.append(start_of)
