import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from consent.domain.seal.sealing import seal_chunk
from customers.models import StaffMember
from tests import make
from tests.browser.fixtures import Visitor
from tests.consent.domain.dossier import scene
from tests.journeys.steps import give_password_again, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def checked_elsewhere(export: Path) -> subprocess.CompletedProcess[str]:
    """What a regulator does: take the program out of the file, and run it in an empty place."""
    with zipfile.ZipFile(export) as opened:
        opened.extract("verify_evidence.py", export.parent)
    return subprocess.run(
        [sys.executable, "-I", "verify_evidence.py", export.name],
        cwd=export.parent,
        capture_output=True,
        text=True,
        check=False,
        env={},
    )


def test_an_officer_gives_evidence_out_and_a_regulator_checks_it_alone(
    staff: Visitor, tmp_path: Path
) -> None:
    told = scene.story()
    seal_chunk(now=make.NOW)
    sign_in(staff, organisation=told.alice.organisation, role=StaffMember.Role.DPO)

    staff.open(f"/admin/customers/contact/{told.alice.pk}/change/")
    staff.press("Export the evidence")
    give_password_again(staff)
    staff.page.get_by_label("What for").fill("Asked by the authority, case 1.")
    staff.press("Export the evidence")
    with staff.page.expect_download() as download:
        staff.page.get_by_role("link", name="Download the file").click()
    export = tmp_path / download.value.suggested_filename
    download.value.save_as(export)
    checked = checked_elsewhere(export)
    staff.open("/admin/consent/evidenceexport/")

    assert (checked.returncode, checked.stderr) == (0, "")
    assert "2 events stand in that log, each at its own place." in checked.stdout
    assert "VALID" in checked.stdout
    assert "Asked by the authority, case 1." in staff.text
