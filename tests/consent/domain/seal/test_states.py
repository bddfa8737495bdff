import pytest

from consent.domain.seal.states import SealState, sealing_of, states_of
from consent.models import ConsentEvent, LedgerLeaf
from tests.consent.domain.seal.scene import make_people, seal, unguarded, write

pytestmark = pytest.mark.django_db(transaction=True)


def test_each_event_is_sealed_or_waits() -> None:
    race = make_people()
    sealed = write(race=race, count=2)
    seal()
    [waiting] = write(race=race)

    states = states_of(events=ConsentEvent.objects.all())

    assert states == {
        sealed[0].pk: SealState.SEALED,
        sealed[1].pk: SealState.SEALED,
        waiting.pk: SealState.WAITS,
    }
    found = sealing_of(event=sealed[1])
    assert (found.state, found.position) == (SealState.SEALED, 1)
    assert found.checkpoint is not None
    assert found.checkpoint.tree_size == 2
    assert sealing_of(event=waiting).state == SealState.WAITS


def test_changed_event_is_broken() -> None:
    [event] = write(race=make_people())
    seal()
    with unguarded() as link:
        link.execute("UPDATE consent_consentevent SET lacks = 'proof'")
    changed = ConsentEvent.objects.get(pk=event.pk)

    assert states_of(events=[changed]) == {event.pk: SealState.BROKEN}
    assert sealing_of(event=changed).state == SealState.BROKEN


@pytest.mark.parametrize(
    "tamper",
    [
        "UPDATE consent_ledgerleaf SET position = 1 - position + 10",
        "DELETE FROM consent_ledgerleaf WHERE position = 0",
        "UPDATE consent_checkpoint SET root_hash = sha256('')",
    ],
)
def test_event_that_is_not_in_the_signed_tree_is_broken(tamper: str) -> None:
    _first, second = write(race=make_people(), count=2)
    seal()
    with unguarded() as link:
        link.execute(tamper.encode())

    assert LedgerLeaf.objects.filter(event_id=second.pk).exists()
    assert sealing_of(event=second).state == SealState.BROKEN
