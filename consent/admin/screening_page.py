"""What the page of a screening shows: counts per code with what they mean, and what to watch for."""

import datetime
from dataclasses import dataclass

from django_stubs_ext import StrPromise

from consent.domain.engine.telling import Told, tell
from consent.domain.lists.problems import REMARKS, Remark
from consent.domain.rulebook.codes import Code
from consent.models import ScreeningRun


@dataclass(frozen=True, kw_only=True)
class CodeRow:
    """One code: how many rows, their share, and what it means."""

    told: Told
    count: int
    width: str  # of its bar, in per cent of the longest
    share: float
    allowed: bool


@dataclass(frozen=True, kw_only=True)
class RemarkRow:
    """One kind of remark: the sentence, how often, and the first rows it is about."""

    sentence: StrPromise
    count: int
    rows: str


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A screening as the page shows it."""

    codes: list[CodeRow]
    remarks: list[RemarkRow]
    allowed: int
    denied: int
    expired: bool
    same_as_before: bool


def described(*, run: ScreeningRun, language: str, now: datetime.datetime) -> Shown:
    ordered = sorted(run.counts.items(), key=lambda pair: (not pair[0].startswith("A_"), -pair[1], pair[0]))
    most = max(run.counts.values(), default=1)
    before = run.replay_of
    return Shown(
        codes=[
            CodeRow(
                told=tell(code=Code(code), language=language),
                count=count,
                width=f"{100 * count / most:.2f}",
                share=100 * count / run.asked,
                allowed=Code(code).allows,
            )
            for code, count in ordered
        ],
        remarks=[
            RemarkRow(
                sentence=REMARKS[Remark(name)],
                count=remark["count"],
                rows=", ".join(str(row) for row in remark["rows"]),
            )
            for name, remark in run.remarks.items()
        ],
        allowed=run.allowed,
        denied=run.asked - run.allowed,
        expired=run.expires_at <= now,
        same_as_before=before is not None and before.output_sha256 == run.output_sha256,
    )
