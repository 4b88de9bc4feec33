"""Whose report it is: names taken apart, told apart, and completed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import gouji
from compose import Annual
from gouji.bodies import Body

ENGINE = gouji.engine()
BODIES = ENGINE.bodies


@pytest.mark.parametrize(
    ("name", "region", "organ", "level", "certain"),
    [
        ("宿迁市人民政府", "宿迁市", "", "prefecture", True),
        ("沭阳县发展和改革局", "沭阳县", "发展和改革局", "county", True),
        ("广州市越秀区人民政府北京街道办事处", "广州市/越秀区/北京街道", "", "township", True),
        ("榆林市榆阳区驼峰路街道办事处", "榆林市/榆阳区/驼峰路街道", "", "township", True),
        ("佳县螅镇人民政府", "佳县/螅镇", "", "township", True),
        ("西咸新区太平镇人民政府", "西咸新区/太平镇", "", "township", False),
        ("北京市东城区审计局", "北京市/东城区", "审计局", "county", True),
        ("莆田市公安局城厢分局", "莆田市", "公安局城厢分局", "prefecture", True),
        ("汉中市市场监督管理局", "汉中市", "市场监督管理局", "prefecture", True),
        ("青禾县城市管理局", "青禾县", "城市管理局", "county", True),
        ("济宁市市中区", "济宁市/市中区", "", "county", True),
        ("津市市教育局", "津市市", "教育局", "county", True),
        ("荆州市沙市区", "荆州市/沙市区", "", "county", True),
        ("新乡市红旗区教育局", "新乡市/红旗区", "教育局", "county", True),
        ("浙江省金华市义乌市", "浙江省/金华市/义乌市", "", "county", True),
        ("内蒙古自治区呼和浩特市", "内蒙古自治区/呼和浩特市", "", "prefecture", True),
        ("积石山保安族东乡族撒拉族自治县", "积石山保安族东乡族撒拉族自治县", "", "county", True),
        ("贵州省卫生健康委员会", "贵州省", "卫生健康委员会", "province", True),
        ("西湖区", "西湖区", "", "county", False),
        ("教育局", "", "教育局", "national", False),
        ("城市管理局", "", "城市管理局", "national", False),
        ("国家税务总局", "", "国家税务总局", "national", True),
        ("西湖區政府", "西湖区", "", "county", False),
    ],
)
def test_names(name: str, region: str, organ: str, level: str, certain: bool) -> None:
    body = BODIES.named(name)
    assert ("/".join(body.region), body.organ, body.level, body.certain) == (region, organ, level, certain)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("杭州市西湖区", "浙江省杭州市西湖区人民政府", True),
        ("杭州市西湖区", "南昌市西湖区", False),
        ("义乌市", "金华市义乌市", True),
        ("浙江省义乌市", "金华市义乌市", True),
        ("杭州市教育局", "南昌市教育局", False),
        ("杭州市", "杭州市教育局", False),
        ("杭州市西湖区", "杭州市", False),
    ],
)
def test_one_body_or_two(one: str, other: str, same: bool) -> None:
    a, b = BODIES.named(one), BODIES.named(other)
    assert (a.key == b.key) == same
    assert a.may_be(b) == same


def test_a_county_of_two_cities_is_two_counties() -> None:
    """No two counties share a name, but where reports say that these do, they are believed."""
    a, b, bare = (BODIES.named(name) for name in ("望澜市青山县", "岚州市青山县", "青山县"))
    assert not a.may_be(b)
    assert bare.may_be(a)
    assert bare.may_be(b)


def test_what_is_not_said_speaks_against_nothing() -> None:
    bare = BODIES.named("西湖区")
    assert bare.may_be(BODIES.named("杭州市西湖区"))
    assert not bare.may_be(BODIES.named("杭州市拱墅区"))
    assert BODIES.named("").may_be(bare)


def identify(tmp_path: Path, text: str, name: str = "report.txt") -> Body:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return BODIES.identify(ENGINE.parse(str(path)))


REST = "\n一、概述\n2016年，收到政府信息公开申请3件。\n"


@pytest.mark.parametrize(
    ("title", "name", "certain"),
    [
        ("青禾县2016年政府信息公开工作年度报告", "青禾县", True),
        ("青禾县人民政府2016年度政府信息公开工作报告", "青禾县", True),
        ("2016年青禾县教育局政府信息公开工作年度报告", "青禾县教育局", True),
        ("2016年政府信息公开工作年度报告\n（望澜市青石区）", "望澜市青石区", True),
        ("2016年度青石区人民政府信息公开年报", "青石区", False),
        ("青禾县人民政府办公室2016年政府信息公开工作年度报告", "青禾县人民政府办公室", True),
        ("青禾縣2016年政府信息公開工作年度報告", "青禾县", True),
    ],
)
def test_titles(title: str, name: str, certain: bool, tmp_path: Path) -> None:
    body = identify(tmp_path, title + REST)
    assert (body.name, body.certain) == (name, certain)


def test_an_office_without_a_title_may_speak_for_its_government_or_for_itself(tmp_path: Path) -> None:
    text = f"{REST}\n青禾县人民政府办公室\n2017年3月20日\n"
    body = identify(tmp_path, text)
    assert (body.region, body.organ, body.certain) == (("青禾县",), "", False)


def test_two_cities_in_one_text_leave_it_open(tmp_path: Path) -> None:
    report = Annual("西湖区", remark="来信请寄：望澜市西湖区一号，或岚州市代办点（地址：岚州市西湖区二号）。")
    assert not identify(tmp_path, report.text()).certain


def test_a_folder_of_another_place_is_no_evidence(tmp_path: Path) -> None:
    report = Annual("西湖区", 2021).text()
    assert identify(tmp_path, report, "望澜市/西湖区/2021.txt").name == "望澜市西湖区"
    assert identify(tmp_path, report, "望澜市/2021.txt").name == "望澜市西湖区"
    assert not identify(tmp_path, report, "望澜市旧稿/2021.txt").certain


@given(st.text(alphabet="望澜青石市区县镇省州自治人民政府办公室局教育（）() 《》2016年", max_size=40))
def test_any_name_is_taken_apart_without_loss(name: str) -> None:
    body = BODIES.named(name)
    assert "".join(body.name.split()) in BODIES.folded(name).replace("人民政府", "") or body.name in BODIES.folded(name)
    assert BODIES.named(body.name).region == body.region
