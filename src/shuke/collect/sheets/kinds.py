"""Kinds: what is in a file, whatever its name says?"""

import re
import struct
import zipfile
from enum import StrEnum

from shuke.collect.sheets.sheet import InputFile
from shuke.collect.sheets.text import wide
from shuke.errors import Unreadable
from shuke.languages import N_, Text


class ContentType(StrEnum):
    """The contents that can be read."""

    DELIMITED = "delimited"
    WORKBOOK = "workbook"
    JSON = "json"
    PARQUET = "parquet"
    VCARD = "vcard"
    ZIP = "zip"
    GZIP = "gzip"
    BZIP2 = "bzip2"
    XZ = "xz"


_HEAD = 1 << 14
_LARGEST_WORKBOOK = 2 << 30
_MAGIC = {
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": ContentType.WORKBOOK,
    b"PAR1": ContentType.PARQUET,
    b"\x1f\x8b": ContentType.GZIP,
    b"BZh": ContentType.BZIP2,
    b"\xfd7zXZ\x00": ContentType.XZ,
}
_FOREIGN = {
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7-Zip",
    b"SQLite format 3": "SQLite",
    b"{\\rtf": "RTF",
}
_MARKED_TEXT = (b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")
_ACCEPTED = "CSV, TSV, XLSX, XLSB, XLS, ODS, JSON, Parquet, vCard, ZIP, GZ"
_NOT_ACCEPTED = N_("{file} is a {kind} file. Accepted are: {accepted}.")


def content_of(source: InputFile) -> ContentType:
    """The content of a file; Unreadable, with what would be accepted, if it is none that we read."""
    with source.path.open("rb") as file:
        head = file.read(_HEAD)
    if not head:
        raise Unreadable(
            N_("{file} is empty. Accepted are: {accepted}."), file=source.name, accepted=_ACCEPTED
        )
    if kind := next((kind for magic, kind in _FOREIGN.items() if head.startswith(magic)), None):
        raise Unreadable(_NOT_ACCEPTED, file=source.name, kind=kind, accepted=_ACCEPTED)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zipped(source)
    known = next((content for magic, content in _MAGIC.items() if head.startswith(magic)), None)
    return known or _textual(source, head)


def _zipped(source: InputFile) -> ContentType:
    """Workbooks are ZIP archives as well, told by what is in them."""
    try:
        with zipfile.ZipFile(source.path) as archive:
            members = {info.filename: info.file_size for info in archive.infolist()}
    except (zipfile.BadZipFile, struct.error, NotImplementedError, ValueError, OverflowError):
        raise Unreadable(N_("{file} is a damaged ZIP archive or workbook."), file=source.name) from None
    if (
        members.keys() & {"xl/workbook.xml", "xl/workbook.bin"}
        or {"mimetype", "content.xml"} <= members.keys()
    ):
        if sum(members.values()) > _LARGEST_WORKBOOK:
            message = N_("{file} is too large for a workbook: save its sheets as CSV and import them.")
            raise Unreadable(message, file=source.name)
        return ContentType.WORKBOOK
    foreign = {
        "word/document.xml": "Word",
        "ppt/presentation.xml": "PowerPoint",
        "Index/Document.iwa": "Numbers",
    }
    if kind := next((kind for member, kind in foreign.items() if member in members), None):
        raise Unreadable(_NOT_ACCEPTED, file=source.name, kind=kind, accepted=_ACCEPTED)
    return ContentType.ZIP


def _textual(source: InputFile, head: bytes) -> ContentType:
    if _is_binary(head):
        raise Unreadable(_NOT_ACCEPTED, file=source.name, kind=Text("binary", "二进制"), accepted=_ACCEPTED)
    start = head.decode("utf-8-sig", errors="replace").replace("\0", "").lstrip("\ufffd \t\r\n").lower()
    if start.startswith(("<!doctype", "<html", "<?xml", "<table", "<meta", "<head")):
        message = N_("{file} is a web page or XML: open it in Excel or the like and save it as XLSX or CSV.")
        raise Unreadable(message, file=source.name)
    if start.startswith("begin:vcard"):
        return ContentType.VCARD
    # A bracket alone does not make JSON: "[total]" may be the heading of a CSV file.
    return ContentType.JSON if re.match(r'\{|(\[\s*)+[{\d"\]-]', start) else ContentType.DELIMITED


def _is_binary(head: bytes) -> bool:
    """More than a few control characters other than those of text, and those that set cells apart."""
    if head.startswith(_MARKED_TEXT) or wide(head):
        return False
    controls = len(re.findall(rb"[\x02-\x08\x0e-\x1a\x1c-\x1e\x7f]", head))
    return controls + head.count(0) > max(3, 0.02 * len(head))
