"""The whole ledger beside its seal, night by night: in parts that tasks hand to each other."""

import json
from typing import Any

import pytest
import time_machine

from config.health import late_tasks
from consent import tasks
from consent.domain.seal import keys, rereading, verifying
from consent.domain.seal.faults import Fault
from consent.domain.seal.verifying import Place, Trusted
from consent.models import Heartbeat
from tests import make
from tests.consent.domain.seal.scene import make_people, seal, settle, unguarded, write

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rereading, "LEAVES_AT_ONCE", 5)


@pytest.fixture
def sealed() -> None:
    """Twelve sealed events under three checkpoints, every number settled."""
    race = make_people()
    for minutes in range(3):
        write(race=race, count=4)
        seal(minutes=minutes)
    settle()
    settle()


def compared() -> tuple[list[int], Fault | None]:
    """The sizes after each part, and the fault; each place goes through JSON, as between two tasks."""
    trusted, sizes, fault = Trusted(verifiers=keys.verifiers()), [], None
    going: Place | None = verifying.begin_comparison()
    while going is not None:
        sizes.append(going.size)
        place = Place(*json.loads(json.dumps(going)))
        fault, going = verifying.compare_part(place=place, trusted=trusted)
    return sizes, fault


@pytest.mark.usefixtures("sealed")
def test_parts_together_compare_the_whole_ledger() -> None:
    assert compared() == ([0, 5, 10, 12], None)


@pytest.mark.usefixtures("sealed")
def test_what_must_be_sealed_is_counted_in_parts_too(monkeypatch: pytest.MonkeyPatch) -> None:
    settled = verifying.begin_comparison().settled_sequence
    monkeypatch.setattr(verifying, "NUMBERS_AT_ONCE", -(-settled // 3))

    assert compared() == ([0, 5, 10, 12, 12, 12], None)


@pytest.mark.usefixtures("sealed")
@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE consent_consentevent SET lacks = 'proof' WHERE act = 'WITHDRAWN'",
        "UPDATE consent_ledgerleaf SET leaf_hash = sha256('x') WHERE position = 7",
        "DELETE FROM consent_ledgerleaf WHERE position = 11",
        "UPDATE consent_checkpoint SET root_hash = sha256('x') WHERE tree_size = 8",
        "DELETE FROM consent_consentevent",
    ],
)
def test_parts_find_first_what_the_whole_comparison_finds_first(tampering: str) -> None:
    with unguarded() as link:
        link.execute(tampering)

    whole = verifying.find_faults(
        bounds=rereading.read_bounds(), trusted=Trusted(verifiers=keys.verifiers()), readers=1
    )
    _sizes, fault = compared()

    assert fault is not None
    assert fault == next(whole)


@pytest.mark.usefixtures("sealed")
def test_task_out_of_time_hands_over_where_it_was_and_the_last_one_beats(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    handed_over: list[Any] = []
    monkeypatch.setattr(tasks.verify_ledger, "delay", lambda **rest: handed_over.append(rest))
    monkeypatch.setattr(tasks, "SECONDS_TO_VERIFY", 0)

    with time_machine.travel(make.NOW, tick=False):
        tasks.verify_ledger()
        none_yet = Heartbeat.objects.count()
        while handed_over:
            last = tasks.verify_ledger(**json.loads(json.dumps(handed_over.pop())))

    assert (none_yet, last) == (0, 12)
    assert Heartbeat.objects.values_list("name", "last_beat_at").get() == (
        "consent.tasks.verify_ledger",
        make.NOW,
    )


@pytest.mark.usefixtures("sealed")
def test_ledger_that_was_changed_turns_the_readiness_page_red(caplog: pytest.LogCaptureFixture) -> None:
    with unguarded() as link:
        link.execute("UPDATE consent_consentevent SET lacks = 'proof' WHERE act = 'WITHDRAWN'")

    tasks.verify_ledger()

    assert "is not what was sealed" in caplog.messages[0]
    assert "The periodic task consent.tasks.verify_ledger found a fault: its log says which." in (
        late_tasks(now=make.NOW)
    )
