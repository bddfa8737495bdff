from datetime import date

import pytest
import time_machine
from django.test import Client

from customers.models import LegalEntity
from tests import make

pytestmark = pytest.mark.django_db
PAGE, DATA = "/caller-numbers/lampenwinkel/", "/caller-numbers/lampenwinkel.json"


@pytest.fixture
def entity(clock: time_machine.Traveller) -> LegalEntity:
    return make.legal_entity(organisation=make.organisation())


def test_numbers_are_published_as_data(entity: LegalEntity, client: Client) -> None:
    make.caller_number(legal_entity=entity, label="")
    make.caller_number(legal_entity=entity, number="+31200000003", reachable_until_date=date(2026, 12, 31))

    answer = client.get(DATA)

    assert answer.json() == {
        "version": 1,
        "legal_entity": {"code": "lampenwinkel", "name": "Lampenwinkel B.V."},
        "as_of": "2026-11-21",
        "numbers": [
            {
                "number": "+31200000002",
                "used_for": "",
                "in_use_from": "2024-01-01",
                "reachable_until": None,
                "state": "IN_USE",
            },
            {
                "number": "+31200000003",
                "used_for": "Aanbiedingen",
                "in_use_from": "2024-01-01",
                "reachable_until": "2026-12-31",
                "state": "REACHABLE",
            },
        ],
    }
    assert answer["Content-Type"] == "application/json"


def test_data_may_be_kept_and_read_by_other_sites(entity: LegalEntity, client: Client) -> None:
    answer = client.get(DATA)

    assert set(answer["Cache-Control"].split(", ")) == {"public", "max-age=300"}
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert (answer.cookies, answer.json()["numbers"]) == ({}, [])


def test_page_is_kept_by_one_browser_and_per_language(entity: LegalEntity, client: Client) -> None:
    answer = client.get(PAGE)

    assert set(answer["Cache-Control"].split(", ")) == {"private", "max-age=300"}
    assert {"Accept-Language", "Cookie"} <= set(answer["Vary"].split(", "))


@pytest.mark.parametrize("country", ["NL", "BE"])
def test_page_names_who_hears_complaints(country: str, client: Client) -> None:
    make.legal_entity(organisation=make.organisation(), country=country)

    page = client.get(PAGE, headers={"Accept-Language": "en"}).content.decode()

    found = [name for name in ("consuwijzer.nl", "meldpunt.belgie.be") if name in page]
    assert found == {"NL": ["consuwijzer.nl"], "BE": ["meldpunt.belgie.be"]}[country]


@pytest.mark.parametrize("path", [PAGE, DATA])
def test_pages_are_only_read(path: str, entity: LegalEntity, client: Client) -> None:
    statuses = [client.head(path).status_code, client.post(path).status_code, client.delete(path).status_code]

    assert statuses == [200, 405, 405]


@pytest.mark.parametrize("path", ["/caller-numbers/nobody/", "/caller-numbers/nobody.json"])
def test_unknown_legal_entity_gets_the_calm_page(path: str, client: Client) -> None:
    answer = client.get(path, headers={"Accept-Language": "en"})

    assert answer.status_code == 404
    assert b"We cannot find this page" in answer.content


def test_both_pages_share_one_limit_for_a_network_address(entity: LegalEntity) -> None:
    visitor = Client(REMOTE_ADDR="203.0.113.9")

    statuses = [visitor.get(path).status_code for _turn in range(60) for path in (PAGE, DATA)]
    refused = visitor.get(DATA)
    elsewhere = Client(REMOTE_ADDR="203.0.113.10").get(DATA)

    assert set(statuses) == {200}
    assert (refused.status_code, elsewhere.status_code) == (429, 200)
    assert 0 < int(refused["Retry-After"]) <= 600


def test_every_page_of_a_legal_entity_leads_to_its_numbers(entity: LegalEntity, client: Client) -> None:
    pages = ["/privacy/lampenwinkel/", "/preferences/block/lampenwinkel/", PAGE]

    found = [client.get(page).content.decode().count(f'href="{PAGE}"') for page in pages]

    assert found == [1, 1, 1]
