"""Does `shuke serve` answer at the address that it prints?"""

import re
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from shuke.cli.serve import listen
from shuke.errors import Busy, WrongCall


def test_a_server_prints_its_address_and_a_password_and_answers(own_shop: Path):
    command = [sys.executable, "-m", "shuke", "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=own_shop, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            login, address = server.stdout.readline(), server.stdout.readline()
            assert re.search(r"admin with the one-time password \S{12,}", login)
            found = re.search(r"http://127\.0\.0\.1:\d+/", address)
            assert found
            with urllib.request.urlopen(f"{found[0]}health", timeout=60) as answer:
                assert answer.read() == b'{"status":"ok"}'
        finally:
            server.terminate()


def test_a_port_that_is_taken_is_named():
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(Busy, match="taken"):
        listen("127.0.0.1", taken.getsockname()[1])


def test_an_address_that_is_not_ours_is_refused():
    with pytest.raises(WrongCall, match=r"192\.0\.2\.1"):
        listen("192.0.2.1", 0)
