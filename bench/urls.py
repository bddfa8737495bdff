"""The addresses of the product, and the least a decision could cost: one query and no rules.

Once for anybody, and once for who shows a key, which is found and counted as for every operation.
"""

import orjson
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from config import urls
from config.urls import handler400, handler403, handler404, handler500
from consent.api.keys import MAY_ASK

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

LOOK_UP = "SELECT status, valid_until FROM bench_floor WHERE phone = '+31' || substr(%s, 2)"
GIVEN = {"ConsentGiven", "RenewedConsentGiven"}


@csrf_exempt
def one_query(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute(LOOK_UP, [orjson.loads(request.body)["address"]])
        found = cursor.fetchone()
    told = {"allowed": bool(found) and found[0] in GIVEN, "valid_until": found and found[1]}
    return HttpResponse(orjson.dumps(told), content_type="application/json")


@csrf_exempt
def one_query_by_key(request: HttpRequest) -> HttpResponse:
    MAY_ASK(request)
    return one_query(request)


urlpatterns = [
    path("one-query", one_query),
    path("one-query-by-key", one_query_by_key),
    *urls.urlpatterns,
]
