"""Plain text and Markdown files: bytes to a Document, in whatever encoding they come."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from hashlib import sha256

from gouji.document import Block, Document, Paragraph
from gouji.errors import ReadError
from gouji.readers import limits
from gouji.readers.carriers import Carrier, TooManyCells, tables
from gouji.readers.refusals import empty, refuse, too_long, too_many_cells
from gouji.readers.unfold import unfold
from gouji.spans import Span

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Running text whose lines all end at one margin was broken there, and not where a paragraph ends.
_WIDEST = 61
_NARROWEST = 15
_FULL_LINES = 3
# The least margin, in columns, and by how many of them a full line may miss it.
_MARGIN = 40
_MISSED = 4
# Of so many full lines one may go beyond the margin: an address, or a row of a table.
_BEYOND = 10
_GOES_ON = re.compile(r"(?<![。！？：；!?:;])\n(?![\s　(（【#]|[一二三四五六七八九十]{1,3}[、.]|\d{1,2}[、.](?!\d))")
# Bytes and characters that most texts have nothing of; the three expressions below say what becomes of it.
_ODD_BYTES = bytes({*range(0x20), 0x7F} - {*b"\t\n"})
_ODD = "\x85\u2028\u2029"
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_NEWLINE = re.compile(r"\r\n?")
# Other separators end no line by the contract; one code point stays one, so that columns stay true.
_SEPARATORS = re.compile(r"[\x0b\x0c\x85\u2028\u2029]")


def read(data: bytes, source: str, carriers: Sequence[Carrier]) -> Document:
    """The Document of a text file.

    Raises ReadError for a file that is empty, binary, beyond the limits, or in no encoding that it can be read in.
    """
    text = decode(data, source) if data else ""
    # No encoding writes a control character without its byte; bytes are looked through sooner.
    odd = len(data.translate(None, _ODD_BYTES)) < len(data) or any(character in text for character in _ODD)
    if odd:
        text = _SEPARATORS.sub(" ", _NEWLINE.sub("\n", text))
    if not text.strip("\ufeff \t\n\u3000\xa0"):
        raise empty(source)
    if odd and len(_CONTROL.findall(text[:65536])) > len(text[:65536]) // 50:
        raise _binary(source)
    if len(text) > limits.TEXT_LENGTH:
        raise too_long(source)
    try:
        blocks = tuple(_blocks(unfold(text), carriers))
    except TooManyCells as error:
        raise too_many_cells(source) from error
    return Document(source, sha256(data).hexdigest(), text, blocks)


def decode(data: bytes, source: str, declared: str = "") -> str:
    """`data` as text: by its byte order mark, else UTF-8, UTF-16, GB18030 or Big5, whichever fits.

    `declared` is the legacy encoding that the file itself names, if any.

    Raises ReadError where none fits, naming the first byte that is not UTF-8.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError as error:
                raise _damaged(source, encoding.upper(), error.start) from error
    try:
        text = data.decode("utf-8")
        if "\x00" not in text[:1000] or len(data) % 2:
            return text
        first_bad = len(data)
    except UnicodeDecodeError as error:
        first_bad = error.start
    if utf16 := _utf16(data):
        return utf16
    if b"\x00" in data[:4096]:
        raise _binary(source)
    if declared:
        try:
            text = data.decode(declared)
        except UnicodeDecodeError:
            pass
        else:
            if _plausibility(text) >= 0.3:
                return text
    # A library weighs the legacy encodings; it is imported only for the files that need it.
    from charset_normalizer import from_bytes

    best = from_bytes(data[:65536], cp_isolation=["gb18030", "big5hkscs"], threshold=0.9).best()
    candidates = dict.fromkeys(([best.encoding] if best else []) + ["gb18030", "big5hkscs"])
    texts = {}
    for encoding in candidates:
        try:
            texts[encoding] = data.decode(encoding)
        except UnicodeDecodeError:
            continue
    if not texts:
        raise _damaged(source, "UTF-8", first_bad)
    encoding, text = max(texts.items(), key=lambda item: _plausibility(item[1]))
    if _plausibility(text) < 0.3:
        raise _damaged(source, "UTF-8", first_bad)
    return text


# The most frequent characters of running Chinese in both scripts: text that was decoded wrongly has few of them.
_FREQUENT = frozenset(
    "的一是不了在人有我他这中大来上国和地到公开政府信息工作年度报告情况数行部门发布申请主动及为以与区市县条件"
    "這國開報況門發請動為與區縣條個時會議訴訟復議業務網站網絡單位規範實機構組織"
)


def _plausibility(text: str) -> float:
    sample = [c for c in text[:20000] if c > "\x7f"]
    return sum(c in _FREQUENT for c in sample) / max(len(sample), 1) * 3


def _utf16(data: bytes) -> str | None:
    """UTF-16 without a byte order mark: the byte order in which it reads as Chinese, if any."""
    if len(data) % 2 or b"\x00" not in data[:4096]:
        return None
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _plausibility(text) >= 0.3:
            return text
    return None


def _blocks(text: str, carriers: Sequence[Carrier]) -> list[Block]:
    if not text.endswith("\n"):
        text += "\n"
    blocks: list[Block] = []
    position = 0
    lines = text.split("\n")
    beyond = _BEYOND * sum([_goes_beyond(line) for line in lines if len(line) >= _WIDEST])
    margin = None if beyond >= len(lines) else _margin(lines, beyond)
    for region, table in tables(text, carriers):
        blocks.extend(_paragraphs(text, position, region.start, margin))
        blocks.append(table)
        position = region.end
    blocks.extend(_paragraphs(text, position, len(text), margin))
    return blocks


def _paragraphs(text: str, start: int, end: int, margin: int | None) -> list[Paragraph]:
    new = tuple.__new__
    lines: list[Span] = []
    for line in text[start:end].split("\n"):
        begun, start = start, start + len(line) + 1
        if line.strip().strip("\ufeff"):
            # Straight to the tuples: texts are mostly paragraphs.
            lines.append(new(Span, (begun, start - 1)))
    if margin is None:
        return [new(Paragraph, (line,)) for line in lines]
    joined: list[Span] = []
    full = False
    for span in lines:
        if full and joined[-1].end + 1 == span.start and _GOES_ON.match(text, joined[-1].end):
            joined[-1] = Span(joined[-1].start, span.end)
        else:
            joined.append(span)
        full = span.end - span.start < _WIDEST and _width(text[span.start : span.end]) >= margin
    return [Paragraph(span) for span in joined]


def _goes_beyond(line: str) -> bool:
    """Whether a line of more than a margin leaves room for begins with so much that carries no table."""
    return _bare(line[:_WIDEST])


def _margin(lines: Sequence[str], least: int) -> int | None:
    """The width from which on a line is full; None where lines are not broken at a margin, `least` of them.

    A line is one or two characters short where a mark or a number did not fit.
    """
    # No character takes more than two columns and a half: shorter lines are not full.
    widths = sorted([_width(line) for line in lines if _NARROWEST <= len(line) < _WIDEST and _bare(line)])
    if not widths or widths[-1] < _MARGIN:
        return None
    full = [width for width in widths if width >= widths[-1] - _MISSED]
    if len(full) < max(_FULL_LINES, least):
        return None
    short = [line for line in lines if line and len(line) < _WIDEST and _bare(line) and not line.isspace()]
    return full[0] if len(full) >= len(short) / 4 else None


def _bare(line: str) -> bool:
    """Whether nothing in a line marks a cell."""
    return "\t" not in line and "|" not in line


def _width(line: str) -> int:
    """The columns that a line takes: a character of Chinese takes two."""
    line = line.rstrip()
    # Characters of Chinese, its quotes and dashes among them, are three bytes.
    return (len(line) + len(line.encode("utf-8", "surrogatepass"))) // 2


def _binary(source: str) -> ReadError:
    return refuse(
        source,
        "binary",
        "不是文本文件",
        "not a text file",
        "请把报告另存为 UTF-8 文本",
        "save the report as UTF-8 text",
    )


def _damaged(source: str, encoding: str, at: int) -> ReadError:
    return refuse(
        source,
        "encoding",
        f"从第 {at + 1} 个字节起不是有效的 {encoding}，也不是 GB18030 或 Big5",
        f"not valid {encoding} from byte {at + 1} on, nor GB18030 or Big5",
        "文件可能不完整或混用编码，请重新另存为 UTF-8",
        "it may be truncated or mix encodings; save it again as UTF-8",
    )
