"""No expression of a pack takes time beyond all bounds."""

from __future__ import annotations

import re

from gouji.explosive import explosive
from gouji.polynomial import polynomial
from gouji.yamlfile import invalid


def refuse(source: str, where: str, repeated: bool = True, long: bool = True) -> None:
    """Look at an expression: with `repeated` at repetitions in one another, with `long` at how it does on long texts.

    Raises PackError, which stands at `where`.
    """
    try:
        word = explosive(source) if repeated else None
        slow = polynomial(source) if long else None
    except re.error:
        # Whoever compiles it says so.
        return
    if slow is not None and word is None:
        shown = "".join(one * 3 + "…" for one in slow.words)
        raise invalid(
            where,
            f"正则表达式在长文本上太慢：遇到“{shown}”这样的文字，长度加倍，尝试次数增至 {2**slow.degree} 倍",
            f"the regular expression is too slow on long texts: on a text like “{shown}” of twice the length it tries"
            f" {2**slow.degree} times as much",
            "相邻的两段重复不要能匹配同样的文字：合并为一段，或让后一段以前一段不含的文字开头",
            "let no two repetitions match the same text: make them one, or begin the later with what the former excludes",
        )
    if word is not None:
        shown = word * 3 + "…"
        raise invalid(
            where,
            f"正则表达式会耗尽时间：遇到“{shown}”这样的文字，每多一遍“{word}”尝试次数就加倍",
            f"the regular expression explodes: on a text like “{shown}” each further “{word}” doubles what is tried",
            "让重复的内容只有一种拆法：去掉套在一起的 + 或 *，或去掉可由其他选项拼成的选项",
            "let what repeats be split in one way only: no + or * within another, no choice that others make up",
        )
