"""The rules on the order of acts, once more, in plain Python: walk the acts in order and see what is left."""

from collections.abc import Iterable, Sequence
from typing import Any

from consent.models import GRANTS, Act, ConsentEvent

RECORD_COLUMNS = (
    "status",
    "last_act_at",
    "requested_at",
    "request_event_id",
    "granted_at",
    "grant_event_id",
    "grant_proven",
    "withdrawn_at",
    "withdrawal_event_id",
    "refused_at",
    "invalidated_at",
    "valid_until",
    "uses",
    "uses_spent",
    "first_used_at",
    "first_contact_due_at",
    "collector",
    "given_by",
    "complete",
    "grade",
    "notice_version_id",
    "collection_point_id",
)
OBJECTION_COLUMNS = ("objected_at", "objection_event_id", "retracted_at", "standing")
PERMISSION = ("organisation_id", "subject_id", "contact_point_id", "legal_entity_id", "purpose_id", "channel")
SCOPE = ("organisation_id", "subject_id", "legal_entity_id", "purpose_id", "channel")

Row = dict[str, Any]
Key = tuple[Any, ...]


def expected_records(events: Iterable[ConsentEvent]) -> dict[Key, Row]:
    return {key: fold_permission(acts) for key, acts in grouped(events, PERMISSION, with_status).items()}


def expected_objections(events: Iterable[ConsentEvent]) -> dict[Key, Row]:
    return {key: fold_objection(acts) for key, acts in grouped(events, SCOPE, about_objection).items()}


def with_status(event: ConsentEvent) -> bool:
    return event.status != ""


def about_objection(event: ConsentEvent) -> bool:
    return event.act in (Act.OBJECTED, Act.OBJECTION_RETRACTED)


def grouped(
    events: Iterable[ConsentEvent], key: tuple[str, ...], wanted: Any
) -> dict[Key, list[ConsentEvent]]:
    groups: dict[Key, list[ConsentEvent]] = {}
    for event in events:
        if wanted(event):
            groups.setdefault(tuple(getattr(event, name) for name in key), []).append(event)
    return groups


def in_order(acts: Sequence[ConsentEvent]) -> list[ConsentEvent]:
    stops = (Act.WITHDRAWN, Act.OBJECTED)
    return sorted(
        acts,
        key=lambda act: (act.proven, act.occurred_at, act.recorded_at, act.act in stops, act.sequence),
    )


def fold_permission(acts: Sequence[ConsentEvent]) -> Row:
    order = in_order(acts)
    answer, last = walk(order)
    grant, request = last.get("grant"), last.get("request")
    uses = [act for act in following(order, grant) if act.act == Act.USED]
    invalidations = [act for act in following(order, grant) if act.act == Act.INVALIDATED]
    expired = any(act.act == Act.EXPIRED for act in following(order, grant))
    lapsed = any(act.act == Act.LAPSED for act in following(order, request))
    source = grant or request
    return {
        "status": status_of(answer, grant, uses, invalidations, expired=expired, lapsed=lapsed),
        "last_act_at": max(act.occurred_at for act in acts),
        "requested_at": request and request.occurred_at,
        "request_event_id": request and request.id,
        "granted_at": grant and grant.occurred_at,
        "grant_event_id": grant and grant.id,
        "grant_proven": grant.proven if grant else False,
        "withdrawn_at": last["withdrawal"].occurred_at if "withdrawal" in last else None,
        "withdrawal_event_id": last["withdrawal"].id if "withdrawal" in last else None,
        "refused_at": last["refusal"].occurred_at if "refusal" in last else None,
        "invalidated_at": min((act.occurred_at for act in invalidations), default=None),
        "valid_until": grant and grant.valid_until,
        "uses": grant and grant.uses,
        "uses_spent": len(uses),
        "first_used_at": min((act.occurred_at for act in uses), default=None),
        "first_contact_due_at": grant and grant.first_contact_due_at,
        "collector": grant.collector if grant else "OWN",
        "given_by": grant.actor if grant else "",
        "complete": grant.complete if grant else False,
        "grade": grant.grade if grant else "",
        "notice_version_id": source and (source.notice_version_id or (request and request.notice_version_id)),
        "collection_point_id": source
        and (source.collection_point_id or (request and request.collection_point_id)),
    }


def walk(order: Sequence[ConsentEvent]) -> tuple[str, dict[str, ConsentEvent]]:
    answer, last = "unknown", {}
    for act in order:
        if act.act in GRANTS:
            answer, last["grant"] = "granted", act
        elif act.act == Act.WITHDRAWN:
            answer, last["withdrawal"] = "withdrawn", act
        elif act.act == Act.REFUSED:
            last["refusal"] = act
            answer = answer if answer == "withdrawn" else "refused"
        elif act.act == Act.REQUESTED:
            last["request"] = act
            answer = "asked" if answer in ("unknown", "refused") else answer
    return answer, last


def following(order: list[ConsentEvent], origin: ConsentEvent | None) -> list[ConsentEvent]:
    """What names this act, or names none and comes after it."""
    if origin is None:
        return []
    after = order[order.index(origin) :]
    return [
        act for act in order if act.refers_to_id == origin.id or (act.refers_to_id is None and act in after)
    ]


def status_of(
    answer: str,
    grant: ConsentEvent | None,
    uses: list[ConsentEvent],
    invalidations: list[ConsentEvent],
    *,
    expired: bool,
    lapsed: bool,
) -> str:
    if answer == "granted" and grant is not None:
        return status_of_grant(grant, uses, invalidations, expired=expired)
    if answer == "asked":
        return "ConsentRequestDeferred" if lapsed else "ConsentRequested"
    return {"withdrawn": "ConsentWithdrawn", "refused": "ConsentRefused"}.get(answer, "ConsentUnknown")


def status_of_grant(
    grant: ConsentEvent, uses: list[ConsentEvent], invalidations: list[ConsentEvent], *, expired: bool
) -> str:
    if invalidations:
        return "ConsentInvalidated"
    if expired:
        return "ConsentExpired"
    if grant.uses is not None and len(uses) >= grant.uses:
        return "ConsentTerminated"
    return "RenewedConsentGiven" if grant.act == Act.RENEWED else "ConsentGiven"


def fold_objection(acts: Sequence[ConsentEvent]) -> Row:
    order = in_order(acts)
    objections = [act for act in order if act.act == Act.OBJECTED]
    retractions = [act for act in order if act.act == Act.OBJECTION_RETRACTED]
    return {
        "objected_at": objections[-1].occurred_at if objections else None,
        "objection_event_id": objections[-1].id if objections else None,
        "retracted_at": retractions[-1].occurred_at if retractions else None,
        "standing": order[-1].act == Act.OBJECTED,
    }
