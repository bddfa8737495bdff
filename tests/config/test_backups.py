"""The drill: back up, lose the database, restore into a new one."""

import json
import shutil
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from psycopg.sql import SQL, Identifier
from pytest_django import Settings

from consent.domain import jobs, outbox
from consent.domain.erasing import replaying
from consent.domain.erasing.erasure import erase
from consent.domain.ledger.circumstances import BY_SCHEDULE
from consent.domain.ledger.reconciling import find_differences
from consent.domain.seal import giving_away, proofs
from consent.domain.seal.verifying import find_broken_evidence
from consent.models import ConsentEvent, Evidence, Job, OutboxMessage, Purpose, SealMark
from customers.models import Contact, LegalEntity
from scoring.models import Campaign
from tests import make
from tests.conftest import owner_connection
from tests.consent.domain.ledger.racing import make_race
from tests.consent.domain.seal.scene import seal, unguarded, write
from tests.scoring import make as scoring

pytestmark = pytest.mark.django_db(transaction=True)


State = OutboxMessage.State


def told(command: str, folder: Path) -> str:
    said = StringIO()
    call_command(command, str(folder), stdout=said)
    return said.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backup"


@pytest.fixture
def people() -> list[Contact]:
    """Two people with three sealed acts each, under two checkpoints; the last act waits."""
    race = make_race(people=2)
    write(race=race, count=3)
    seal()
    write(race=race, count=3)
    seal(minutes=1)
    write(race=race)
    return list(Contact.objects.order_by("created_at", "pk"))


@pytest.fixture
def new_database(people: list[Contact]) -> Iterator[str]:
    """An empty one beside the first; `connection` goes there when it is moved."""
    first = str(connection.settings_dict["NAME"])
    name = f"{first}_restored"
    with owner_connection() as link:
        link.autocommit = True
        link.execute(SQL("DROP DATABASE IF EXISTS {}").format(Identifier(name)))
        link.execute(SQL("CREATE DATABASE {} TEMPLATE template0").format(Identifier(name)))
    yield name
    move_to(first)
    with owner_connection() as link:
        link.autocommit = True
        link.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


def move_to(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name


def test_restored_ledger_has_the_head_it_had_and_works_on(folder: Path, new_database: str) -> None:
    size = proofs.sealed_size()
    head, events = proofs.root_at(tree_size=size), list(ConsentEvent.objects.order_by("pk").values())

    backed_up = told("backup", folder)
    move_to(new_database)
    restored = told("restore", folder)

    assert backed_up == "Backed up with 6 sealed events. The keys are not in it.\n"
    assert restored.startswith(
        "Restored: all 6 sealed events are as they were sealed.\n0 people erased again.\n"
    )
    assert (proofs.sealed_size(), proofs.root_at(tree_size=size)) == (size, head)
    assert list(ConsentEvent.objects.order_by("pk").values()) == events
    assert (list(find_broken_evidence()), list(find_differences())) == ([], [])
    assert SealMark.objects.get().candidate_sequence is None
    assert seal(minutes=5) == 1
    with pytest.raises(Exception, match="permission denied"):
        ConsentEvent.objects.update(lacks="proof")


def test_person_erased_since_is_erased_again(
    folder: Path, tmp_path: Path, people: list[Contact], settings: Settings, new_database: str
) -> None:
    settings.CHECKPOINT_DIR = str(tmp_path)
    told("backup", folder)
    gone, stays = people
    erase(contact=gone, how=BY_SCHEDULE, erased_at=make.NOW)
    seal(minutes=2)
    replaying.write_list(folder=settings.CHECKPOINT_DIR)
    giving_away.write_out(folder=settings.CHECKPOINT_DIR)

    move_to(new_database)
    restored = told("restore", folder)

    assert restored.splitlines()[1] == "1 people erased again."
    assert "events after the backup are lost" in restored
    assert [contact.pk for contact in Contact.objects.filter(erased_at__isnull=True)] == [stays.pk]
    assert not Evidence.objects.filter(subject_id=gone.pk).exists()
    # The checkpoint outside is ahead: it is not written over.
    with pytest.raises(giving_away.OutsideDiffersError):
        giving_away.write_out(folder=settings.CHECKPOINT_DIR)
    # Who stands in the list stays in it.
    assert replaying.read_list(folder=str(tmp_path)) == {gone.pk}


def test_what_waited_is_held_until_somebody_decides(
    folder: Path, people: list[Contact], new_database: str
) -> None:
    waiting, sending, sent = (message_to(people[0]) for _number in range(3))
    OutboxMessage.objects.filter(pk=sending.pk).update(state=State.SENDING, claimed_at=make.NOW)
    OutboxMessage.objects.filter(pk=sent.pk).update(state=State.SENT)
    told("backup", folder)

    move_to(new_database)
    restored = told("restore", folder)

    states = dict(OutboxMessage.objects.values_list("pk", "state"))
    assert states == {waiting.pk: State.HELD, sending.pk: State.HELD, sent.pk: State.SENT}
    assert outbox.claim_next(now=make.NOW + timedelta(days=1)) is None
    assert restored.splitlines()[2] == (
        "2 messages are held until an administrator releases or drops them in the admin."
    )


def test_what_writes_to_people_stops_until_somebody_decides(
    folder: Path, people: list[Contact], new_database: str
) -> None:
    entity = LegalEntity.objects.get()
    purpose = Purpose.objects.get()
    campaign = scoring.campaign(legal_entity=entity, purpose=purpose)
    campaign.state, campaign.started_at = Campaign.State.RUNNING, make.NOW
    campaign.save(update_fields=["state", "started_at"])
    job = jobs.start_job(
        organisation=entity.organisation,
        legal_entity_id=entity.pk,
        kind=Job.Kind.ANNOUNCE,
        total=2,
        key_range={},
        started_by=None,
        now=make.NOW,
    )
    told("backup", folder)

    move_to(new_database)
    restored = told("restore", folder)

    paused = Campaign.objects.get()
    assert (paused.state, paused.halted_because) == (Campaign.State.PAUSED, Campaign.Halt.RESTORED)
    assert Job.objects.get(pk=job.pk).state == Job.State.CANCELLED
    assert restored.splitlines()[3].startswith("2 campaigns, announcements")


def message_to(contact: Contact) -> OutboxMessage:
    point = contact.points.get(kind="EMAIL")
    new = outbox.NewMessage(
        kind=OutboxMessage.Kind.PREFERENCE_LINK,
        legal_entity=LegalEntity.objects.get(),
        contact_point=point,
        language="nl",
        content={},
    )
    return outbox.write(message=new, written_at=make.NOW)


def test_backup_of_a_tampered_ledger_is_told_when_restored(folder: Path, new_database: str) -> None:
    with unguarded() as link:
        link.execute("UPDATE consent_consentevent SET lacks = 'proof'")
    told("backup", folder)

    move_to(new_database)
    with pytest.raises(CommandError, match="is not what was sealed") as refusal:
        told("restore", folder)

    assert refusal.value.returncode == 1


def test_damaged_backup_is_refused(folder: Path, new_database: str) -> None:
    told("backup", folder)
    with (folder / "database.dump").open("r+b") as dump:
        dump.seek(200)
        dump.write(b"x")

    move_to(new_database)
    with pytest.raises(CommandError, match="its hash is another") as refusal:
        told("restore", folder)

    assert refusal.value.returncode == 2
    assert connection.introspection.table_names() == []


def test_backup_of_another_head_is_not_passed_off(folder: Path, new_database: str) -> None:
    told("backup", folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "tree_size": 5}))

    move_to(new_database)
    with pytest.raises(CommandError, match="head of the tree") as refusal:
        told("restore", folder)

    assert refusal.value.returncode == 1


@pytest.mark.usefixtures("people")
def test_nothing_is_written_over(folder: Path, tmp_path: Path) -> None:
    told("backup", folder)

    for command, sentence in (("backup", "is not empty"), ("restore", "The database is not empty")):
        with pytest.raises(CommandError, match=sentence) as refusal:
            told(command, folder)
        assert refusal.value.returncode == 2
    shutil.rmtree(folder)
    with pytest.raises(CommandError, match="holds no backup"):
        told("restore", tmp_path)


@pytest.mark.usefixtures("people")
def test_backup_is_for_its_owner_only_and_holds_no_key(folder: Path, settings: Settings) -> None:
    told("backup", folder)

    assert {file.name: oct(file.stat().st_mode & 0o777) for file in folder.iterdir()} == {
        "database.dump": "0o600",
        "manifest.json": "0o600",
    }
    held = b"".join(file.read_bytes() for file in folder.iterdir())
    for ring in (settings.EVIDENCE_KEYS, settings.LINK_KEYS, settings.SUPPRESSION_KEYS, settings.SEAL_KEYS):
        assert not [key for key in ring.values() if key in held]
