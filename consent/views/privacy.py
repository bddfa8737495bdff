from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from consent.domain.privacy import editions
from consent.domain.privacy.comparing import compare_versions
from consent.domain.privacy.editions import Edition, History
from consent.views.visitor import language_of_page
from customers.models import LegalEntity


@require_safe
def in_force(request: HttpRequest, code: str) -> HttpResponse:
    entity, history = _history(code)
    return _page(request, entity, history, history.in_force)


@require_safe
def version(request: HttpRequest, code: str, number: int) -> HttpResponse:
    entity, history = _history(code)
    return _page(request, entity, history, _find(history, number))


@require_safe
def changes(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """What a version changed or will change, beside the one before it; the first one changed nothing."""
    entity, history = _history(code)
    edition = _find(history, number)
    before = history.before(edition=edition)
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


def _history(code: str) -> tuple[LegalEntity, History]:
    entity = get_object_or_404(LegalEntity, code=code)
    return entity, editions.read_history(legal_entity=entity, at=timezone.now())


def _find(history: History, number: int) -> Edition:
    published = [*history.every, *history.withdrawn]
    try:
        return editions.find_edition(editions=published, number=number)
    except editions.NoSuchEditionError as error:
        raise Http404 from error


def _page(
    request: HttpRequest, entity: LegalEntity, history: History, edition: Edition | None
) -> HttpResponse:
    context = _context(entity, _("Privacy statement")) | {
        "edition": edition,
        "history": _summed_up(history.every),
        "coming": _summed_up(history.coming),
        "first": history.every[-1] if history.every else None,
        "in_force": history.in_force,
    }
    if edition is not None:
        context["statement"] = editions.read_statement(version=edition.version, language=language_of_page())
    return render(request, "consent/statement/page.html", context)


def _summed_up(published: list[Edition]) -> list[tuple[Edition, editions.Text]]:
    language = language_of_page()
    return [
        (one, editions.read_text(wording=one.version.change_summary, language=language)) for one in published
    ]


def _context(entity: LegalEntity, title: str) -> dict[str, object]:
    return {
        "entity": entity,
        "page_title": title,
        "language": language_of_page(),
        "preferences_url": "/preferences/",
        "privacy_url": f"/privacy/{entity.code}/",
    }
