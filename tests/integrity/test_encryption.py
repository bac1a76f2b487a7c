"""The disk below a project: what the doctor says of it, and when that makes a project unsound."""

from dataclasses import replace
from pathlib import Path

import pytest

from shuke import app
from shuke.app import Project
from shuke.integrity.checks import encryption
from shuke.settings import Settings
from shuke.store.at_rest import AtRest


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return app.init(tmp_path, Settings(name="Mill Lane Tea", language="en"))


@pytest.mark.parametrize(
    ("said", "required", "found"),
    [
        (AtRest.ENCRYPTED, False, []),
        (AtRest.ENCRYPTED, True, []),
        (AtRest.PLAIN, False, [False]),
        (AtRest.PLAIN, True, [True]),
        (AtRest.UNKNOWN, False, []),
        (AtRest.UNKNOWN, True, [True]),
    ],
)
def test_it_is_grave_where_the_company_wants_it_encrypted(project, monkeypatch, said, required, found):
    monkeypatch.setattr("shuke.integrity.checks.at_rest", lambda folder: said)
    asked = replace(project, settings=replace(project.settings, require_encryption=required))
    assert [finding.grave for finding in encryption(asked)] == found


def test_that_the_system_says_nothing_is_not_taken_for_a_no(project, monkeypatch):
    monkeypatch.setattr("shuke.integrity.checks.at_rest", lambda folder: AtRest.UNKNOWN)
    asked = replace(project, settings=replace(project.settings, require_encryption=True))
    assert [f.what for f in encryption(asked)] == [
        "The system does not say whether the disk below data is encrypted."
    ]
