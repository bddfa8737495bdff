"""Alice, who gave, withdrew and stopped; her evidence as a file, and the program that checks it elsewhere."""

import io
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from consent.domain import shown_forms
from consent.domain.dossier.exporting import VERIFIER, Exported, Format, Wanted, export_evidence
from consent.domain.dossier.selection import Selection
from consent.domain.ledger.recording import NewEvent, Wordings, record
from consent.domain.seal.sealing import seal_ledger
from consent.models import Act, Actor, ConsentEvent, ContactAttempt, Method, PrivacyStatementVersion, Source
from customers.models import Contact, ContactPoint
from tests import make, scenes

NOON = make.NOW
FORM = "<!doctype html><title>Receptenboekje</title><p>Ja, ik wil de nieuwsbrief.</p>"


class Checked(NamedTuple):
    """What the program said, and how it ended."""

    code: int
    said: str


class Story(NamedTuple):
    alice: Contact
    email: ContactPoint
    bob: Contact
    book: scenes.RecipeBook


def story() -> Story:
    """Two people who gave permission on a form, with wording, statement and form kept; one stopped."""
    book = scenes.recipe_book()
    organisation = book.entity.organisation
    alice = make.contact(organisation=organisation, given_name="Alice", family_name="Voorbeeld #1 $x$ @y")
    bob = make.contact(organisation=organisation, given_name="Bob", family_name="Voorbeeld")
    email = make.email_point(contact=alice)
    for point, days in ((email, 9), (make.email_point(contact=bob, text="bob@example.org"), 8)):
        give(book, point, days_ago=days)
    make.permission_event(
        contact_point=email,
        notice_version=book.newsletter.notice_version,
        act=Act.WITHDRAWN,
        occurred_at=NOON - timedelta(days=1),
    )
    return Story(alice, email, bob, book)


def give(book: scenes.RecipeBook, point: ContactPoint, *, days_ago: int) -> ConsentEvent:
    version = book.newsletter.notice_version
    statement = PrivacyStatementVersion.objects.get(legal_entity=book.entity)
    at = NOON - timedelta(days=days_ago)
    form = shown_forms.keep_shown_form(collection_point=book.point, language="nl", content=FORM, shown_at=at)
    event = NewEvent(
        organisation_id=point.organisation_id,
        act=Act.GIVEN,
        subject_id=point.contact_id,
        contact_point_id=point.pk,
        legal_entity_id=book.entity.pk,
        purpose_id=version.notice.purpose_id,
        channel=version.notice.channel,
        occurred_at=at,
        actor=Actor.SUBJECT,
        source=Source.WEB_FORM,
        method=Method.CHECKBOX,
        collection_point_id=book.point.pk,
        shown=Wordings(
            language="nl",
            notice_version_id=version.pk,
            notice_hash=version.content_hash,
            privacy_statement_id=statement.pk,
            privacy_statement_hash=statement.content_hash,
            shown_form_hash=form.content_hash,
        ),
        proof={"network": "192.0.2.7", "typed": {"email": point.value}, "browser": 'Say "hé" \\ ok'},
    )
    return record(events=[event], recorded_at=at)[0]


def call(told: Story) -> ContactAttempt:
    return ContactAttempt.objects.create(
        organisation=told.book.entity.organisation,
        legal_entity=told.book.entity,
        contact=told.alice,
        contact_point=told.email,
        purpose=told.book.calls.notice_version.notice.purpose,
        attempted_at=NOON,
        outcome=ContactAttempt.Outcome.CONVERSATION,
    )


def seal() -> None:
    for _sealed in seal_ledger(now=NOON):
        pass


def wanted(told: Story, *, formats: tuple[Format, ...] = tuple(Format), language: str = "en") -> Wanted:
    selection = Selection(organisation_id=told.alice.organisation_id, contact_id=told.alice.pk)
    return Wanted(selection=selection, formats=formats, language=language, with_evidence=True)


def exported(asked: Wanted) -> tuple[bytes, Exported]:
    target = io.BytesIO()
    done = export_evidence(wanted=asked, target=target)
    return target.getvalue(), done


def files_in(export: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(export)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def rewritten(export: bytes, change: Callable[[dict[str, bytes]], Mapping[str, bytes]]) -> bytes:
    """The export as somebody leaves it who changed files in it."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as written:
        for name, content in change(files_in(export)).items():
            written.writestr(name, content)
    return target.getvalue()


def check(export: bytes, folder: Path, *options: str) -> Checked:
    """Run the program as a stranger does: the one from the source, alone in an empty folder."""
    (folder / "evidence.zip").write_bytes(export)
    (folder / "verify_evidence.py").write_bytes(VERIFIER.read_bytes())
    done = subprocess.run(
        [sys.executable, "-I", "verify_evidence.py", "evidence.zip", *options],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={},
    )
    return Checked(done.returncode, done.stdout + done.stderr)
