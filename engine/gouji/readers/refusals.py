"""The words with which readers refuse a file: what is wrong with it, and what helps."""

from __future__ import annotations

from collections.abc import Iterable

from gouji import imprint
from gouji.errors import Message, ReadError
from gouji.readers import limits


def refuse(source: str, code: str, zh: str, en: str, remedy_zh: str, remedy_en: str) -> ReadError:
    """An error about the file `source`."""
    return ReadError(source, code, Message(zh, en), Message(remedy_zh, remedy_en))


def too_large(source: str, zh: str, en: str) -> ReadError:
    """The file is beyond a bound of `gouji.readers.limits`; `zh` and `en` say which."""
    return refuse(source, "too-large", zh, en, "请把各份报告分成单独的文件", "split it into one file per report")


def too_long(source: str) -> ReadError:
    """The file holds more text than is read."""
    return too_large(
        source,
        f"文字超过 {limits.TEXT_LENGTH} 个字符的上限",
        f"its text is longer than {limits.TEXT_LENGTH} characters, the limit",
    )


def too_many_cells(source: str) -> ReadError:
    """The tables are beyond the limit."""
    return too_large(
        source,
        f"表格超过 {limits.CELLS} 个单元格的上限",
        f"its tables have more than {limits.CELLS} cells, the limit",
    )


def empty(source: str) -> ReadError:
    """There is no text."""
    return refuse(
        source,
        "empty",
        "文件里没有文字",
        "the file holds no text",
        "请检查是否选对了文件",
        "check that it is the right file",
    )


def damaged(source: str, kind: str, reason: str = "") -> ReadError:
    """The file begins like a `kind` and does not go on like one."""
    why = f" ({reason})" if reason else ""
    return refuse(
        source,
        "damaged",
        f"不是完整的 {kind} 文件{why}",
        f"not a whole {kind} file{why}",
        "请重新下载，或用原程序打开后另存",
        "download it again, or open it in its own program and save it anew",
    )


def encrypted(source: str, kind: str) -> ReadError:
    """The file asks for a password."""
    return refuse(
        source,
        "encrypted",
        f"{kind} 文件有密码",
        f"the {kind} file is protected by a password",
        "请去掉密码后另存",
        "save it without the password",
    )


def missing(source: str, kind: str, extra: str) -> ReadError:
    """The library that reads a `kind` is not installed; `extra` of gouji brings it."""
    return refuse(
        source,
        "missing-extra",
        f"未安装读取 {kind} 的组件",
        f"what reads {kind} files is not installed",
        f"请运行 pip install 'gouji[{extra}]'",
        f"run: pip install 'gouji[{extra}]'",
    )


def unknown(source: str, zh: str, en: str) -> ReadError:
    """No reader knows such a file; `zh` and `en` say what it seems to be."""
    return refuse(
        source,
        "binary",
        zh,
        en,
        "请另存为 DOCX、PDF、HTML 或 UTF-8 文本",
        "save the report as DOCX, PDF, HTML or UTF-8 text",
    )


def own(source: str) -> ReadError:
    """The file is no report but what gouji made of reports."""
    return refuse(
        source,
        imprint.OWN,
        "是 gouji 写出的结果，不是报告",
        "what gouji has written, no report",
        "请给出报告本身",
        "give the report itself",
    )


def no_inputs(source: str, suffixes: Iterable[str]) -> ReadError:
    """The folder has no file with one of the `suffixes` that are read."""
    known = " ".join(suffixes)
    return refuse(
        source,
        "no-inputs",
        "文件夹里没有报告文件",
        "the folder holds no reports",
        f"支持的文件类型：{known}",
        f"known file types: {known}",
    )
