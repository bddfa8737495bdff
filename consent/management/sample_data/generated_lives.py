"""What becomes of a generated person: the lives of supporters, buyers and talents, by chance."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, replace

from consent.domain.relations import Answer
from consent.management.sample_data import generated_acts as acts
from consent.management.sample_data.generated_acts import Kept
from consent.management.sample_data.generated_diary import Diary, draw_later
from consent.management.sample_data.generated_people import Drawn
from consent.models import Act, CollectionPoint, NoticeVersion
from customers.models import LegalEntity, ProductGroup, RelationKind

SHARE_CONFIRMED = 0.88
SHARE_VERIFIED = 0.75
SHARE_WITHDRAWN = 0.12
SHARE_OBJECTED = 0.04
SHARE_NOT_TOLD = 0.05
SHARE_NO_OPTOUT = 0.12
SHARE_SAID_NO = 0.07
MOST_DEALS = 3
# How often the agreements of a seller are contracts that run on.
SHARE_RUNNING = {"dagpost": 0.4, "stroomkring": 0.8, "geluksloterij": 0.5}


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One legal entity as people meet it: its notices, places and product groups, by code."""

    entity: LegalEntity
    notices: dict[str, NoticeVersion]
    places: dict[str, CollectionPoint]
    groups: dict[str, ProductGroup]

    @property
    def till(self) -> CollectionPoint:
        return self.places[f"{self.entity.code}-kassa"]


Life = Callable[[Drawn, Setting, datetime.datetime, Diary], None]


def live(*, drawn: Drawn, setting: Setting, began_at: datetime.datetime, diary: Diary) -> None:
    """Write one life in the diary."""
    if setting.entity.code == "werkplaats":
        _ask_by_mail(drawn, setting, setting.notices["talent-pool-email"], began_at, diary)
    elif setting.groups:
        _buy(drawn, setting, began_at, diary)
    else:
        _support(drawn, setting, began_at, diary)
    later = draw_later(dice=drawn.dice, than=began_at)
    if later and drawn.dice.random() < SHARE_OBJECTED:
        diary.add_event(acts.objection(drawn=drawn, entity=setting.entity, at=later))


def _support(drawn: Drawn, setting: Setting, began_at: datetime.datetime, diary: Diary) -> None:
    lives: dict[Life, int] = {_give: 45, _read_newsletter: 25, _take_calls: 15, _volunteer: 15}
    _draw_life(drawn, lives)(drawn, setting, began_at, diary)


def _buy(drawn: Drawn, setting: Setting, began_at: datetime.datetime, diary: Diary) -> None:
    _deal(drawn, setting, setting.till, RelationKind.SALE, began_at, diary)
    lives: dict[Life, int] = {_say_nothing: 55, _take_mail: 25, _take_calls: 15, _refuse_mail: 5}
    _draw_life(drawn, lives)(drawn, setting, began_at, diary)


def _draw_life(drawn: Drawn, lives: dict[Life, int]) -> Life:
    [life] = drawn.dice.choices(list(lives), weights=list(lives.values()))
    return life


def _say_nothing(_drawn: Drawn, _setting: Setting, _at: datetime.datetime, _diary: Diary) -> None:
    return


def _give(drawn: Drawn, setting: Setting, at: datetime.datetime, diary: Diary) -> None:
    _deal(drawn, setting, setting.till, RelationKind.DONATION, at, diary)


def _volunteer(drawn: Drawn, setting: Setting, at: datetime.datetime, diary: Diary) -> None:
    place = setting.places[f"{setting.entity.code}-vrijwilligers"]
    _deal(drawn, setting, place, RelationKind.VOLUNTEER, at, diary)


def _read_newsletter(drawn: Drawn, setting: Setting, at: datetime.datetime, diary: Diary) -> None:
    _ask_by_mail(drawn, setting, setting.notices["newsletter-email"], at, diary)


def _take_mail(drawn: Drawn, setting: Setting, at: datetime.datetime, diary: Diary) -> None:
    _permit(drawn, setting, setting.notices["offers-email"], at, diary)


def _take_calls(drawn: Drawn, setting: Setting, at: datetime.datetime, diary: Diary) -> None:
    version = setting.notices.get("offers-call") or setting.notices["fundraising-call"]
    if drawn.dice.random() < SHARE_VERIFIED:
        diary.add_event(acts.verification(drawn=drawn, entity=setting.entity, at=at))
    _permit(drawn, setting, version, at, diary)


def _refuse_mail(drawn: Drawn, setting: Setting, at: datetime.datetime, diary: Diary) -> None:
    version = setting.notices["offers-email"]
    diary.add_event(acts.permission(drawn=drawn, version=version, place=setting.till, act=Act.REFUSED, at=at))


def _deal(
    drawn: Drawn,
    setting: Setting,
    place: CollectionPoint,
    kind: RelationKind,
    began_at: datetime.datetime,
    diary: Diary,
) -> None:
    kept = _draw_kept(drawn, setting.entity.code)
    at: datetime.datetime | None = began_at
    for _ in range(1 if kept.runs_on else drawn.dice.randint(1, MOST_DEALS)):
        if at is None:
            return
        group = drawn.dice.choice(list(setting.groups.values())) if setting.groups else None
        diary.add_agreement(
            acts.agreement(drawn=drawn, place=place, kind=kind, group=group, kept=kept, at=at)
        )
        # No is said once; it stands until the person takes it back.
        kept = replace(kept, answer=Answer.NOTHING_SAID)
        at = draw_later(dice=drawn.dice, than=at)


def _draw_kept(drawn: Drawn, entity: str) -> Kept:
    dice = drawn.dice
    told = dice.random() >= SHARE_NOT_TOLD
    offered = told and dice.random() >= SHARE_NO_OPTOUT
    said_no = offered and dice.random() < SHARE_SAID_NO
    return Kept(
        told=told,
        optout_offered=offered,
        answer=Answer.NO_CONTACT if said_no else Answer.NOTHING_SAID,
        runs_on=dice.random() < SHARE_RUNNING.get(entity, 0),
    )


def _permit(
    drawn: Drawn, setting: Setting, version: NoticeVersion, at: datetime.datetime, diary: Diary
) -> None:
    granted = acts.permission(drawn=drawn, version=version, place=setting.till, act=Act.GIVEN, at=at)
    diary.add_event(granted)
    later = draw_later(dice=drawn.dice, than=at)
    if later and drawn.dice.random() < SHARE_WITHDRAWN:
        diary.add_event(acts.withdrawal(drawn=drawn, granted=granted, at=later))


def _ask_by_mail(
    drawn: Drawn, setting: Setting, version: NoticeVersion, at: datetime.datetime, diary: Diary
) -> None:
    place = setting.places["talent"] if setting.entity.code == "werkplaats" else setting.till
    request = acts.permission(drawn=drawn, version=version, place=place, act=Act.REQUESTED, at=at)
    diary.add_event(request)
    if drawn.dice.random() >= SHARE_CONFIRMED:
        return
    granted = acts.confirmation(drawn=drawn, version=version, place=place, request=request)
    diary.add_event(granted)
    later = draw_later(dice=drawn.dice, than=at)
    if later and drawn.dice.random() < SHARE_WITHDRAWN:
        diary.add_event(acts.withdrawal(drawn=drawn, granted=granted, at=later))
