import argparse
import contextlib
import hashlib
import os
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError, no_translations
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from consent.domain.engine.moments import MomentNotReadableError, read_moment
from consent.domain.engine.question import Question, UnknownCodeError, Wanted
from consent.domain.lists.detecting import find_columns
from consent.domain.lists.layout import Layout
from consent.domain.lists.opening import OpenList, open_list
from consent.domain.lists.problems import DOUBTFUL, REMARKS, ListNotReadableError, Remark
from consent.domain.lists.workbooks import write_workbook
from consent.domain.lists.writing import mark_of
from consent.domain.screening.parallel import Plan, WorkerLostError, screen_here, screen_in_parallel
from consent.domain.screening.pieces import Screened, Tally
from consent.domain.screening.runs import LONGEST_NAME, record_run
from consent.models import Channel, ScreeningRun
from customers.models import LegalEntity


class Command(BaseCommand):
    help = (
        "Asks about every row of a list (CSV or .xlsx) whether it may be contacted, and writes the same rows "
        "with the verdict behind them. Exit 1: written, but some rows were doubtful; stderr names them."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--legal-entity", required=True, metavar="CODE")
        parser.add_argument("--purpose", required=True, metavar="CODE")
        parser.add_argument("--channel", required=True, metavar="CHANNEL", help=" ".join(Channel.values))
        parser.add_argument("--product-group", default="", metavar="CODE")
        parser.add_argument("--at", default="", metavar="MOMENT", help="Moment of contact; now when absent.")
        parser.add_argument("--known-at", default="", metavar="MOMENT", help="Leaves out what came later.")
        parser.add_argument("--evidence", action="store_true", help="Adds what each answer relies on.")
        parser.add_argument("--column", default="", help="Name or number of the column with the addresses.")
        parser.add_argument("--output", required=True, type=Path, help="As .xlsx it becomes a workbook.")
        parser.add_argument("--processes", type=_positive, default=os.cpu_count() or 1)

    @no_translations
    def handle(self, *_args: object, **options: Any) -> None:
        with _sentences():
            tally = self.screen(options)
        self.stdout.write(_summary(tally))
        self.stderr.write("".join(f"{_about_rows(name, tally)}\n" for name in tally.remarks), ending="")
        if any(Remark(name) in DOUBTFUL for name in tally.remarks):
            sys.exit(1)

    def screen(self, options: dict[str, Any]) -> Tally:
        _keep_the_list(options)
        wanted = _wanted(options)
        question = wanted.put(now=timezone.now())
        with options["file"].open("rb") as file, open_list(source=file) as opened:
            plan = Plan(wanted=wanted, layout=_layout(opened, question, options), clock=timezone.now)
            run = ScreeningRun(
                # What the terminal passed on may be no text at all.
                file_name=options["file"].name[-LONGEST_NAME:].encode(errors="replace").decode(),
                layout=plan.layout.as_json(),
                input_sha256=opened.sha256,
                at=wanted.at,
                known_at=wanted.known_at,
                uploaded_at=timezone.now(),
                started_at=timezone.now(),
            )
            keys: list[bytes] = []
            with self.written(options, opened, plan, keys) as (tally, place):
                run.output_sha256 = _hash(place)
                run.finished_at = timezone.now()
                record_run(done=run, question=question, tally=tally, keys=keys)
        return tally

    @contextlib.contextmanager
    def written(
        self, options: dict[str, Any], opened: OpenList, plan: Plan, keys: list[bytes]
    ) -> Iterator[tuple[Tally, Path]]:
        """Writes beside the output, and puts it in place only once it is written down who stands on it."""
        tally, output = Tally(), options["output"]
        with tempfile.TemporaryDirectory(dir=output.parent, prefix=".screen-") as folder:
            place = Path(folder) / output.name
            screened = self.counted(_screened(options, opened, plan), opened.text, tally, keys)
            if output.suffix.lower() == ".xlsx":
                texts = (piece.output.decode(plan.layout.encoding) for piece in screened)
                write_workbook(texts=texts, layout=plan.layout, path=place)
            else:
                with place.open("wb") as file:
                    file.write(mark_of(layout=plan.layout))
                    file.writelines(piece.output for piece in screened)
            yield tally, place
            place.replace(output)

    def counted(
        self, screened: Iterator[Screened], text: BinaryIO, tally: Tally, keys: list[bytes]
    ) -> Iterator[Screened]:
        size = os.fstat(text.fileno()).st_size or 1
        for piece in screened:
            tally.add(piece.tally)
            keys.append(piece.keys)
            yield piece
            if self.stderr.isatty():
                self.stderr.write(f"\r{_share(text, size)} % · {tally.rows} rows", ending="")
        if self.stderr.isatty():
            self.stderr.write("\r\033[K", ending="")


def _keep_the_list(options: dict[str, Any]) -> None:
    file, output = options["file"], options["output"]
    if file.exists() and output.exists() and output.samefile(file):
        raise CommandError("The output would replace the list itself: give it another name.", returncode=2)


def _positive(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= 256:  # noqa: PLR2004  (more is a slip of the pen)
        raise argparse.ArgumentTypeError("a number from 1 to 256")
    return int(text)


@contextlib.contextmanager
def _sentences() -> Iterator[None]:
    """Whatever is wrong with the options or the file is one sentence and exit 2."""
    try:
        yield
    except UnknownCodeError as error:
        raise CommandError(f"There is no {error.option} {error.code!r}.", returncode=2) from error
    except MomentNotReadableError as error:
        raise CommandError(error.sentence, returncode=2) from error
    except ListNotReadableError as error:
        raise CommandError(str(error), returncode=2) from error
    except WorkerLostError as error:
        raise CommandError(
            "A process of the screening was ended: is there enough memory?", returncode=2
        ) from error
    except (InterfaceError, OperationalError) as error:
        sentence = "The facts cannot be read now, so nothing was written: nobody may be contacted."
        raise CommandError(sentence, returncode=2) from error
    except OSError as error:
        raise CommandError(f"{error.filename}: {error.strerror}.", returncode=2) from error


def _wanted(options: dict[str, Any]) -> Wanted:
    entity = LegalEntity.objects.filter(code=options["legal_entity"]).first()
    if entity is None:
        raise UnknownCodeError(option="legal entity", code=options["legal_entity"])
    moments = {
        name: read_moment(text=options[name], zone=entity.time_zone) if options[name] else None
        for name in ("at", "known_at")
    }
    return Wanted(
        legal_entity=entity.code,
        purpose=options["purpose"],
        channel=options["channel"],
        product_group=options["product_group"],
        **moments,
    )


def _layout(opened: OpenList, question: Question, options: dict[str, Any]) -> Layout:
    address, contact = find_columns(
        layout=opened.layout, rows=opened.first_rows, kind=question.point_kind, wanted=options["column"]
    )
    return replace(opened.layout, address=address, contact=contact, evidence=options["evidence"])


def _screened(options: dict[str, Any], opened: OpenList, plan: Plan) -> Iterator[Screened]:
    if options["processes"] == 1:
        return screen_here(text=opened.text, plan=plan)
    return screen_in_parallel(text=opened.text, plan=plan, processes=options["processes"])


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _share(text: BinaryIO, size: int) -> int:
    return min(100, 100 * text.tell() // size)


def _summary(tally: Tally) -> str:
    counts = sorted(tally.counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return "\n".join([f"{tally.asked} rows answered.", *(f"{count:>10} {code}" for code, count in counts)])


def _about_rows(name: str, tally: Tally) -> str:
    remark = tally.remarks[name]
    rows = ", ".join(str(row) for row in remark["rows"])
    more = " and more" if remark["count"] > len(remark["rows"]) else ""
    return f"Row {rows}{more}: {REMARKS[Remark(name)]}."
