"""The page of a candidate: what a pool holds about them, until when, what they look for, stay or stop."""

import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consent.domain import preference_words as words
from consent.views.language import show_in, typed_so_far, wanted_language
from consent.views.preference_session import Session, behind_link, context_of
from consent.views.visitor import limit_posts
from scoring.domain.talent_pool import holding, referring, staying, wishes
from scoring.domain.talent_pool.staying import Place
from scoring.forms.talent_pool import WishesForm
from scoring.models import TalentPool
from scoring.views.place_page import TOLD, UNCHANGED, describe_place, tell, written_moment
from scoring.views.stay import act


@require_http_methods(["GET", "HEAD", "POST"])
@limit_posts(action="place in a pool", at_most=60, window=datetime.timedelta(minutes=10))
@behind_link
def page(request: HttpRequest, session: Session, code: str) -> HttpResponse:
    pool = _find(session, code)
    place = staying.find_place(pool=pool, contact_id=session.visitor.contact.pk, now=timezone.now())
    if wanted := wanted_language(request):
        typed = typed_so_far(request)
        return show_in(wanted, lambda: _show(request, session, pool, place, _form(session, pool, typed)))
    if request.method != "POST" or place is None:
        return _show(request, session, pool, place, _form(session, pool))
    return _act(request, session, pool, place)


def _find(session: Session, code: str) -> TalentPool:
    pools = TalentPool.objects.select_related("legal_entity", "purpose", "form")
    return get_object_or_404(pools, organisation=session.visitor.contact.organisation_id, code=code)


def _form(session: Session, pool: TalentPool, typed: dict[str, str] | None = None) -> WishesForm:
    told = wishes.read_wishes(pool=pool, contact=session.visitor.contact)
    return WishesForm(initial=typed or told, pool=pool)


def _act(request: HttpRequest, session: Session, pool: TalentPool, place: Place) -> HttpResponse:
    action = request.POST.get("action")
    if action == "link":
        referring.link_of_candidate(pool=pool, contact=session.visitor.contact, made_at=timezone.now())
        return _back(pool, "link")
    if action == "wishes":
        return _tell(request, session, pool, place)
    return _back(pool, act(request, place, session.visitor))


def _tell(request: HttpRequest, session: Session, pool: TalentPool, place: Place) -> HttpResponse:
    form = WishesForm(request.POST, pool=pool)
    if not form.is_valid():
        return _show(request, session, pool, place, form)
    changed = wishes.tell_wishes(
        pool=pool, contact=session.visitor.contact, wishes=form.wishes(), told_at=timezone.now()
    )
    return _back(pool, TOLD if changed else UNCHANGED)


def _back(pool: TalentPool, done: str) -> HttpResponse:
    return redirect(f"/preferences/talent-pool/{pool.code}/?done={done}")


def _show(
    request: HttpRequest, session: Session, pool: TalentPool, place: Place | None, form: WishesForm
) -> HttpResponse:
    context = {
        **context_of(session, title=_("Your place in %(pool)s") % {"pool": pool.name}),
        **describe_place(place, pool),
        "facts": _facts(session, pool) if place else [],
        "form": form,
        "switches_form": "wishes" if place and form.fields else "",
        "told": "" if form.errors else tell(request.GET.get("done", ""), place, pool),
        "link": _link(session, pool) if place else "",
        "may_refer": bool(pool.form and pool.form.published_at),
    }
    return render(request, "scoring/talent_pool.html", context)


def _facts(session: Session, pool: TalentPool) -> list[tuple[str, str]]:
    visitor = session.visitor
    held = holding.read_holding(pool=pool, contact=visitor.contact)
    name = f"{visitor.contact.given_name} {visitor.contact.family_name}".strip()
    address = words.address_of(point=visitor.opened_with, opened_with=visitor.opened_with)
    rows = [
        (_("Name"), name),
        (str(visitor.opened_with.get_kind_display()), address),
        (_("How you found us"), _("By a link that somebody passed on") if held.was_referred else ""),
        *((_("You applied for"), _applied(one, pool)) for one in held.applications),
        *((_("Asked to stay on"), written_moment(asked_at, pool)) for asked_at in held.asked_at),
    ]
    return [(term, value) for term, value in rows if value]


def _applied(application: holding.Applied, pool: TalentPool) -> str:
    outcome = application.outcome or _("no answer yet")
    day = written_moment(application.applied_at, pool)
    return f"{application.vacancy} ({day}; {outcome})"


def _link(session: Session, pool: TalentPool) -> str:
    referral = pool.referrals.filter(contact=session.visitor.contact).first()
    return f"{settings.PUBLIC_URL.rstrip('/')}/referred/{referral.code}/" if referral else ""
