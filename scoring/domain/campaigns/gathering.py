"""Whose turn comes: everybody at the start of a campaign, or each as soon as their score says so."""

import datetime
import uuid
from collections.abc import Sequence
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from customers.models import Contact
from scoring.domain.campaigns.audience import Candidate, count_outcomes, look, members
from scoring.domain.profiling import gate_parameters, keep_profiled
from scoring.models import Campaign, CampaignRecipient, Score

State = CampaignRecipient.State
Begins = Campaign.Begins
GATHERED_AT_ONCE: Final = 2_000


@transaction.atomic
def gather(*, campaign: Campaign, at: datetime.datetime) -> int:
    """Put the next people on a campaign, each once, and say how many were looked at; 0: nobody is left.

    Where it goes at once, whoever may not be reached at this moment is only counted; where
    journeys say when it goes, they put people on it.
    """
    if campaign.begins == Begins.JOURNEY:
        return 0
    free = Campaign.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
    held = free.filter(pk=campaign.pk, state=Campaign.State.RUNNING, gathered_at__isnull=True).first()
    if held is None:
        return 0
    if campaign.begins == Begins.REACHES:
        return _put_on_new(campaign, State.WAITING, at)
    if campaign.begins == Begins.FALLS:
        return _watch(campaign, at)
    return _gather_part(campaign, held, at)


def _gather_part(campaign: Campaign, held: Campaign, at: datetime.datetime) -> int:
    people = members(campaign=campaign).order_by("pk")
    if held.gathered_after:
        people = people.filter(pk__gt=held.gathered_after)
    part = list(people.values_list("pk", flat=True)[:GATHERED_AT_ONCE])
    candidates = look(campaign=campaign, contact_ids=part, at=at)
    _put_on(campaign, [one.contact_id for one in candidates if one.allowed], State.WAITING, at)
    _note_gathered(held, candidates, at)
    return len(part)


def _put_on_new(campaign: Campaign, state: CampaignRecipient.State, at: datetime.datetime) -> int:
    """Whoever is in the audience now and was never put on."""
    known = CampaignRecipient.objects.filter(campaign=campaign, contact=OuterRef("pk"))
    new = members(campaign=campaign).filter(~Exists(known)).values_list("pk", flat=True)
    keys = list(new[:GATHERED_AT_ONCE])
    _put_on(campaign, keys, state, at)
    return len(keys)


def _watch(campaign: Campaign, at: datetime.datetime) -> int:
    """Only who was seen above can fall, so they are watched first; falling to nothing is falling too."""
    watched = campaign.recipients.filter(state=State.WATCHED)
    score = Score.objects.filter(model=campaign.score_model_id, contact=OuterRef("contact"))
    fell = watched.filter(Exists(score.filter(points__lte=campaign.points)))
    turns = fell.update(state=State.WAITING, due_at=at)
    turns += _let_go(campaign, watched.filter(~Exists(score)), at)
    return turns + _put_on_new(campaign, State.WATCHED, at)


def _let_go(campaign: Campaign, unscored: QuerySet[CampaignRecipient], at: datetime.datetime) -> int:
    """Who has no score left fell to nothing, or may not be profiled any more: they are watched no longer."""
    if campaign.score_model is None or (campaign.points or 0) < 0:
        return unscored.delete()[0]
    part = list(unscored.order_by("pk").values_list("contact", flat=True)[:GATHERED_AT_ONCE])
    gate = gate_parameters(legal_entity=campaign.legal_entity, rests_on=campaign.score_model.rests_on, now=at)
    fell = keep_profiled(contact_ids=part, gate=gate) if part else set()
    rows = campaign.recipients.filter(state=State.WATCHED, contact__in=part)
    turns = rows.filter(contact__in=fell).update(state=State.WAITING, due_at=at)
    return turns + rows.delete()[0]


def _put_on(
    campaign: Campaign,
    contact_ids: Sequence[uuid.UUID],
    state: CampaignRecipient.State,
    at: datetime.datetime,
) -> None:
    # Held, so that nobody who is being erased is put on.
    people = Contact.objects.select_for_update(of=("self",), no_key=True).filter(erased_at__isnull=True)
    held = people.filter(pk__in=contact_ids).order_by("pk").values_list("pk", flat=True)
    rows = [
        CampaignRecipient(campaign=campaign, contact_id=key, state=state, added_at=at, due_at=at)
        for key in held
    ]
    CampaignRecipient.objects.bulk_create(rows, ignore_conflicts=True)


def _note_gathered(held: Campaign, candidates: Sequence[Candidate], at: datetime.datetime) -> None:
    for code, number in count_outcomes(candidates=[one for one in candidates if not one.allowed]).items():
        held.left_out[code] = held.left_out.get(code, 0) + number
    if candidates:
        held.gathered_after = candidates[-1].contact_id
    if len(candidates) < GATHERED_AT_ONCE:
        held.gathered_at = at
    held.save(update_fields=["left_out", "gathered_after", "gathered_at"])
