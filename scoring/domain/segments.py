"""Segments: how many a band puts in, who is put in and taken out by hand; never who may not be profiled."""

import datetime
import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction

from customers.models import Contact
from scoring.domain.profiling import LEGITIMATE_INTEREST, count_profiled, gate_parameters, keep_profiled
from scoring.models import Score, ScoreModel, Segment, SegmentMember


class NotByHandError(ValueError):
    """A score model decides who is in this segment."""


class MayNotBeProfiledError(ValueError):
    """This person objected to profiling, or may not be looked at for another reason."""


@dataclass(frozen=True, kw_only=True)
class InBand:
    """How many people are in a band now, of all who may be profiled for its score."""

    people: int
    everybody: int

    @property
    def is_doubtful(self) -> bool:
        return not 0 < self.people < self.everybody


def count_band(*, model: ScoreModel, code: str, now: datetime.datetime) -> InBand:
    """Count who would be in the segment of a band; nobody as long as no version of the model counts."""
    in_force = model.versions.filter(published_at__isnull=False, retired_at__isnull=True)
    people = Score.objects.filter(model=model, band__version__in=in_force, band__code=code).count()
    gate = gate_parameters(legal_entity=model.legal_entity, rests_on=model.rests_on, now=now)
    return InBand(people=people, everybody=count_profiled(gate=gate))


@transaction.atomic
def put_in(*, segment: Segment, contact: Contact, since_at: datetime.datetime) -> SegmentMember:
    """Put one person into a segment that is kept by hand; who is in it already stays since when they were.

    Raises NotByHandError and MayNotBeProfiledError. Source: art. 21(2) GDPR.
    """
    held = _held_by_hand(segment)
    # Held, so that nobody who is being erased, or is objecting, is put in.
    Contact.objects.select_for_update(no_key=True).get(pk=contact.pk, organisation=held.organisation_id)
    if not _may_be_in(held, [contact.pk], since_at):
        raise MayNotBeProfiledError(contact.pk)
    member, _made = SegmentMember.objects.get_or_create(
        segment=held, contact=contact, defaults={"since_at": since_at}
    )
    return member


@transaction.atomic
def take_out(*, member: SegmentMember) -> None:
    """Take one person out of a segment that is kept by hand. Raises NotByHandError."""
    _held_by_hand(member.segment)
    SegmentMember.objects.filter(pk=member.pk).delete()


def _held_by_hand(segment: Segment) -> Segment:
    held = Segment.objects.select_related("legal_entity").select_for_update(of=("self",), no_key=True)
    found = held.get(pk=segment.pk)
    if found.model_id is not None:
        raise NotByHandError(segment.pk)
    return found


def _may_be_in(segment: Segment, contact_ids: Collection[uuid.UUID], at: datetime.datetime) -> set[uuid.UUID]:
    gate = gate_parameters(legal_entity=segment.legal_entity, rests_on=LEGITIMATE_INTEREST, now=at)
    return keep_profiled(contact_ids=contact_ids, gate=gate)
