import pytest
from django.test import Client

from consent.domain.seal import keys
from consent.domain.seal.rereading import read_bounds
from consent.domain.seal.verifying import Trusted, find_faults
from consent.models import ConsentEvent, LedgerLeaf
from tests import scenes
from tests.services.house import built_house
from tests.services.mail import held_mail_server
from tests.services.people import crowd_at
from tests.services.processes import wait_for
from tests.services.worker import running_beat, running_worker


def all_sealed() -> bool:
    return LedgerLeaf.objects.count() == ConsentEvent.objects.count() > 0


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_an_act_is_sealed_within_a_minute(client: Client) -> None:
    crowd_at(scene=scenes.recipe_book()).opt_in(name="canary")
    with (
        held_mail_server() as server,
        built_house(mail_port=server.port) as house,
        running_worker(house=house),
        running_beat(house=house),
    ):
        wait_for(what="the seal", seconds=60, holds=all_sealed)
        checkpoint = client.get("/ledger/checkpoint")

    assert checkpoint.status_code == 200
    assert list(find_faults(bounds=read_bounds(), trusted=Trusted(verifiers=keys.verifiers()))) == []
