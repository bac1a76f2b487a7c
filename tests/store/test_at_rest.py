"""At rest: what the system says of a folder's disk, and what it does not say."""

import os
import sys
from pathlib import Path

import pytest

from shuke.store import at_rest as module
from shuke.store.at_rest import AtRest, at_rest

PLAIN_ROOT = "22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw\n"


class Machine:
    """What /proc and /sys say of a machine."""

    def __init__(self, folder: Path) -> None:
        self.mounts, self.devices, self.blocks = folder / "mountinfo", folder / "dev", folder / "blocks"
        self.mounts.write_text(PLAIN_ROOT)
        self.devices.mkdir()
        self.disk("sda1", "8:1")

    def disk(self, name: str, number: str, *, uuid: str | None = None, on: tuple[str, ...] = ()) -> None:
        """A block device, made of others where the device mapper or a RAID made it."""
        here = self.blocks / name
        (here / "slaves").mkdir(parents=True)
        for below in on:
            (here / "slaves" / below).symlink_to(self.blocks / below)
        if uuid:
            (here / "dm").mkdir()
            (here / "dm" / "uuid").write_text(uuid + "\n")
        (self.devices / number).symlink_to(here)

    def mounted(
        self, place: Path | str, number: str, kind: str = "ext4", source: str = "/dev/nothing"
    ) -> None:
        written = str(place).replace(" ", "\\040")
        with self.mounts.open("a") as file:
            file.write(f"40 22 {number} / {written} rw,nosuid shared:1 - {kind} {source} rw\n")

    def says(self, folder: Path) -> AtRest:
        return at_rest(folder, mounts=self.mounts, devices=self.devices)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    (tmp_path / "machine").mkdir()
    return Machine(tmp_path / "machine")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "my disk" / "shop"
    folder.mkdir(parents=True)
    return folder


def test_a_disk_as_it_comes_is_plain(machine: Machine, shop: Path):
    assert machine.says(shop) is AtRest.PLAIN


@pytest.mark.parametrize(
    ("uuid", "said"),
    [
        ("CRYPT-LUKS2-6ed1c3f1-luks-home", AtRest.ENCRYPTED),
        ("CRYPT-LUKS1-6ed1c3f1-home", AtRest.ENCRYPTED),
        ("CRYPT-PLAIN-swap", AtRest.ENCRYPTED),
        ("CRYPT-BITLK-6ed1c3f1-win", AtRest.ENCRYPTED),
        ("CRYPT-VERITY-6ed1c3f1-root", AtRest.PLAIN),
        ("CRYPT-INTEGRITY-home", AtRest.PLAIN),
        ("LVM-Jx9hPq", AtRest.PLAIN),
    ],
)
def test_the_device_mapper_says_what_it_does(machine: Machine, shop: Path, uuid: str, said: AtRest):
    machine.disk("dm-0", "254:0", uuid=uuid, on=("sda1",))
    machine.mounted(shop.parent, "254:0")
    assert machine.says(shop) is said
    assert machine.says(shop / "data" / "landing") is said  # not there yet


def test_a_volume_within_an_encrypted_disk_is_encrypted_and_one_that_is_only_half_so_is_not(machine, shop):
    machine.disk("dm-0", "254:0", uuid="CRYPT-LUKS2-a-b", on=("sda1",))
    machine.disk("dm-1", "254:1", uuid="LVM-a", on=("dm-0",))
    machine.disk("md0", "9:0", on=("dm-1", "sda1"))
    machine.mounted(shop, "254:1")
    assert machine.says(shop) is AtRest.ENCRYPTED
    machine.mounted(shop, "9:0")
    assert machine.says(shop) is AtRest.PLAIN


def test_what_counts_is_the_nearest_mount_and_the_last_one_there(machine: Machine, shop: Path):
    machine.disk("dm-0", "254:0", uuid="CRYPT-LUKS2-a-b", on=("sda1",))
    machine.mounted(shop, "254:0")
    machine.mounted(shop.parent, "8:1")
    assert machine.says(shop) is AtRest.ENCRYPTED
    machine.mounted(f"{shop}s", "8:1")  # another folder, whose name begins alike
    assert machine.says(shop) is AtRest.ENCRYPTED
    machine.mounted(shop, "8:1")
    assert machine.says(shop) is AtRest.PLAIN


def test_a_link_is_followed_to_where_the_files_lie(machine: Machine, shop: Path, tmp_path: Path):
    machine.disk("dm-0", "254:0", uuid="CRYPT-LUKS2-a-b", on=("sda1",))
    machine.mounted(shop, "254:0")
    (tmp_path / "link").symlink_to(shop)
    assert machine.says(tmp_path / "link") is AtRest.ENCRYPTED


@pytest.mark.parametrize("kind", ["ecryptfs", "fuse.gocryptfs", "fuse.cryfs"])
def test_some_file_systems_do_nothing_else(machine: Machine, shop: Path, kind: str):
    machine.mounted(shop, "0:60", kind, source="/home/.ecryptfs/anna")
    assert machine.says(shop) is AtRest.ENCRYPTED


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "zfs", "overlay", "tmpfs", "fuse.sshfs", "virtiofs"])
def test_of_what_is_on_no_disk_that_is_seen_nobody_knows(machine: Machine, shop: Path, kind: str):
    machine.mounted(shop, "0:60", kind, source="server:/export")
    assert machine.says(shop) is AtRest.UNKNOWN


def test_btrfs_names_the_disk_that_its_own_number_hides(machine: Machine, shop: Path, monkeypatch):
    machine.disk("dm-0", "254:0", uuid="CRYPT-LUKS2-a-b", on=("sda1",))
    machine.mounted(shop, "0:35", "btrfs", source="/dev/mapper/home")
    assert machine.says(shop) is AtRest.UNKNOWN
    told = os.stat_result((0o60600, 0, 0, 1, 0, 0, 0, 0, 0, 0), {"st_rdev": os.makedev(254, 0)})
    stat = Path.stat
    monkeypatch.setattr(
        Path, "stat", lambda path, **how: told if str(path) == "/dev/mapper/home" else stat(path, **how)
    )
    assert machine.says(shop) is AtRest.ENCRYPTED


def test_a_folder_that_its_file_system_encrypts_is_encrypted(machine: Machine, shop: Path, monkeypatch):
    monkeypatch.setattr(module, "_has_encrypted_flag", lambda folder: folder == shop)
    assert machine.says(shop) is AtRest.ENCRYPTED


def test_where_the_system_tells_nothing_nobody_knows(shop: Path, tmp_path: Path):
    assert at_rest(shop, mounts=tmp_path / "nowhere", devices=tmp_path) is AtRest.UNKNOWN


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux")
def test_it_asks_this_machine_without_falling_over(shop: Path):
    assert at_rest(shop) in AtRest
    assert not module._has_encrypted_flag(shop / "missing")
