from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from consent.domain import number_blocks
from consent.domain import preference_words as words
from consent.domain.ledger.circumstances import Circumstances
from consent.domain.ledger.recording import Wordings
from consent.domain.visits import name_caller
from consent.forms.preferences import BlockNumberForm
from consent.models import Actor, Method, Source
from consent.views.language import show_in, typed_so_far, wanted_language
from consent.views.visitor import answer_in_steps, client_address, language_of_page, visit_of
from customers.models import LegalEntity


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@answer_in_steps
def block(request: HttpRequest, code: str) -> HttpResponse:
    """Nobody is ever refused here by a limit; what others outside are told of strange numbers has one."""
    entity = get_object_or_404(LegalEntity.objects.select_related("organisation"), code=code)
    if wanted := wanted_language(request):
        same = BlockNumberForm(initial=typed_so_far(request), country=entity.country)
        return show_in(wanted, lambda: _show(request, entity, same))
    form = BlockNumberForm(request.POST if request.method == "POST" else None, country=entity.country)
    if not form.is_valid():
        return _show(request, entity, form)
    number = form.cleaned_data["number"]
    number_blocks.block_number(
        organisation=entity.organisation,
        address=number,
        how=_circumstances(request, number.value),
        blocked_at=timezone.now(),
        visitor=name_caller(client_address=client_address(request)),
    )
    context = _context(entity) | {
        "page_title": _("This number is blocked"),
        "number": words.written_number(value=number.value),
    }
    return render(request, "consent/preferences/blocked.html", context)


def _show(request: HttpRequest, entity: LegalEntity, form: BlockNumberForm) -> HttpResponse:
    filled = {"form": form, "switches_form": "block"}
    return render(request, "consent/preferences/block.html", _context(entity) | filled)


def _circumstances(request: HttpRequest, number: str) -> Circumstances:
    return Circumstances(
        actor=Actor.SUBJECT,
        source=Source.BLOCK_PAGE,
        method=Method.BUTTON,
        shown=Wordings(language=language_of_page()),
        proof={**visit_of(request).as_proof(), "address": number},
    )


def _context(entity: LegalEntity) -> dict[str, object]:
    return {
        "entity": entity,
        "page_title": _("Block a phone number"),
        "entities": [one.name for one in entity.organisation.legal_entities.order_by("name", "pk")],
        "privacy_url": f"/privacy/{entity.code}/",
        "preferences_url": "/preferences/",
    }
