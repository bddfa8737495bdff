"""A campaign from draft to end: started once, paused and resumed at will, ended for good."""

import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from consent.domain.call_desk.lists import Made, close_call_list, open_call_list, reopen_call_list
from consent.domain.engine.question import UnknownCodeError
from consent.models import CallList, ContentKind, Purpose, ServiceTest, Wording
from customers.models import Language, StaffMember
from scoring.domain.campaigns.audience import question_of
from scoring.domain.campaigns.personal import find_unknown_fields
from scoring.domain.profiling import MEASURING
from scoring.models import Campaign

State = Campaign.State


class CampaignNotReadyError(ValueError):
    """Something is missing before this campaign can start; the sentences say what."""

    def __init__(self, faults: list[StrPromise | str]) -> None:
        super().__init__(" ".join(str(fault) for fault in faults))
        self.faults = faults


class CampaignStateError(ValueError):
    """The campaign is not in a state in which this can be done."""


def find_faults(*, campaign: Campaign, at: datetime.datetime) -> list[StrPromise | str]:
    """Say in sentences what is missing before a campaign can start; nothing where it may."""
    checks = {
        _("Write the text in every language."): not _whole(campaign.text),
        _("Write a subject in every language."): campaign.channel == Campaign.Way.EMAIL
        and not _whole(campaign.subject),
        _("A button needs an address, and words in every language."): bool(campaign.link_url)
        != bool(campaign.link_label)
        or (bool(campaign.link_url) and not _whole(campaign.link_label)),
        _("To count needs a button, and a purpose “behaviour” of this legal entity."): _cannot_count(
            campaign
        ),
        _("This purpose does not use this channel."): campaign.channel not in campaign.purpose.channels,
        _("A service message needs the four-part test of its purpose, and this one has not passed it."): (
            campaign.purpose.content == ContentKind.SERVICE and not _passed(campaign)
        ),
        _("This legal entity does not use this purpose or product group."): not _askable(campaign, at),
        _("There is no number to show to people who are called."): _lacks_number(campaign, at),
        _("The stage belongs to a journey of another legal entity."): campaign.journey_stage is not None
        and campaign.journey_stage.journey.legal_entity_id != campaign.legal_entity_id,
        _("This stage shows figures only, and its recipients would show who is in it. Choose another."): (
            campaign.journey_stage is not None and campaign.journey_stage.figures_only
        ),
    }
    unknown = [name for text in (campaign.subject, campaign.text) for name in _unknown(text)]
    faults: list[StrPromise | str] = [sentence for sentence, present in checks.items() if present]
    if unknown:
        fields = ", ".join(dict.fromkeys(unknown))
        faults.append(_("This cannot be filled in: %(fields)s.") % {"fields": fields})
    return faults


@transaction.atomic
def start_campaign(*, campaign: Campaign, started_by: StaffMember, started_at: datetime.datetime) -> None:
    """Start a draft: from now on whom it is for are asked about, one by one, when their turn comes.

    A phone campaign opens its call list. Raises CampaignNotReadyError and CampaignStateError.
    """
    held = _hold(campaign, State.DRAFT)
    if faults := find_faults(campaign=held, at=started_at):
        raise CampaignNotReadyError(faults)
    held.state, held.started_at, held.started_by = State.RUNNING, started_at, started_by
    if held.channel == Campaign.Way.CALL:
        held.call_list = _open_list(held, started_by, started_at)
    held.save(update_fields=["state", "started_at", "started_by", "call_list"])


@transaction.atomic
def pause_campaign(
    *, campaign: Campaign, paused_at: datetime.datetime, halt: Campaign.Halt | None = None
) -> None:
    """Stop for a while: what is in the outbox comes back and waits too, and its call list shows nobody.

    `halt` says why, where nobody of the staff paused it. Raises CampaignStateError.
    """
    held = _hold(campaign, State.RUNNING)
    held.state, held.halted_because = State.PAUSED, halt or ""
    held.save(update_fields=["state", "halted_because"])
    _close_list(held, paused_at)


@transaction.atomic
def resume_campaign(*, campaign: Campaign, resumed_at: datetime.datetime) -> None:
    """Go on where a campaign was paused, call list and all, unless something has come to lack since.

    Raises CampaignNotReadyError and CampaignStateError.
    """
    held = _hold(campaign, State.PAUSED)
    if faults := find_faults(campaign=held, at=resumed_at):
        raise CampaignNotReadyError(faults)
    held.state, held.halted_because = State.RUNNING, ""
    held.save(update_fields=["state", "halted_because"])
    if held.call_list is not None:
        reopen_call_list(call_list=held.call_list)


@transaction.atomic
def end_campaign(*, campaign: Campaign, ended_at: datetime.datetime) -> None:
    """Stop for good: whoever waits gets nothing, and its call list shows nobody any more.

    Raises CampaignStateError.
    """
    held = _hold(campaign, State.RUNNING, State.PAUSED)
    held.state, held.ended_at = State.ENDED, ended_at
    held.save(update_fields=["state", "ended_at"])
    _close_list(held, ended_at)


def _close_list(campaign: Campaign, at: datetime.datetime) -> None:
    if campaign.call_list is not None and campaign.call_list.closed_at is None:
        close_call_list(call_list=campaign.call_list, closed_at=at)


def _hold(campaign: Campaign, *states: Campaign.State) -> Campaign:
    rows = Campaign.objects.select_for_update(of=("self",), no_key=True)
    held = rows.select_related("legal_entity", "purpose", "product_group", "call_list").get(pk=campaign.pk)
    if held.state not in states:
        raise CampaignStateError(held.state)
    return held


def _open_list(campaign: Campaign, opened_by: StaffMember, at: datetime.datetime) -> CallList:
    return open_call_list(
        question=question_of(campaign=campaign, at=at),
        name=campaign.name,
        script=campaign.text,
        opened_by=opened_by,
        opened_at=at,
        made=Made(reference=str(campaign.pk)),
    )


def _whole(wording: Wording) -> bool:
    return all(wording.get(language, "").strip() for language in Language.values)


def _unknown(wording: Wording) -> list[str]:
    return [name for text in wording.values() for name in find_unknown_fields(text=text)]


def _passed(campaign: Campaign) -> bool:
    test = ServiceTest.objects.filter(purpose=campaign.purpose_id).first()
    return test is not None and test.passed


def _askable(campaign: Campaign, at: datetime.datetime) -> bool:
    try:
        question_of(campaign=campaign, at=at)
    except UnknownCodeError:
        return False
    return True


def _cannot_count(campaign: Campaign) -> bool:
    """Nobody can permit what there is no purpose for."""
    if campaign.counts == Campaign.Counts.NOTHING:
        return False
    measuring = Purpose.objects.filter(legal_entities=campaign.legal_entity_id, code=MEASURING)
    return not (campaign.link_url and measuring.exists())


def _lacks_number(campaign: Campaign, at: datetime.datetime) -> bool:
    if campaign.channel != Campaign.Way.CALL or not _askable(campaign, at):
        return False
    return not question_of(campaign=campaign, at=at).caller_number
