"""Every export is written down: who took evidence out, about whom, what for, and which file it was."""

import datetime
import hashlib
from dataclasses import dataclass

from consent.domain.dossier.bundle import Onward, Writable
from consent.domain.dossier.exporting import Exported, Wanted, export_evidence
from consent.models import EvidenceExport
from customers.models import StaffMember


class Digesting(Onward):
    """A file that knows the SHA-256 of what was written to it."""

    def __init__(self, target: Writable) -> None:
        super().__init__(target)
        self.digest = hashlib.sha256()

    def write(self, block: bytes, /) -> int:
        self.digest.update(block)
        return super().write(block)


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """Who exports, when, and what for."""

    staff: StaffMember | None
    reason: str
    exported_at: datetime.datetime


def export_and_log(*, wanted: Wanted, occasion: Occasion, target: Writable) -> EvidenceExport:
    """Write an export to a file and write down that it was made.

    Raises NothingToExportError, EvidenceBrokenError, TreeBrokenError.
    """
    digesting = Digesting(target)
    exported = export_evidence(wanted=wanted, target=digesting)
    sha256 = digesting.digest.hexdigest()
    return log_export(wanted=wanted, occasion=occasion, exported=exported, sha256=sha256)


def log_export(*, wanted: Wanted, occasion: Occasion, exported: Exported, sha256: str) -> EvidenceExport:
    """Write down that an export was made."""
    selection = wanted.selection
    return EvidenceExport.objects.create(
        organisation_id=selection.organisation_id,
        legal_entity_id=selection.legal_entity_id,
        contact_id=selection.contact_id,
        selection=selection.as_json(),
        formats=[str(one) for one in wanted.formats],
        with_evidence=wanted.with_evidence,
        sha256=sha256,
        **vars(occasion),
        **vars(exported),
    )
