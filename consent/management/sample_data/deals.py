"""What the people of the sample agree on: sales, gifts, help, visits."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from consent.domain import relations
from consent.domain.ledger.circumstances import Circumstances
from consent.domain.ledger.recording import Wordings
from consent.domain.relations import NewTransaction
from consent.management.sample_data.acts import LANGUAGE, Known, Person, get_to_know
from consent.management.sample_data.by_code import find_collection_point
from consent.models import Actor, CollectionPoint, Method, NoticeVersion, Source
from customers.models import ContactPoint, LegalEntity, RelationKind, Transaction

Kind = ContactPoint.Kind
Place = CollectionPoint.Place
SOURCES: Final[dict[str, Source]] = {
    Place.WEB_FORM: Source.WEB_FORM,
    Place.API: Source.API,
    Place.PAPER: Source.PAPER,
    Place.EVENT: Source.EVENT,
}
METHODS: Final[dict[str, Method]] = {
    Place.WEB_FORM: Method.BUTTON,
    Place.API: Method.RECORD,
    Place.PAPER: Method.SIGNATURE,
    Place.EVENT: Method.SIGNATURE,
}


@dataclass(frozen=True, kw_only=True)
class Deal:
    """What is agreed: its kind, where, and what was said with it."""

    entity: LegalEntity
    kind: RelationKind
    place: str
    agreed_at: datetime.datetime
    group: str = ""
    runs_on: bool = False
    supplied: Sequence[str] = (Kind.EMAIL, Kind.PHONE)
    optout_offered: bool = True
    proof: Mapping[str, object] = field(default_factory=dict)


def agree(*, known: Known, deal: Deal) -> Transaction:
    """Buy, give, help, visit or sign, told that the details may be used later."""
    point = find_collection_point(code=deal.place)
    agreed = NewTransaction(
        contact=known.contact,
        legal_entity=deal.entity,
        kind=deal.kind,
        occurred_at=deal.agreed_at,
        how=told_at(point=point, proof={"address": known.email.value, **deal.proof}),
        obligation_to_pay=deal.kind == RelationKind.SALE,
        product_group=deal.entity.product_groups.get(code=deal.group) if deal.group else None,
        reference=f"{deal.place}-{deal.agreed_at:%Y%m%d}-{known.contact.given_name.lower()}",
        runs_on=deal.runs_on,
        supplied_kinds=deal.supplied,
        told_at_collection=True,
        optout_offered=deal.optout_offered,
    )
    return relations.record_transaction(agreed=agreed, recorded_at=deal.agreed_at)


def first_agree(*, person: Person, deal: Deal) -> tuple[Known, Transaction]:
    """Agree on something as somebody who was not known before."""
    known = get_to_know(person=person, organisation=deal.entity.organisation, known_at=deal.agreed_at)
    return known, agree(known=known, deal=deal)


def told_at(*, point: CollectionPoint, proof: Mapping[str, object]) -> Circumstances:
    return Circumstances(
        actor=Actor.SUBJECT,
        source=SOURCES[point.place],
        method=METHODS[point.place],
        collection_point_id=point.pk,
        shown=shown_at(point=point, version=point.soft_optin_notice),
        proof=proof,
    )


def shown_at(*, point: CollectionPoint, version: NoticeVersion | None) -> Wordings:
    statement = point.privacy_statement
    return Wordings(
        language=LANGUAGE,
        notice_version_id=version.pk if version else None,
        notice_hash=version.content_hash if version else "",
        privacy_statement_id=statement.pk if statement else None,
        privacy_statement_hash=statement.content_hash if statement else "",
    )
