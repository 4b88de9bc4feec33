"""Lists that a report counts, and parts that its preface announces: both sides, and what is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

import gouji
from gouji.findings import Finding

BODY = "全年主动公开信息320条，收到申请12件，均已答复。"
PARTS = (
    "概述",
    "主动公开政府信息情况",
    "依申请公开政府信息情况",
    "收费及减免情况",
    "行政复议、行政诉讼情况",
    "存在的主要问题及改进措施",
)


def findings(tmp_path: Path, rule: str, text: str) -> list[Finding]:
    path = tmp_path / "report.txt"
    path.write_text(text, encoding="utf-8")
    return [finding for finding in gouji.check(str(path)).findings if finding.rule == rule]


def counted(tmp_path: Path, sentence: str) -> list[Finding]:
    return findings(tmp_path, "X06", f"青禾县2016年政府信息公开工作年度报告\n一、概述\n{sentence}\n{BODY}\n")


@pytest.mark.parametrize(
    ("sentence", "equation"),
    [
        ("推进预算决算、重大项目、资源配置、公益事业等三个重点领域的公开。", "3 ≠ 4"),
        ("推进预算决算、重大项目、公益事业等四个重点领域的公开。", "4 ≠ 3"),
        ("教育、卫生、就业、环保等3个领域编制了目录。", "3 ≠ 4"),
        ("聚焦3个领域：教育、卫生。", "3 ≠ 2"),
        ("聚焦三个重点领域（教育、卫生、就业、环保），编制了目录。", "3 ≠ 4"),
        ("公开了5个重点领域信息，包括教育、卫生、就业、环保，共公开信息40条。", "5 ≠ 4"),
        ("开设了4个专栏，分别为规划、预算、采购。", "4 ≠ 3"),
        ("下一步从三个方面改进：一是加强学习；二是完善制度。", "3 ≠ 2"),
        ("推進預算決算、重大項目、資源配置、公益事業等三個重點領域的公開。", "3 ≠ 4"),
        ("规划（含专项）、预算、采购、招标等三大类别均已公开。", "3 ≠ 4"),
    ],
)
def test_a_count_that_its_list_does_not_have(sentence: str, equation: str, tmp_path: Path) -> None:
    (finding,) = counted(tmp_path, sentence)
    assert finding.equation == equation
    assert finding.severity == "info"


@pytest.mark.parametrize(
    "sentence",
    [
        "推进预算决算、重大项目、公益事业等三个重点领域的公开。",
        "推进预算决算、重大项目和公益事业等三个重点领域的公开。",
        "教育、卫生、就业等3个领域编制了目录。",
        "聚焦3个领域：教育、卫生、就业。",
        "公开了4个重点领域信息，包括教育、卫生、就业和环保，共公开信息40条。",
        "涉及征地补偿、保障住房等八大领域。",  # examples
        "覆盖义务教育、医疗卫生、水、电、气、热等26个试点领域。",
        "市、县、乡三级联动推进教育、卫生、就业等三个领域的公开。",
        "抓好三个方面：人员不足、意识不强，经费没有保障。",  # no plain list
        "下一步从三个方面改进：一是加强学习；二是完善制度；三是强化监督。",
        "下一步从三个方面改进：一是加强学习；\n二是完善制度；\n三是强化监督。",
        "通过网站、微信公众号和“两微一端、公开栏”等三个渠道公布。",
        "在城乡规划、重大项目，公共资源、环境保护等四个领域公开。",
        "编制规划、预算等两个领域的目录，梳理采购、招标、资助等三个领域的指南。",
        "第三方面，教育、卫生等单位都已公开。",
        "就业创业、社会保障、教育、卫生、环保、财政、审计等七个领域均已公开。",
        "网站共设5个栏目：概况、动态、通知（公告、公示）、财政、互动。",
        "网站共设5个栏目：概况、动态、通知公告；财政、互动。",
        "涉及五个方面：教育、卫生、就业、\n社保、环保。",
    ],
)
def test_a_count_that_fits_or_is_not_clear(sentence: str, tmp_path: Path) -> None:
    assert counted(tmp_path, sentence) == []


def test_compound_items_are_told_as_another_reading(tmp_path: Path) -> None:
    (finding,) = counted(tmp_path, "规划和计划、预算、采购、资助、政策解读和回应关切等六方面均已纳入考核。")
    assert finding.equation == "6 ≠ 5"
    assert finding.alternative is not None
    assert "政策解读和回应关切" in finding.alternative.zh
    (finding,) = counted(tmp_path, "预算、教育、卫生和食品安全、采购、资助等四个重点领域均已公开。")
    assert finding.alternative is not None
    assert "教育、卫生和食品安全" in finding.alternative.zh


def announced(tmp_path: Path, preface: str, *parts: str) -> list[Finding]:
    ordinals = "一二三四五六七八九十"
    sections = "".join(f"{n}、{title}\n{BODY}\n" for n, title in zip(ordinals, parts, strict=False))
    return findings(tmp_path, "X07", f"青禾县2016年政府信息公开工作年度报告\n{preface}\n{sections}")


LISTED = "全文包括" + "，".join(PARTS) + "。"
WITHOUT_FEES = (*PARTS[:3], *PARTS[4:])


@pytest.mark.parametrize(
    ("preface", "parts", "words"),
    [
        (LISTED, WITHOUT_FEES, ["列出 6 个部分", "正文有 5 个", "正文没有“收费及减免情况”"]),
        (LISTED, (*PARTS, "其他需要说明的事项"), ["列出 6 个部分", "正文有 7 个", "前言未提“其他需要说明的事项”"]),
        (
            "本报告由概述、主动公开情况、依申请公开情况、收费减免情况、复议诉讼情况、问题与改进六个部分组成。",
            WITHOUT_FEES,
            ["称有 6 个部分", "正文没有“收费减免情况”"],
        ),
        ("本年度报告共分六个部分。", WITHOUT_FEES, ["称有 6 个部分", "正文有 5 个"]),
        ("全文共分6个部分。", (*PARTS, "其他需要说明的事项"), ["称有 6 个部分", "正文有 7 个"]),
        (
            "本报告分为六个部分：总体情况、主动公开、依申请公开、收费减免、复议诉讼、问题改进。",
            WITHOUT_FEES,
            ["称有 6 个部分", "正文没有“收费减免”"],
        ),
    ],
)
def test_parts_that_are_not_there(preface: str, parts: tuple[str, ...], words: list[str], tmp_path: Path) -> None:
    (finding,) = announced(tmp_path, preface, *parts)
    assert [word for word in words if word not in finding.message.zh] == []
    assert "“概述”" not in finding.message.zh


@pytest.mark.parametrize(
    "preface",
    [
        LISTED,
        "本报告由六个部分组成。",
        "本年度报告共分六个部分。",
        "全文包括概述、主动公开、依申请公开等六个部分。",
        "本报告由概述、主动公开情况、依申请公开情况、收费减免情况、复议诉讼情况、问题与改进六部分组成。",
        "本报告根据条例编制。报告中数据的统计期限为2016年1月1日至12月31日。",
        "本报告包括以下六个部分：总体情况、主动公开、依申请公开、收费减免、复议诉讼、问题改进。",
        "全文分为六部分，电子版可从网站下载。",
        "按照要求，本报告分6部分。",
        "本报告由县政府办公室编制，共六章。",
    ],
)
def test_parts_that_are_there(preface: str, tmp_path: Path) -> None:
    assert announced(tmp_path, preface, *PARTS) == []


def test_a_part_whose_heading_has_no_number_is_there(tmp_path: Path) -> None:
    text = "".join(
        f"{'' if title == PARTS[3] else '一二三四五六'[n] + '、'}{title}\n{BODY}\n" for n, title in enumerate(PARTS)
    )
    title = "青禾县2016年政府信息公开工作年度报告"
    assert findings(tmp_path, "X07", f"{title}\n{LISTED}\n{text}") == []


def test_a_table_behind_the_text_is_the_part_that_is_announced(tmp_path: Path) -> None:
    preface = "本报告由概述、主动公开情况、依申请公开情况、收费减免情况、复议诉讼情况、问题与改进和政府信息公开情况统计表共七个部分组成。"
    text = "".join(f"{n}、{title}\n{BODY}\n" for n, title in zip("一二三四五六", PARTS, strict=True))
    table = "附件1：青禾县2016年政府信息公开情况统计表\n指标名称\t计量单位\t2016年度\n主动公开信息数\t条\t8\n"
    title = "青禾县2016年政府信息公开工作年度报告"
    assert findings(tmp_path, "X07", f"{title}\n{preface}\n{text}{table}") == []
    (finding,) = findings(tmp_path, "X07", f"{title}\n{preface}\n{text}")
    assert "统计表" in finding.message.zh


def test_what_is_joined_to_the_last_part_is_one_more(tmp_path: Path) -> None:
    parts = (*PARTS[:5], "存在的主要问题及改进情况", "其他需要报告的事项")
    preface = "全文包括" + "、".join(parts[:6]) + "及其他需要报告的事项。"
    assert announced(tmp_path, preface, *parts) == []
    assert announced(tmp_path, preface, *parts[:6]) != []
