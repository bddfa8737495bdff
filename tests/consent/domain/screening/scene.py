"""A shop that may mail Anna, who gave permission, and nobody else."""

import io
from dataclasses import dataclass, replace

from consent.domain.engine.question import Wanted
from consent.domain.lists.detecting import find_columns, first_rows
from consent.domain.lists.layout import layout_from_json
from consent.domain.screening import files, runs, work
from consent.models import Channel, Job, NoticeVersion, Purpose, ScreeningRun
from customers.models import ContactPoint, LegalEntity, StaffMember
from tests import make

LIST = b"naam;e-mail\r\nAnna;anna@example.org\r\nBram;bram@example.org\r\nCarla;geen\r\n"


@dataclass(frozen=True, kw_only=True)
class Shop:
    entity: LegalEntity
    offers: Purpose
    notice: NoticeVersion
    anna: ContactPoint
    staff: StaffMember

    @property
    def wanted(self) -> Wanted:
        return Wanted(legal_entity=self.entity.code, purpose=self.offers.code, channel="EMAIL")


def shop() -> Shop:
    entity = make.legal_entity(organisation=make.organisation())
    offers = make.purpose(organisation=entity.organisation, legal_entities=[entity], channels=[Channel.EMAIL])
    notice = make.notice_version(legal_entity=entity, purpose=offers)
    anna = make.email_point(contact=make.contact(organisation=entity.organisation), text="anna@example.org")
    make.permission_event(contact_point=anna, notice_version=notice, occurred_at=make.LONG_AGO)
    staff = make.staff_member(
        organisation=entity.organisation, username="mark", role=StaffMember.Role.MARKETING
    )
    return Shop(entity=entity, offers=offers, notice=notice, anna=anna, staff=staff)


def taken_in(shop: Shop, *, data: bytes = LIST, name: str = "lijst.csv") -> ScreeningRun:
    source = runs.Source(file=io.BytesIO(data), name=name)
    return runs.take_in(organisation=shop.entity.organisation, source=source, staff=shop.staff, now=make.NOW)


def begun(shop: Shop, run: ScreeningRun, *, wanted: Wanted | None = None) -> Job:
    layout = layout_from_json(stored=run.layout)
    rows = first_rows(start=files.list_text(run=run).read(1000), layout=layout)
    address, contact = find_columns(layout=layout, rows=rows, kind="EMAIL")
    beginning = work.Beginning(
        wanted=wanted or shop.wanted, layout=replace(layout, address=address, contact=contact)
    )
    return work.begin(run=run, beginning=beginning, staff=shop.staff, now=make.NOW)
