"""Hypothesis strategies for what reports are made of."""

from __future__ import annotations

from hypothesis import strategies as st

COUNTS = st.one_of(st.integers(0, 20), st.integers(0, 5000), st.integers(0, 10**8))
"""Figures as reports have them: mostly small, many zeros."""

HAN = st.sampled_from("信息公开申请数量政府机关年度报告发布条件办结")
TRADITIONAL = st.sampled_from("復複覆發髮製于於範系係裡後乾餘檔案資訊網路眾說館會議訴訟維臺")
SPACE = st.sampled_from([" ", "\u3000", "\xa0", "\t", "\u200b", "  "])
WIDE = st.sampled_from("，：；（）！？〔〕“”「」０１２３４５６７８９％．")
NOISE = st.sampled_from(["[image: C:\\a\\12(1).png]", "[bookmark: OLE_LINK3]", "<br />", "规范性檔案", "入口網站"])
ASCII = st.sampled_from("ab12 .,:|-")

PIECES = st.lists(st.one_of(HAN, TRADITIONAL, SPACE, WIDE, NOISE, ASCII), min_size=1, max_size=40)
"""Pieces of a line: both scripts, every kind of space, full-width signs, noise, words of converted copies."""

LINES = PIECES.map(lambda pieces: "".join(pieces).replace("\t", " "))


def interval_words(number: int) -> list[str]:
    """Ways to print `number` so that it is still exactly that number."""
    grouped = f"{number:,}"
    wide = str(number).translate({ord(d): ord(d) + 0xFEE0 for d in "0123456789"})
    return [str(number), grouped, wide, grouped.replace(",", "，")]
