"""Taking rows about people away, table by table as the apps name them."""

import datetime
import uuid
from collections.abc import Collection, Sequence
from dataclasses import replace

from django.contrib.postgres.fields import ArrayField
from django.db import transaction
from django.db.models import Func, Model, Q, TextField, Value
from django.db.models.fields.json import KeyTextTransform, KeyTransform

from consent.domain import holdings
from consent.domain.dossier.exporting import Format
from consent.domain.dossier.selection import events_of, read_selection
from consent.models import EvidenceExport, EvidenceFile, EvidencePart
from customers.domain.holdings import Fate
from customers.domain.tombstones import empty_contacts
from customers.models import CustomerRelation, Transaction


@transaction.atomic
def forget(
    *,
    contact_ids: Sequence[uuid.UUID],
    forgotten_at: datetime.datetime,
    kept: Collection[type[Model]] = (),
) -> None:
    """Take away every row about these people, in all apps, but those of the tables that are kept.

    Bare keys in the ledger and the keyed hashes of blocked addresses stay; a contact stays as an empty
    tombstone (art. 17 GDPR). The caller holds the contacts.
    """
    _forget_evidence_given_out(contact_ids)
    for holding in holdings.taken_away():
        if holding.fate is Fate.DELETED and holding.model not in kept:
            holding.rows_of(*contact_ids).delete()
    if Transaction not in kept:
        Transaction.objects.filter(contact_id__in=contact_ids).delete()
    _end_relations(contact_ids, forgotten_at)
    empty_contacts(contact_ids=contact_ids, erased_at=forgotten_at)


def _forget_evidence_given_out(contact_ids: Sequence[uuid.UUID]) -> None:
    """Who was given evidence, and when, stays; what was typed about why may name them, and the file goes.

    That of several people goes too, and that of a whole selection they stand in with their details: it can
    be made again, without whoever was erased.
    """
    named, held = _files_naming(contact_ids), _files_telling_of(contact_ids)
    # The file first: who writes a part of it, or writes down that it was made, ends before.
    EvidenceFile.objects.filter(pk__in=[*named, *held]).update(wrapped_key=None, key_version=None)
    EvidenceFile.objects.filter(pk__in=named).update(reason="")
    EvidencePart.objects.filter(file__in=[*named, *held]).delete()
    EvidenceExport.objects.filter(Q(contact_id__in=contact_ids) | Q(file__in=named)).update(reason="")


def _files_naming(contact_ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    keys = [str(contact_id) for contact_id in contact_ids]
    chosen = Func(
        KeyTextTransform("contact_ids", KeyTransform("selection", "wanted")),
        Value(" "),
        function="string_to_array",
        output_field=ArrayField(TextField()),
    )
    of_them = Q(wanted__selection__contact_id__in=keys) | Q(chosen__overlap=keys)
    return list(EvidenceFile.objects.alias(chosen=chosen).filter(of_them).values_list("pk", flat=True))


def _files_telling_of(contact_ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """Those that can still be opened: few, as none lasts longer than a day."""
    in_person = Q(wanted__with_evidence=True) | Q(wanted__formats__contains=[Format.PDF])
    files = EvidenceFile.objects.filter(in_person, wrapped_key__isnull=False)
    return [file.pk for file in files.only("wanted") if _is_about(file, contact_ids)]


def _is_about(file: EvidenceFile, contact_ids: Sequence[uuid.UUID]) -> bool:
    # In which state they were when it was written is not known any more: whoever may stand in it, does.
    selection = replace(read_selection(stored=file.wanted["selection"]), status="")
    return events_of(selection=selection).filter(subject_id__in=contact_ids).exists()


def _end_relations(contact_ids: Sequence[uuid.UUID], forgotten_at: datetime.datetime) -> None:
    relations = CustomerRelation.objects.filter(contact_id__in=contact_ids)
    relations.filter(ended_at__isnull=True).update(ended_at=forgotten_at, reason_ended="ERASED")
    relations.exclude(reason_ended=CustomerRelation.Ending.ERASED).update(reason_ended="ERASED")
