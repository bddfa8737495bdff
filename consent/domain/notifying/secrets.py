"""Secrets that sign webhooks: encrypted where they lie, shown once, replaced with an overlap."""

import base64
import datetime
import os
from typing import Final

from django.db import transaction
from django.db.models import Q

from consent.domain.ledger import evidence
from consent.models import Endpoint, EndpointSecret
from customers.domain.key_rings import evidence_keys
from customers.models import StaffMember, uuid7

PREFIX: Final = "whsec_"
SECRET_BYTES: Final = 32


def make_secret(
    *, endpoint: Endpoint, made_by: StaffMember | None, made_at: datetime.datetime
) -> tuple[EndpointSecret, str]:
    """Make a secret, and say it in the form that receivers paste into their program; it is shown once.

    It lies encrypted with the keys that wrap the keys of proof, so that a copy of the database signs nothing.
    """
    secret, secret_id, ring = os.urandom(SECRET_BYTES), uuid7(), evidence_keys()
    nonce, ciphertext = evidence.encrypt(key=ring.keys[ring.newest], plain=secret, bound_to=secret_id)
    row = EndpointSecret.objects.create(
        id=secret_id,
        endpoint=endpoint,
        nonce=nonce,
        ciphertext=ciphertext,
        key_version=ring.newest,
        made_at=made_at,
        made_by=made_by,
    )
    return row, PREFIX + base64.b64encode(secret).decode()


@transaction.atomic
def rotate_secret(
    *, endpoint: Endpoint, overlap: datetime.timedelta, made_by: StaffMember | None, now: datetime.datetime
) -> tuple[EndpointSecret, str]:
    """Replace the secret: until the overlap ends both sign, so that the receiver can change in peace."""
    Endpoint.objects.select_for_update(of=("self",)).get(pk=endpoint.pk)
    standing = EndpointSecret.objects.filter(endpoint=endpoint)
    standing.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now + overlap)).update(ends_at=now + overlap)
    standing.filter(ends_at__lte=now).delete()
    return make_secret(endpoint=endpoint, made_by=made_by, made_at=now)


def read_secrets(*, endpoint: Endpoint, at: datetime.datetime) -> list[bytes]:
    """Read the secrets that sign at a moment, the newest first."""
    rows = EndpointSecret.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at), endpoint=endpoint)
    keys = evidence_keys().keys
    return [
        evidence.decrypt(
            key=keys[row.key_version],
            nonce=bytes(row.nonce),
            ciphertext=bytes(row.ciphertext),
            bound_to=row.pk,
        )
        for row in rows.order_by("-made_at", "-pk")
    ]
