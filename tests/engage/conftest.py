"""What the tests of writing to customers may ask for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shuke.app import Project
from tests.channels.listening import Mailbox, mail_server
from tests.engage import club


@pytest.fixture
def box() -> Iterator[Mailbox]:
    """A mail server that keeps what it is handed."""
    with mail_server() as box:
        yield box


@pytest.fixture
def shop(tmp_path: Path, box: Mailbox) -> Iterator[Project]:
    """A club without members, that writes through it."""
    news = {"kind": "email", "server": box.address, "sender": "Tea <news@tea.example>"}
    project = club.found(tmp_path / "shop", channels={"news": news})
    yield project
    project.operations.close()
