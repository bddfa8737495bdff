import base64

from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from consent.domain.seal.notes import read_note
from consent.models import Checkpoint
from customers.admin.scope import ReadOnlyAdmin
from customers.domain.staff import Area
from customers.staff_site import PROOF


@admin.register(Checkpoint)
class CheckpointAdmin(ReadOnlyAdmin[Checkpoint]):
    """One tree holds the events of everybody here, and a checkpoint says nothing of anybody."""

    area = Area.EVIDENCE
    job = PROOF
    place = 3
    organisation_path = ""
    list_display = ("made_at", "tree_size", "root", "keys")
    date_hierarchy = "made_at"
    ordering = ("-tree_size",)
    fields = ("made_at", "tree_size", "root", "keys", "signed_note")

    @admin.display(description=_("root"))
    def root(self, checkpoint: Checkpoint) -> str:
        return format_html("<code>{}</code>", base64.b64encode(checkpoint.root_hash).decode())

    @admin.display(description=_("signed with"))
    def keys(self, checkpoint: Checkpoint) -> str:
        signatures = read_note(written=checkpoint.note).signatures
        return ", ".join(f"{line.name}+{line.key_id.hex()}" for line in signatures)

    @admin.display(description=_("signed note"))
    def signed_note(self, checkpoint: Checkpoint) -> str:
        return format_html('<pre class="mail-text" tabindex="0">{}</pre>', checkpoint.note)
