"""A checkpoint is stamped by somebody else, once a day, and what is no stamp of it is found."""

import datetime
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from consent import tasks
from consent.domain.seal.sealing import seal_chunk
from consent.domain.seal.stamping import Authority, StampError, read_stamp, stamp
from consent.models import Checkpoint, Heartbeat
from tests import make
from tests.consent.domain.ledger.racing import Race, make_race
from tests.consent.domain.seal.scene import write
from tests.consent.domain.seal.stamping_authority import make_certificates, stamping_authority

pytestmark = pytest.mark.django_db
# Verification reads over connections of its own.
COMMITTED = pytest.mark.django_db(transaction=True)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def race() -> Race:
    race = make_race(people=1)
    write(race=race)
    seal_chunk(now=make.NOW)
    return race


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with stamping_authority(folder=tmp_path_factory.mktemp("tsa")) as authority:
        yield authority


@pytest.fixture
def stamped(race: Race, authority: Authority, tmp_path: Path) -> Path:
    place = stamp(folder=str(tmp_path), authority=authority, now=make.NOW)
    assert place
    return place


def verified(checkpoint: Path) -> str:
    said = StringIO()
    call_command("verify_ledger", checkpoint=checkpoint, stdout=said)
    return said.getvalue()


def test_checkpoint_and_reply_lie_side_by_side(stamped: Path, authority: Authority) -> None:
    names = sorted(path.name for path in stamped.parent.iterdir())

    assert names == ["stamped-2026-11-21.tsr", "stamped-2026-11-21.txt"]
    assert stamped.read_text() == Checkpoint.objects.get().note
    assert read_stamp(checkpoint=stamped, certificates=authority.certificates).endswith("GMT")


def test_stamped_once_a_day_and_only_what_is_new(race: Race, stamped: Path, authority: Authority) -> None:
    folder = str(stamped.parent)
    nothing_new = stamp(folder=folder, authority=authority, now=make.NOW + DAY)
    write(race=race)
    seal_chunk(now=make.NOW)
    same_day = stamp(folder=folder, authority=authority, now=make.NOW)
    next_day = stamp(folder=folder, authority=authority, now=make.NOW + DAY)

    assert (nothing_new, same_day) == (None, None)
    assert next_day == stamped.with_name("stamped-2026-11-22.txt")


def test_reply_of_an_authority_we_do_not_trust_is_not_kept(
    race: Race, authority: Authority, tmp_path: Path
) -> None:
    other, folder = tmp_path / "other", tmp_path / "kept"
    other.mkdir()
    folder.mkdir()
    make_certificates(folder=other)

    with pytest.raises(StampError):
        stamp(
            folder=str(folder),
            authority=replace(authority, certificates=str(other / "root.pem")),
            now=make.NOW,
        )

    assert list(folder.iterdir()) == []


def test_authority_that_is_silent_stamps_nothing(race: Race, authority: Authority, tmp_path: Path) -> None:
    silent = replace(authority, url="http://127.0.0.1:9/")

    with pytest.raises(StampError, match="does not answer"):
        stamp(folder=str(tmp_path), authority=silent, now=make.NOW)

    assert list(tmp_path.iterdir()) == []


@COMMITTED
def test_verification_tells_when_it_was_stamped(
    stamped: Path, authority: Authority, settings: Settings
) -> None:
    settings.TSA_CERTIFICATES = authority.certificates

    assert "A time-stamping authority saw it on " in verified(stamped)


@COMMITTED
def test_verification_without_certificates_says_so(stamped: Path) -> None:
    assert "TSA_CERTIFICATES names no certificates" in verified(stamped)


@COMMITTED
def test_stamp_of_another_checkpoint_is_found(
    race: Race, stamped: Path, authority: Authority, settings: Settings
) -> None:
    settings.TSA_CERTIFICATES = authority.certificates
    write(race=race)
    seal_chunk(now=make.NOW)
    stamped.write_text(Checkpoint.objects.latest("tree_size").note)

    with pytest.raises(CommandError, match="does not hold"):
        verified(stamped)


def test_turn_counts_also_while_the_authority_is_away(
    race: Race,
    authority: Authority,
    settings: Settings,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    settings.CHECKPOINT_DIR, settings.TSA_CERTIFICATES = str(tmp_path), authority.certificates
    settings.TSA_URL = "http://127.0.0.1:9/"
    tasks.publish_checkpoint()
    turns, stamped = Heartbeat.objects.count(), list(tmp_path.glob("stamped-*"))
    settings.TSA_URL = authority.url
    tasks.publish_checkpoint()

    assert (turns, stamped) == (1, [])
    assert "The checkpoint was not time-stamped" in caplog.text
    assert len(list(tmp_path.glob("stamped-*"))) == 2
