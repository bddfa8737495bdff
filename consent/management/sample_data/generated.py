"""The generated people of the sample: many, fictional, and the same every time."""

from consent.management.sample_data.generated_diary import Diary, draw_moment
from consent.management.sample_data.generated_lives import Setting, live
from consent.management.sample_data.generated_people import MOST_PEOPLE, Drawn, dice_of, draw_person
from consent.models import CollectionPoint, NoticeVersion
from customers.models import Contact, ContactPoint, LegalEntity

__all__ = ["MOST_PEOPLE", "load_generated"]

# Of every hundred people, about so many know this legal entity.
SHARES = {
    "harthulp": 22,
    "bosvogels": 14,
    "dagpost": 18,
    "lampenwinkel": 18,
    "stroomkring": 10,
    "geluksloterij": 8,
    "werkplaats": 5,
    "belgaboek": 5,
}
ROWS_AT_ONCE = 1000


def load_generated(*, people: int) -> None:
    """Store this many people and what they did, in sets."""
    settings = {code: _read_setting(code) for code in SHARES}
    diary = Diary()
    drawn = [_draw(number, settings, diary) for number in range(people)]
    Contact.objects.bulk_create([one.contact for one in drawn], batch_size=ROWS_AT_ONCE)
    points = [point for one in drawn for point in one.points.values()]
    ContactPoint.objects.bulk_create(points, batch_size=ROWS_AT_ONCE)
    diary.write_down()


def _read_setting(code: str) -> Setting:
    entity = LegalEntity.objects.select_related("organisation").get(code=code)
    versions = NoticeVersion.objects.select_related("notice__purpose", "notice__legal_entity")
    places = CollectionPoint.objects.select_related(
        "legal_entity__organisation", "soft_optin_notice", "privacy_statement"
    )
    return Setting(
        entity=entity,
        notices={version.notice.code: version for version in versions.filter(notice__legal_entity=entity)},
        places={place.code: place for place in places.filter(legal_entity=entity)},
        groups={group.code: group for group in entity.product_groups.order_by("pk")},
    )


def _draw(number: int, settings: dict[str, Setting], diary: Diary) -> Drawn:
    dice = dice_of(number=number + MOST_PEOPLE)
    [code] = dice.choices(list(SHARES), weights=list(SHARES.values()))
    began_at = draw_moment(dice=dice)
    drawn = draw_person(number=number, entity=settings[code].entity, known_at=began_at)
    live(drawn=drawn, setting=settings[code], began_at=began_at, diary=diary)
    return drawn
