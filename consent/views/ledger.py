"""The seal of the ledger, for whoever wants to check it: it says nothing of anybody."""

import base64
import datetime
from collections.abc import Sequence

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from consent.domain.messages import written_out
from consent.domain.seal import keys, proofs
from consent.models import Checkpoint
from consent.views.visitor import limit_visits

LIMIT = limit_visits(action="ledger", at_most=120, window=datetime.timedelta(minutes=10))
SHOWN = 10


@require_safe
@LIMIT
@cache_control(private=True, max_age=60)
def page(request: HttpRequest) -> HttpResponse:
    checkpoints = list(Checkpoint.objects.order_by("-tree_size")[:SHOWN])
    signing, retired = keys.signers(), settings.SEAL_RETIRED_KEYS
    context = {
        "page_title": _("The seal of our ledger"),
        "latest": _told(checkpoints[:1])[0] if checkpoints else None,
        "checkpoints": _told(checkpoints),
        "keys": [str(signer.verifier) for signer in signing],
        "retired": [str(verifier) for verifier in retired],
        "pem": signing[0].verifier.pem,
        "checkpoint_url": f"{settings.PUBLIC_URL}{reverse('ledger_checkpoint')}",
    }
    return render(request, "consent/ledger.html", context)


@require_safe
@LIMIT
def checkpoint(request: HttpRequest) -> HttpResponse:
    latest = proofs.latest_checkpoint()
    if latest is None:
        raise Http404
    return _note(latest, seconds=10)


@require_safe
@LIMIT
def earlier_checkpoint(request: HttpRequest, tree_size: int) -> HttpResponse:
    return _note(get_object_or_404(Checkpoint, tree_size=tree_size), seconds=24 * 3600)


def _note(checkpoint: Checkpoint, *, seconds: int) -> HttpResponse:
    answer = HttpResponse(checkpoint.note, content_type="text/plain; charset=utf-8")
    # Published for everybody: other people's tools read it from elsewhere.
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer["Cache-Control"] = f"public, max-age={seconds}"
    return answer


def _told(checkpoints: Sequence[Checkpoint]) -> list[dict[str, object]]:
    return [
        {
            "tree_size": row.tree_size,
            "root": base64.b64encode(row.root_hash).decode(),
            "made_at": written_out(moment=row.made_at, zone=timezone.get_current_timezone()),
            "url": reverse("ledger_checkpoint_of", args=[row.tree_size]),
        }
        for row in checkpoints
    ]
