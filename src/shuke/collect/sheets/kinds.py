"""Kinds: what is in a file, whatever its name says?"""

from collections.abc import Collection

from shuke.collect.sheets.archives import ARCHIVES, Archive
from shuke.collect.sheets.file_format import FileContent, FileFormat
from shuke.collect.sheets.sheet import InputFile
from shuke.errors import Unreadable
from shuke.languages import N_, Text

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
_FOREIGN_MEMBERS = {
    "word/document.xml": "Word",
    "ppt/presentation.xml": "PowerPoint",
    "Index/Document.iwa": "Numbers",
}
_NOT_ACCEPTED = N_("{file} is a {kind} file. Accepted are: {accepted}.")


def kind_of(source: InputFile, formats: Collection[FileFormat], *, accepted: str) -> FileFormat | Archive:
    """The format of a file, or its archive; Unreadable, with what is `accepted`, if it is neither."""
    content = FileContent(source.path)
    if not content.beginning:
        raise Unreadable(
            N_("{file} is empty. Accepted are: {accepted}."), file=source.name, accepted=accepted
        )
    if content.members is None:
        raise Unreadable(N_("{file} is a damaged ZIP archive or workbook."), file=source.name)
    if foreign := _foreign(content):
        raise Unreadable(_NOT_ACCEPTED, file=source.name, kind=foreign, accepted=accepted)
    if told := next((each for each in formats if not each.last and each.recognises(content)), None):
        return told
    for magic, archive in ARCHIVES.items():
        if content.beginning.startswith(magic):
            return archive
    if content.is_binary:
        binary = Text("binary", "二进制")
        raise Unreadable(_NOT_ACCEPTED, file=source.name, kind=binary, accepted=accepted)
    if content.text.startswith(("<!doctype", "<html", "<?xml", "<table", "<meta", "<head")):
        message = N_("{file} is a web page or XML: open it in Excel or the like and save it as XLSX or CSV.")
        raise Unreadable(message, file=source.name)
    return next(each for each in formats if each.last and each.recognises(content))


def _foreign(content: FileContent) -> str | None:
    """What is known, and is no table."""
    if kind := next((kind for magic, kind in _FOREIGN.items() if content.beginning.startswith(magic)), None):
        return kind
    return next(
        (kind for member, kind in _FOREIGN_MEMBERS.items() if member in (content.members or {})), None
    )
