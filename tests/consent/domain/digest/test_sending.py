import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from consent.domain import messages, outbox
from consent.domain.digest.sending import write_next
from consent.domain.messages import MaskedLinks
from consent.domain.shortcomings import SHORTCOMINGS
from consent.models import Digest, Figure, OutboxMessage
from customers.models import Language
from tests import make
from tests.consent.board_scene import Board, board, count

pytestmark = pytest.mark.django_db
NOW = datetime.datetime(2026, 12, 1, 9, 0, tzinfo=ZoneInfo("Europe/Amsterdam"))
DAY = datetime.timedelta(days=1)
LINKS = MaskedLinks(public_url="https://jawoord.example.org")


def mail_all(now: datetime.datetime = NOW) -> int:
    mailed = 0
    while write_next(now=now):
        mailed += 1
    return mailed


def counted() -> Board:
    made = board()
    count(now=NOW)
    return made


def text_to(made: Board, name: str) -> str:
    digest = Digest.objects.filter(department__name=name).latest("month_date")
    message = OutboxMessage.objects.select_related("legal_entity").get(pk=digest.message_id)
    return messages.render(message=message, links=LINKS).text


def test_each_department_gets_one_digest_a_month() -> None:
    counted()

    first, again, later = mail_all(), mail_all(), mail_all(NOW + 20 * DAY)

    assert (first, again, later) == (2, 0, 0)
    assert [str(digest) for digest in Digest.objects.order_by("department__name")] == [
        "Klantenservice 2026-11",
        "Marketing 2026-11",
    ]
    assert OutboxMessage.objects.filter(kind="DIGEST").count() == 2


def test_after_a_standstill_the_last_month_is_made_up_for() -> None:
    counted()
    mail_all()

    march = NOW + 100 * DAY
    count(now=march)
    mailed = mail_all(march)

    months = sorted({f"{digest.month_date:%Y-%m}" for digest in Digest.objects.all()})
    assert (mailed, months) == (2, ["2026-11", "2027-02"])


def test_nothing_is_mailed_before_the_month_was_counted_whole() -> None:
    board()
    count(now=NOW - DAY)

    assert mail_all() == 0


@pytest.mark.parametrize("switched", [{"gets_digest": False}, {"email": ""}])
def test_a_department_without_a_digest_gets_none(switched: dict[str, Any]) -> None:
    made = counted()
    type(made.marketing).objects.filter(pk=made.marketing.pk).update(**switched)

    mail_all()

    assert [digest.department.name for digest in Digest.objects.all()] == ["Klantenservice"]


def test_the_mail_goes_to_the_department_and_nobody_can_stop_anything_with_it() -> None:
    made = counted()
    mail_all()

    message = OutboxMessage.objects.get(
        pk=Digest.objects.get(department=made.marketing).message_id, contact__isnull=True
    )

    rendered = messages.render(message=message, links=LINKS)
    assert outbox.recipient_of(message=message) == "marketing@huisgroep.example.org"
    assert rendered.unsubscribe_url == ""
    assert rendered.subject == "Privacy in november 2026: Marketing"


def test_a_digest_says_the_departments_own_figures_and_links_to_the_rows() -> None:
    made = counted()
    made.marketing.language = Language.EN
    made.marketing.save(update_fields=["language"])

    mail_all()

    text = text_to(made, "Marketing")
    assert "- Permissions given: 0 (October 2026: 2)" in text
    assert "- Permissions withdrawn: 1 (October 2026: 0)" in text
    assert "- Permissions that stand: 3" in text
    assert "Permissions without complete evidence" in text
    assert f"purpose__department__id__exact={made.marketing.pk}" in text
    assert "Rights requests" not in text
    assert "https://jawoord.example.org/admin/consent/consentrecord/?status__in=" in text


def test_the_most_urgent_shortcoming_is_to_be_discussed_and_another_next_month() -> None:
    counted()
    mail_all()
    january = NOW + 35 * DAY
    count(now=january)
    mail_all(january)

    codes = Digest.objects.filter(department__name="Klantenservice").order_by("month_date")

    first, second = codes.values_list("subject", flat=True)
    assert first == "requests_overdue"
    assert second != first
    assert second in {one.code for one in SHORTCOMINGS}


def test_a_department_with_nothing_reads_that_nothing_falls_short() -> None:
    made = counted()
    make.department(organisation=made.organisation, name="Archief", language=Language.EN)

    mail_all()

    text = text_to(made, "Archief")
    assert "Nothing. Keep it so." in text
    assert "To discuss this month: " in text


def test_numbers_are_written_as_the_departments_language_does() -> None:
    made = counted()
    Figure.objects.filter(name="STATUS", purpose=made.offers, part="ConsentGiven").update(number=1234567)

    mail_all()

    assert "1.234.567" in text_to(made, "Marketing")
