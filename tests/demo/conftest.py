"""One small company, with all its dirt, for the tests that only read."""

from pathlib import Path

import pytest

from shuke import demo


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> demo.Company:
    return demo.make(tmp_path_factory.mktemp("company"), customers=1000)


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> demo.Company:
    return demo.make(tmp_path_factory.mktemp("clean"), customers=300, dirt=demo.CLEAN)


@pytest.fixture(scope="session")
def folder(company: demo.Company) -> Path:
    return company.truth.parent / "files"
