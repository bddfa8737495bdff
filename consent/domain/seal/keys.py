from collections.abc import Sequence

from django.conf import settings

from consent.domain.seal.notes import Signer, Verifier
from customers.domain.key_rings import seal_keys


def signers() -> list[Signer]:
    """Get every key that signs checkpoints, the newest first."""
    ring = seal_keys()
    return [Signer(name=settings.SEAL_ORIGIN, seed=ring.keys[version]) for version in sorted(ring.keys)[::-1]]


def verifiers() -> list[Verifier]:
    """Get the public part of every key whose signature counts: those that sign, then the retired ones."""
    retired: Sequence[Verifier] = settings.SEAL_RETIRED_KEYS
    return [*(signer.verifier for signer in signers()), *retired]
