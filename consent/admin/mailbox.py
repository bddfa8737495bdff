"""The trial's own mailbox: what the product mailed, whole, with links that work. Never in production."""

import datetime
import email.policy
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

from django.conf import settings
from django.contrib import admin
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from consent.admin.foreign_html import show
from customers.staff_site import Page, StaffSite

MAILS_A_PAGE = 50
HEADERS = ("From", "To", "Subject", "Date", "Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post")
READER = BytesParser(policy=email.policy.default)


@dataclass(frozen=True, kw_only=True)
class Mail:
    """One mail as it left: who it was for, its headers, and its two equal texts."""

    name: str
    to: str
    subject: str
    date: datetime.datetime | None
    headers: list[tuple[str, str]] = field(default_factory=list)
    text: str = ""
    html: str = ""


def is_trial(_request: HttpRequest) -> bool:
    return bool(settings.MAILBOX_DIR)


def folder() -> Path:
    if not settings.MAILBOX_DIR:
        raise Http404
    return Path(settings.MAILBOX_DIR)


def newest_first() -> list[Path]:
    """A file's name begins with the moment it came in."""
    return sorted(folder().glob("*.eml"), reverse=True)


def read(path: Path) -> Mail:
    message = READER.parsebytes(path.read_bytes())
    return replace(
        described(path, message),
        headers=[(name, str(message[name])) for name in HEADERS if message[name]],
        text=body(message, "plain"),
        html=body(message, "html"),
    )


def read_headers(path: Path) -> Mail:
    with path.open("rb") as file:
        return described(path, READER.parse(file, headersonly=True))


def described(path: Path, message: EmailMessage) -> Mail:
    return Mail(
        name=path.stem,
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        date=message["Date"].datetime if message["Date"] else None,
    )


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part is not None else ""


def to_recipient(paths: Iterable[Path], wanted: str) -> list[Path]:
    return [path for path in paths if wanted.lower() in read_headers(path).to.lower()]


def find(name: str) -> Mail:
    path = folder() / f"{name}.eml"
    if path.parent != folder() or not path.is_file():
        raise Http404
    return read(path)


def list_view(request: HttpRequest) -> HttpResponse:
    wanted = request.GET.get("q", "").strip()
    paths = newest_first()
    page = Paginator(to_recipient(paths, wanted) if wanted else paths, MAILS_A_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        **admin.site.each_context(request),
        "title": _("Mailbox"),
        "page": page,
        "mails": [read_headers(path) for path in page.object_list],
        "wanted": wanted,
    }
    return TemplateResponse(request, "admin/mailbox.html", context)


def mail_view(request: HttpRequest, name: str) -> HttpResponse:
    mail = find(name)
    context = {**admin.site.each_context(request), "title": mail.subject, "mail": mail}
    return TemplateResponse(request, "admin/mail.html", context)


def html_view(request: HttpRequest, name: str) -> HttpResponse:
    return show(html=find(name).html)


StaffSite.pages += [
    Page(route="mailbox/", name="mailbox", title=_("Mailbox"), view=list_view, is_shown=is_trial),
    Page(route="mailbox/<slug:name>/", name="mail", title=_("Mail"), view=mail_view, is_shown=is_trial),
    Page(
        route="mailbox/<slug:name>/html/",
        name="mail_html",
        title=_("Mail"),
        view=html_view,
        is_shown=is_trial,
    ),
]
