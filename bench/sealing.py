"""How fast the ledger is sealed and verified, beside the quickest way to add to it at all."""

import contextlib
import random
import statistics
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from django.db import connection, transaction

from bench.timing import Took, now, say, timed
from consent.domain.ledger.reconciling import find_differences
from consent.domain.ledger.recording import NewEvent, record
from consent.domain.seal import keys, proofs
from consent.domain.seal.rereading import read_bounds
from consent.domain.seal.sealing import seal_ledger
from consent.domain.seal.verifying import READERS, Trusted, find_faults
from consent.models import Act, Actor, Method, Notice, Source
from customers.models import ContactPoint

APPENDED = 200_000
RECORDED = 5_000
SINGLE = 100
ROUNDS = 5
PROOFS = 200
# Acts of nobody, so that no answer changes by them.
APPEND = """
CREATE TEMPORARY TABLE appended AS SELECT * FROM consent_consentevent LIMIT %(many)s;
UPDATE appended SET subject_id = gen_random_uuid(), contact_point_id = NULL,
    sequence = nextval('consent_event_sequence');
UPDATE appended SET id = ('0a000000-0000-7000-8000-' || lpad(to_hex(sequence), 12, '0'))::uuid
"""
TAKE_IN = "INSERT INTO consent_consentevent SELECT * FROM appended"


def measure_sealing() -> None:
    """Seal what the data brought, then so many events that were appended in one statement."""
    for _chunk in seal_ledger(now=now()):
        pass
    recording = record_many()
    say("record acts, the quickest of our own ways", RECORDED, recording)
    bare = append_in_bulk()
    say("floor: one INSERT into the ledger", APPENDED, bare)
    sealing, sealed = timed(lambda: sum(seal_ledger(now=now())))
    say("seal, beside recording as many", sealed, sealing, recording / RECORDED * sealed)
    say("seal, beside the floor", sealed, sealing, bare / APPENDED * sealed)
    measure_single_appends(sealing_one=sealing.processors / sealed)
    size = proofs.sealed_size()
    say("inclusion proof, one of all", PROOFS, timed(lambda: repeat(prove_one, size))[0])
    say("consistency of two checkpoints", PROOFS, timed(lambda: repeat(prove_growth, size))[0])
    verifying, found = timed(lambda: list(find_faults(bounds=read_bounds(), trusted=trusted())))
    if found:
        raise RuntimeError(found[0].sentence)
    say("verify everything", size, verifying)
    folding, differing = timed(lambda: list(find_differences(readers=READERS)))
    if differing:
        raise RuntimeError(f"{len(differing)} records differ from the ledger")
    say("fold everything, compare with the records", size, folding)


def measure_single_appends(*, sealing_one: float) -> None:
    """One act after another, alone and while all is sealed each second, which is twenty times as often as in
    earnest; in turns, so that what else the machine does falls on both.
    """
    alone: list[Took] = []
    beside: list[Took] = []
    for _round in range(ROUNDS):
        alone += append_singly()
        with sealing_each_second():
            beside += append_singly()
    say("append one act", 1, statistics.median(alone))
    say("append one act, sealed each second", 1, statistics.median(beside), statistics.median(alone))
    say("seal one act, beside appending it (CPU)", 1, sealing_one, statistics.mean(map(processors, alone)))


@contextlib.contextmanager
def sealing_each_second() -> Iterator[None]:
    ended = threading.Event()

    def seal() -> None:
        try:
            while not ended.wait(1):
                for _chunk in seal_ledger(now=now()):
                    pass
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        sealing = thread.submit(seal)
        try:
            yield
        finally:
            ended.set()
        sealing.result()


def append_singly() -> list[Took]:
    return [timed(partial(record, events=[event], recorded_at=now()))[0] for event in acts(SINGLE)]


def processors(taken: Took) -> float:
    return taken.processors


def record_many() -> float:
    """As an import does: a chunk of acts of different people, with evidence and what follows from them."""
    events = acts(RECORDED)
    return timed(lambda: record(events=events, recorded_at=now()))[0]


def acts(many: int) -> list[NewEvent]:
    notice = Notice.objects.select_related("legal_entity").get(legal_entity__code="bench")
    points = ContactPoint.objects.filter(organisation=notice.legal_entity.organisation_id).order_by("pk")
    moment = now()
    return [
        NewEvent(
            organisation_id=point.organisation_id,
            act=Act.RENEWED,
            subject_id=point.contact_id,
            contact_point_id=point.pk,
            legal_entity_id=notice.legal_entity_id,
            purpose_id=notice.purpose_id,
            channel=notice.channel,
            occurred_at=moment,
            actor=Actor.SUBJECT,
            source=Source.IMPORT,
            method=Method.RECORD,
            proof={"page": "/"},
        )
        for point in points[:many]
    ]


def append_in_bulk() -> float:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(APPEND, {"many": APPENDED})
        seconds, _ = timed(lambda: cursor.execute(TAKE_IN))
        cursor.execute("DROP TABLE appended")
    return seconds


def trusted() -> Trusted:
    return Trusted(verifiers=keys.verifiers())


def prove_one(size: int) -> None:
    proofs.inclusion_proof(position=random.randrange(size), tree_size=size)  # noqa: S311 (a leaf to measure with)


def prove_growth(size: int) -> None:
    proofs.consistency_proof(first=random.randrange(1, size), second=size)  # noqa: S311 (as above)


def repeat(prove: Callable[[int], None], size: int) -> None:
    for _ in range(PROOFS):
        prove(size)
