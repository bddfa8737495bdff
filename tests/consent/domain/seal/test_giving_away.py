import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from django.core import mail
from pytest_django import Settings

from consent import tasks
from consent.domain import delivery, outbox
from consent.domain.messages import WorkingLinks
from consent.domain.seal.giving_away import OutsideDiffersError, tell_officers, write_out
from consent.domain.seal.sealing import seal_chunk
from consent.models import Checkpoint, Heartbeat, OutboxMessage
from customers.models import LegalEntity
from tests import make
from tests.consent.domain.ledger.racing import Race, make_race
from tests.consent.domain.seal.scene import write

pytestmark = pytest.mark.django_db
LINKS = WorkingLinks(public_url="https://consent.example.org")
DAY = datetime.timedelta(days=1)


@pytest.fixture
def race() -> Race:
    """One sealed event of a legal entity with an officer."""
    race = make_race(people=1)
    write(race=race)
    seal_chunk(now=make.NOW)
    return race


def seal_more(race: Race, *, now: datetime.datetime) -> None:
    write(race=race)
    seal_chunk(now=now)


def note_of(size: int) -> str:
    return Checkpoint.objects.get(tree_size=size).note


def deliver_all(*, now: datetime.datetime) -> list[EmailMessage]:
    while message := outbox.claim_next(now=now):
        delivery.deliver(message=message, links=LINKS, now=now)
    return [message_from_bytes(sent.message().as_bytes(), policy=default) for sent in mail.outbox]


def test_checkpoint_is_written_as_that_of_its_day_and_as_the_latest(race: Race, tmp_path: Path) -> None:
    first = write_out(folder=str(tmp_path))
    seal_more(race, now=make.NOW + DAY)
    second = write_out(folder=str(tmp_path))

    names = ["checkpoint-2026-11-21.txt", "checkpoint-2026-11-22.txt", "latest.txt"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    assert [(tmp_path / name).read_text() for name in names] == [note_of(1), note_of(2), note_of(2)]
    assert [first, second] == [tmp_path / names[0], tmp_path / names[1]]


def test_nothing_is_written_without_a_folder_or_a_checkpoint(tmp_path: Path) -> None:
    assert write_out(folder=str(tmp_path)) is None

    write(race=make_race(people=1))
    seal_chunk(now=make.NOW)

    assert write_out(folder="") is None
    assert list(tmp_path.iterdir()) == []


def test_checkpoint_that_is_ahead_is_never_overwritten(race: Race, tmp_path: Path) -> None:
    """What an older backup that was put back would do."""
    ahead = note_of(1).replace("\n1\n", "\n7\n")
    (tmp_path / "latest.txt").write_text(ahead)

    with pytest.raises(OutsideDiffersError, match="tells 7 events, the ledger has 1: an older backup"):
        write_out(folder=str(tmp_path))

    assert (tmp_path / "latest.txt").read_text() == ahead


def test_checkpoint_of_other_events_is_never_overwritten(race: Race, tmp_path: Path) -> None:
    seal_more(race, now=make.NOW)
    lines = note_of(1).split("\n")
    other = "\n".join([*lines[:2], note_of(2).split("\n")[2], *lines[3:]])
    (tmp_path / "latest.txt").write_text(other)

    with pytest.raises(OutsideDiffersError, match="first 1 events are not those"):
        write_out(folder=str(tmp_path))

    assert (tmp_path / "latest.txt").read_text() == other


@pytest.mark.usefixtures("race")
def test_file_that_is_no_checkpoint_is_told(tmp_path: Path) -> None:
    (tmp_path / "latest.txt").write_bytes(b"\xff")

    with pytest.raises(OutsideDiffersError, match="is not a checkpoint"):
        write_out(folder=str(tmp_path))


@pytest.mark.usefixtures("race")
def test_folder_that_is_missing_is_told_and_noticed(
    tmp_path: Path, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.CHECKPOINT_DIR = str(tmp_path / "away")

    told = tasks.publish_checkpoint()

    assert told == 1
    assert "The checkpoint was not written out" in caplog.text
    assert list(Heartbeat.objects.all()) == []


@pytest.mark.usefixtures("race")
def test_officer_gets_the_checkpoint_as_a_file() -> None:
    assert tell_officers(now=make.NOW) == 1

    (sent,) = deliver_all(now=make.NOW)
    parts = [part for part in sent.walk() if not part.is_multipart()]
    text, html, file = [str(part.get_content()) for part in parts]
    assert sent["To"] == "fg@lampenwinkel.example.org"
    assert sent["Subject"]
    assert sent["List-Unsubscribe"] is None
    assert (parts[2].get_filename(), file) == ("checkpoint-1.txt", note_of(1))
    assert note_of(1) in text
    assert note_of(1).splitlines()[2] in html.replace("&#x2B;", "+")
    assert "https://consent.example.org/ledger/" in text


def test_officer_is_told_once_a_day_and_only_what_is_new(race: Race) -> None:
    told = [tell_officers(now=make.NOW), tell_officers(now=make.NOW + datetime.timedelta(hours=1))]
    told.append(tell_officers(now=make.NOW + DAY))
    seal_more(race, now=make.NOW + DAY)
    told.append(tell_officers(now=make.NOW + DAY))
    seal_more(race, now=make.NOW + DAY)
    told.append(tell_officers(now=make.NOW + DAY + datetime.timedelta(minutes=1)))

    assert told == [1, 0, 0, 1, 0]
    assert OutboxMessage.objects.filter(kind=OutboxMessage.Kind.CHECKPOINT).count() == 2


def test_officer_of_several_legal_entities_gets_one(race: Race) -> None:
    entity = race.world.entity
    make.legal_entity(organisation=entity.organisation, code="zuster", dpo_email=entity.dpo_email.upper())
    make.legal_entity(organisation=entity.organisation, code="neef", dpo_email="")
    make.legal_entity(organisation=make.organisation(code="ander"), code="ander", dpo_email="fg@example.net")

    assert tell_officers(now=make.NOW) == 2

    assert sorted(one["To"] for one in deliver_all(now=make.NOW)) == [
        "fg@example.net",
        "fg@lampenwinkel.example.org",
    ]


def test_without_a_checkpoint_nobody_is_told() -> None:
    make.legal_entity(organisation=make.organisation())

    assert tell_officers(now=make.NOW) == 0
    assert LegalEntity.objects.count() == 1
