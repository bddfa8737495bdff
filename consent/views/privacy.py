from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from consent.domain.privacy import editions
from consent.domain.privacy.comparing import compare_versions
from consent.domain.privacy.editions import Edition
from consent.views.visitor import language_of_page
from customers.models import LegalEntity


@require_safe
def in_force(request: HttpRequest, code: str) -> HttpResponse:
    entity, history = _history(code)
    return _page(request, entity, history, history[0] if history else None)


@require_safe
def version(request: HttpRequest, code: str, number: int) -> HttpResponse:
    entity, history = _history(code)
    return _page(request, entity, history, _find(history, number))


@require_safe
def changes(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """What a version changed, beside the one that was in force before it; the first one changed nothing."""
    entity, history = _history(code)
    edition = _find(history, number)
    before = editions.edition_before(editions=history, edition=edition)
    if before is None:
        raise Http404
    language = language_of_page()
    context = {
        **_context(entity, _("What changed in the privacy statement")),
        "edition": edition,
        "before": before,
        "summary": editions.read_text(wording=edition.version.change_summary, language=language),
        "changes": compare_versions(before=before.version, after=edition.version, language=language),
    }
    return render(request, "consent/statement/changes.html", context)


def _history(code: str) -> tuple[LegalEntity, list[Edition]]:
    entity = get_object_or_404(LegalEntity, code=code)
    return entity, editions.list_editions(legal_entity=entity, at=timezone.now())


def _find(history: list[Edition], number: int) -> Edition:
    try:
        return editions.find_edition(editions=history, number=number)
    except editions.NoSuchEditionError as error:
        raise Http404 from error


def _page(
    request: HttpRequest, entity: LegalEntity, history: list[Edition], edition: Edition | None
) -> HttpResponse:
    context = _context(entity, _("Privacy statement")) | {"edition": edition, "history": history}
    if edition is not None:
        statement = editions.read_statement(version=edition.version, language=language_of_page())
        context |= {"statement": statement, "first": history[-1], "history": _summed_up(history)}
    return render(request, "consent/statement/page.html", context)


def _summed_up(history: list[Edition]) -> list[tuple[Edition, editions.Text]]:
    language = language_of_page()
    return [
        (one, editions.read_text(wording=one.version.change_summary, language=language)) for one in history
    ]


def _context(entity: LegalEntity, title: str) -> dict[str, object]:
    return {
        "entity": entity,
        "page_title": title,
        "language": language_of_page(),
        "preferences_url": "/preferences/",
        "privacy_url": f"/privacy/{entity.code}/",
    }
