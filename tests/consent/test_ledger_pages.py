import base64
import subprocess
from pathlib import Path

import pytest
import time_machine
from django.test import Client
from django.utils.html import escape
from pytest_django import Settings

from consent.domain.seal import keys
from consent.domain.seal.notes import check_note, read_checkpoint, read_note, read_verifier
from consent.domain.seal.sealing import seal_chunk
from consent.models import Checkpoint
from tests import make

pytestmark = pytest.mark.django_db
PAGE, LATEST = "/ledger/", "/ledger/checkpoint"
PATHS = [PAGE, LATEST, "/ledger/checkpoint/1"]
# As the page says it, but for the download.
STEPS = """
sed '/^$/,$d' checkpoint > text
sed -n '/^— /p' checkpoint | head -n 1 | cut -d ' ' -f 3 | base64 -d | tail -c 64 > signature
openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in text -sigfile signature
"""


def write_event(*, name: str) -> None:
    entity = make.legal_entity(organisation=make.organisation(code=name), code=name)
    purpose = make.purpose(organisation=entity.organisation, legal_entities=[entity])
    point = make.email_point(
        contact=make.contact(organisation=entity.organisation), text=f"{name}@example.org"
    )
    version = make.notice_version(legal_entity=entity, purpose=purpose)
    make.permission_event(contact_point=point, notice_version=version)


@pytest.fixture
def sealed(clock: time_machine.Traveller) -> None:
    """Two events under two checkpoints."""
    for name in ("alice", "bram"):
        write_event(name=name)
        seal_chunk(now=make.NOW)


def english(client: Client, path: str) -> str:
    return client.get(path, headers={"Accept-Language": "en"}).content.decode()


@pytest.mark.usefixtures("sealed")
def test_latest_checkpoint_is_published_as_it_was_signed(client: Client) -> None:
    answer = client.get(LATEST)

    note = read_note(written=answer.content.decode())
    assert answer.content.decode() == Checkpoint.objects.get(tree_size=2).note
    assert read_checkpoint(text=note.text).tree_size == 2
    assert check_note(note=note, verifiers=keys.verifiers()) == keys.verifiers()
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Cache-Control"] == "public, max-age=10"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert not answer.cookies


@pytest.mark.usefixtures("sealed")
def test_earlier_checkpoints_stay_to_be_read(client: Client) -> None:
    answer = client.get("/ledger/checkpoint/1")

    assert answer.content.decode() == Checkpoint.objects.get(tree_size=1).note
    assert client.get("/ledger/checkpoint/3").status_code == 404


@pytest.mark.usefixtures("sealed")
def test_page_tells_how_it_stands(client: Client) -> None:
    page = english(client, PAGE)

    latest = Checkpoint.objects.get(tree_size=2)
    assert escape(base64.b64encode(latest.root_hash).decode()) in page
    assert escape(str(keys.signers()[0].verifier)) in page
    assert page.count('href="/ledger/checkpoint/') == 2
    assert "21 November 2026 at 13:00" in page


@pytest.mark.usefixtures("sealed")
def test_page_says_nothing_of_anybody(client: Client) -> None:
    page = english(client, PAGE) + english(client, LATEST)

    assert [word for word in ("alice", "bram", "example.org", "Lampenwinkel") if word in page] == []


def test_page_lists_keys_that_are_no_longer_used(client: Client, settings: Settings) -> None:
    old = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    settings.SEAL_RETIRED_KEYS = [read_verifier(written=old)]

    assert escape(old) in english(client, PAGE)


def test_nothing_sealed_yet(client: Client) -> None:
    assert "Nothing has been sealed yet." in english(client, PAGE)
    assert client.get(LATEST).status_code == 404


@pytest.mark.usefixtures("sealed")
@pytest.mark.parametrize("changed", [False, True], ids=["as published", "changed"])
def test_openssl_checks_what_is_published(client: Client, tmp_path: Path, changed: bool) -> None:
    text = english(client, LATEST)
    (tmp_path / "checkpoint").write_text(text.replace("\n2\n", "\n3\n") if changed else text)
    (tmp_path / "key.pem").write_text(keys.signers()[0].verifier.pem)

    outcome = subprocess.run(
        ["/bin/sh", "-c", STEPS], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert (outcome.returncode, "Signature Verified Successfully" in outcome.stdout) == (
        (1, False) if changed else (0, True)
    )


@pytest.mark.usefixtures("sealed")
def test_page_gives_the_steps_that_are_tested(client: Client) -> None:
    page = english(client, PAGE)

    assert escape(STEPS.strip()).replace("&#x27;", "'") in page
    assert keys.signers()[0].verifier.pem.strip() in page.replace("&#x2B;", "+")


@pytest.mark.usefixtures("sealed")
@pytest.mark.parametrize("path", PATHS)
def test_pages_are_only_read(path: str, client: Client) -> None:
    statuses = [client.head(path).status_code, client.post(path).status_code, client.delete(path).status_code]

    assert statuses == [200, 405, 405]


@pytest.mark.usefixtures("sealed")
def test_pages_share_one_limit_for_a_network_address() -> None:
    visitor = Client(REMOTE_ADDR="203.0.113.9")

    statuses = [visitor.get(path).status_code for _turn in range(40) for path in PATHS]
    refused = visitor.get(LATEST)
    elsewhere = Client(REMOTE_ADDR="203.0.113.10").get(LATEST)

    assert set(statuses) == {200}
    assert (refused.status_code, elsewhere.status_code) == (429, 200)
