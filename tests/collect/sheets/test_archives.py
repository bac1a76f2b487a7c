import gzip
import io
import lzma
import zipfile
from pathlib import Path

import pytest

from shuke.collect.sheets import ArchiveLimits, read
from shuke.errors import Unreadable
from tests.collect.sheets.reading import Reader, rows, said

TABLE = "id,name\n1,a\n2,b\n"


def zipped(members: dict[str, bytes | str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def test_every_member_is_read_and_named_with_its_archive(tmp_path: Path, work: Path) -> None:
    path = tmp_path / "all.zip"
    path.write_bytes(
        zipped({"a.csv": TABLE, "in/b.json": '[{"x": 1}]', "__MACOSX/._a.csv": b"\0\1", "readme": "hi"})
    )
    first, second = read(path, work=work)
    assert [first.file, second.file] == ["all.zip/a.csv", "all.zip/in/b.json"]
    assert rows(first) == [(2, "1", "a"), (3, "2", "b")]
    assert "Left out: all.zip/readme is text, but no table" in said(first)


def test_gzip_is_unpacked_even_inside_zip(written: Reader) -> None:
    assert rows(written(gzip.compress(TABLE.encode()), "a.csv.gz")) == [(2, "1", "a"), (3, "2", "b")]
    assert rows(written(zipped({"a.csv.gz": gzip.compress(TABLE.encode())}), "a.zip"))[0] == (2, "1", "a")


def test_names_written_on_a_chinese_windows_are_read(tmp_path: Path, work: Path) -> None:
    content = zipped({"aaaa.csv": TABLE}).replace(b"aaaa.csv", "订单.csv".encode("gbk"))
    (tmp_path / "a.zip").write_bytes(content)
    [sheet] = read(tmp_path / "a.zip", work=work)
    assert sheet.file == "a.zip/订单.csv"


def test_an_archive_that_grows_without_measure_is_refused(tmp_path: Path, work: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zipped({"a.csv": TABLE * 100_000}))
    with pytest.raises(Unreadable, match=r"a\.zip unpacks to more than 1 MB"):
        read(tmp_path / "a.zip", work=work, limits=ArchiveLimits(ratio=10, large=1 << 20))
    assert list(work.iterdir()) == []


def test_archives_within_archives_within_archives_are_refused(tmp_path: Path, work: Path) -> None:
    content = zipped({"a.csv": TABLE})
    for _ in range(2):
        content = zipped({"inner.zip": content})
    (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises(Unreadable, match="archives within archives"):
        read(tmp_path / "a.zip", work=work)


@pytest.mark.parametrize(
    "content",
    [zipped({}), zipped({"a": "x"})[:40], gzip.compress(TABLE.encode())[:-12]],
    ids=["empty zip", "half a zip", "half a gzip"],
)
def test_an_empty_or_damaged_archive_is_unreadable(written: Reader, content: bytes) -> None:
    with pytest.raises(Unreadable, match=r"a\.bin"):
        written(content, "a.bin")


def test_xz_is_unpacked_in_limited_memory(written: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    content = lzma.compress(b"id,name\n1,a\n") + b"\0\0\0\0" + lzma.compress(b"2,b\n" * 300_000)
    assert len(rows(written(content, "a.csv.xz"))) == 300_001
    with pytest.raises(Unreadable, match="damaged archive"):
        written(content[:-9], "b.csv.xz")
    monkeypatch.setattr("shuke.collect.sheets.archives._MEMORY", 1 << 20)
    with pytest.raises(Unreadable, match="damaged archive"):
        written(content, "c.csv.xz")
