"""Does `shuke serve` answer at the address that it prints?"""

import json
import re
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import httpx2
import pytest

from shuke.access.limits import PER_NAME_AND_ADDRESS
from shuke.cli.serve import believed, listen
from shuke.errors import Busy, WrongCall
from tests.console.conftest import token


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
                told = json.load(answer)
            assert told["status"] == "ok"
            assert all(part["well"] for part in told["parts"].values())
        finally:
            server.terminate()


@pytest.mark.parametrize(("named", "last"), [([], 429), (["--proxy", "127.0.0.1"], 401)])
def test_only_a_proxy_that_is_named_says_who_comes(own_shop: Path, named: list[str], last: int):
    """One attempt more than an address has, each said to come from another one."""
    command = [sys.executable, "-m", "shuke", "serve", "--port", "0", *named]
    with subprocess.Popen(command, cwd=own_shop, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            lines = iter(server.stdout.readline, "")
            address = next(found[0] for line in lines if (found := re.search(r"http://[\d.:]+/", line)))
            with httpx2.Client(base_url=address, timeout=60) as browser:
                page = browser.get("/login").text
                given = {"name": "ann", "password": "no", "csrf": token(page)}
                answers = [
                    browser.post("/login", data=given, headers={"X-Forwarded-For": f"198.51.100.{n}"})
                    for n in range(PER_NAME_AND_ADDRESS + 1)
                ]
        finally:
            server.terminate()
    assert [answer.status_code for answer in answers] == [401] * PER_NAME_AND_ADDRESS + [last]


@pytest.mark.parametrize("address", ["proxy.example.com", "10.0.0.300", "*", ""])
def test_a_proxy_is_named_by_its_address(address: str):
    with pytest.raises(WrongCall, match="is neither an address"):
        believed(address)


def test_a_network_of_proxies_may_be_named():
    assert believed("10.0.0.7/24") == "10.0.0.0/24"


def test_a_port_that_is_taken_is_named():
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(Busy, match="taken"):
        listen("127.0.0.1", taken.getsockname()[1])


def test_an_address_that_is_not_ours_is_refused():
    with pytest.raises(WrongCall, match=r"192\.0\.2\.1"):
        listen("192.0.2.1", 0)
