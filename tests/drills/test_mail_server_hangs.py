"""A mail server that falls silent in the middle of a conversation with the real worker."""

import pytest

from consent.models import OutboxMessage
from tests import scenes
from tests.figures import Note
from tests.services.house import built_house, wake_workers
from tests.services.mail import HeldMailServer, Step
from tests.services.people import crowd_at
from tests.services.processes import wait_for
from tests.services.worker import running_worker

pytestmark = pytest.mark.services
State = OutboxMessage.State
BOUND = 30


@pytest.mark.parametrize(
    ("step", "state", "in_doubt"),
    [
        pytest.param(Step.GREETING, State.WAITING, True, id="at the greeting", marks=pytest.mark.drill),
        pytest.param(Step.HANDED_OVER, State.WAITING, True, id="with the message"),
        pytest.param(Step.ANSWERED, State.SENT, False, id="after its answer", marks=pytest.mark.drill),
    ],
)
def test_a_silent_mail_server_holds_a_message_for_seconds(
    mail_server: HeldMailServer, note: Note, step: Step, state: str, in_doubt: bool
) -> None:
    crowd_at(scene=scenes.recipe_book()).opt_in(name="alice")
    mail_server.hold(step)
    with built_house(mail_port=mail_server.port) as house, running_worker(house=house):
        wake_workers(house=house)
        wait_for(what="the step", seconds=10, holds=mail_server.reached.is_set)
        seconds = wait_for(what="the worker to give up", seconds=BOUND, holds=is_decided)
        # Looked at before the server speaks again: the next try follows within seconds.
        message = OutboxMessage.objects.get()
        mail_server.let_go()

    note(seconds_until_decided=seconds)
    assert (message.state, message.possibly_sent_twice) == (state, in_doubt)


def is_decided() -> bool:
    return OutboxMessage.objects.get().state != State.SENDING
