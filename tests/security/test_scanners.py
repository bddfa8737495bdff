import pytest
import time_machine
from django.db import connection
from django.test import Client

from tests.browser.fixtures import PostOffice, links_in
from tests.security.visits import correspond

pytestmark = pytest.mark.django_db
TABLES = """
SELECT oid::regclass::text FROM pg_class
WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace AND relname <> 'django_session'
    AND has_table_privilege(oid, 'SELECT')
ORDER BY 1
"""
CONTENT = "SELECT count(*), md5(coalesce(string_agg(row::text, E'\\n' ORDER BY row::text), '')) FROM {} row"


def contents() -> dict[str, tuple[int, str]]:
    """How many rows each table has, and a digest of all that stands in them."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        tables = [name for (name,) in cursor.fetchall()]
        found = {}
        for table in tables:
            cursor.execute(CONTENT.format(table))
            found[table] = cursor.fetchone()
    return found


def test_opening_every_link_of_every_mail_changes_nothing(
    client: Client, clock: time_machine.Traveller, post_office: PostOffice
) -> None:
    mails = correspond(client, clock, post_office)
    site = links_in(mails.agreed)[0].split("/")[2]
    paths = {link.split(site, 1)[1] for mail in mails.mails for link in links_in(mail)}
    before = contents()
    keeps_cookies = Client()

    for path in sorted(paths):
        for _scan in range(3):
            clock.shift(1)
            assert Client().head(path).status_code < 400
            assert Client().get(path).status_code < 400
            assert keeps_cookies.head(path, follow=True).status_code < 500
            assert keeps_cookies.get(path, follow=True).status_code < 500

    assert contents() == before
    assert before["consent_consentevent"][0] > 0
    assert {path.split("/")[1] for path in paths} == {"confirm", "unsubscribe", "preferences", "privacy"}


def test_a_change_would_show() -> None:
    before = contents()

    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO consent_ratecount (bucket, count, ends_at) VALUES ('x', 1, now())")

    assert contents() != before
