"""What LibreOffice opens and gouji does not: DOC, WPS, RTF, ODT. It converts a copy to DOCX, which is then read."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from hashlib import sha256
from pathlib import Path

from attrs import evolve

from gouji.document import Document
from gouji.readers import docx, limits
from gouji.readers.refusals import damaged, refuse

_PROGRAMS = ("soffice", "libreoffice")
# No macro runs, and nothing that the document names is fetched.
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse">
<value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks"
oor:op="fuse"><value>true</value></prop></item>
</oor:items>
"""
# The name of the copy: LibreOffice goes by the content, and takes the suffix for a hint only.
_COPY = "copy.doc"


def read(data: bytes, source: str, *_: object) -> Document:
    """The Document of a file that LibreOffice converts.

    Raises ReadError when it is not installed, takes too long, or makes nothing of the file.
    """
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None:
        raise refuse(
            source,
            "missing-program",
            "读取 DOC、WPS、RTF、ODT 文件需要 LibreOffice，未找到 soffice 命令",
            "DOC, WPS, RTF and ODT files need LibreOffice, and there is no soffice command",
            "请安装 LibreOffice，或用 Word、WPS 另存为 DOCX",
            "install LibreOffice, or save the report as DOCX",
        )
    with tempfile.TemporaryDirectory(prefix="gouji-") as folder:
        _convert(program, data, source, Path(folder))
        try:
            converted = (Path(folder) / "out" / _COPY).with_suffix(".docx").read_bytes()
        except OSError as error:
            raise damaged(source, "Office") from error
    return evolve(docx.read(converted, source), sha256=sha256(data).hexdigest())


def _convert(program: str, data: bytes, source: str, folder: Path) -> None:
    """Run LibreOffice on a copy, with a profile of its own, so that it meets no other instance."""
    copy = folder / _COPY
    copy.write_bytes(data)
    settings = folder / "profile" / "user" / "registrymodifications.xcu"
    settings.parent.mkdir(parents=True)
    settings.write_text(_SETTINGS, encoding="utf-8")
    command = [
        program,
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--headless",
        "--norestore",
        "--convert-to",
        "docx",
        "--outdir",
        str(folder / "out"),
        str(copy),
    ]
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        start_new_session=True,
    )
    try:
        process.wait(limits.CONVERT_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise refuse(
            source,
            "too-large",
            f"LibreOffice 转换超过 {limits.CONVERT_SECONDS} 秒的上限",
            f"LibreOffice takes more than {limits.CONVERT_SECONDS} seconds, the limit",
            "请用 Word、WPS 另存为 DOCX",
            "save the report as DOCX",
        ) from error
    finally:
        if process.poll() is None:
            # soffice is a script around the program that does the work: both are ended.
            getattr(os, "killpg", os.kill)(process.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
            process.wait()
