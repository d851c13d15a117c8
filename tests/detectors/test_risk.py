"""A text's risk: each sign has its reason, what is harmless has none, and signs add up."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from kith.detectors import risk
from kith.detectors.risk import BAIT, CONTACT, ELSEWHERE, MONEY, SHOUTING, reason_text, risk_of

SIGNS = {
    "加我微信 abc123": {CONTACT, ELSEWHERE},
    "给我打 138 0013 8000": {CONTACT},
    "我们换个软件聊吧，扫二维码": {ELSEWHERE},
    "Please add me on WhatsApp": {ELSEWHERE},
    "稳 赚 不 赔，老师带你": {MONEY},
    "刷单日赚五百": {MONEY},
    "股票、基金、贷款都可以问我": {MONEY},
    "A guaranteed profit for you": {MONEY},
    "今晚裸聊": {BAIT},
    "Any sugar daddy here?": {BAIT},
    "快来看！！！": {SHOUTING},
    "BUY THIS RIGHT NOW PLEASE": {SHOUTING},
}
HARMLESS = (
    "",
    "你好，我也喜欢种花，你种的是什么？",
    "我给女儿转账买菜。",
    "我妈差点被杀猪盘骗了，大家小心",
    "I LOVE THIS",
    "What a lovely garden! Thank you!",
    "Investigate the loaner",  # words within words
    "加我一个！加微波炉热一下",
)


@pytest.mark.parametrize("text", SIGNS)
def test_each_sign_has_its_reason(text: str) -> None:
    found = risk_of(text)
    assert set(found.reasons) == SIGNS[text]
    assert found.score > 0


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_harmless_has_no_reasons(text: str) -> None:
    found = risk_of(text)
    assert found.reasons == ()
    assert found.score < 0.2


def test_signs_add_up_and_the_heaviest_comes_first() -> None:
    one, two = risk_of("刷单"), risk_of("刷单，加我微信 abc123！！！")
    assert one.score < two.score < 1
    assert two.reasons == (MONEY, CONTACT, ELSEWHERE, SHOUTING)
    assert two.score == pytest.approx(1 - 0.5 * 0.6 * 0.6 * 0.85)


def test_one_light_word_is_no_reason_but_several_are_never_more_than_a_heavy_one() -> None:
    light = json.loads(Path(risk.__file__).with_name("risk.json").read_text(encoding="utf-8"))["money"][
        "light"
    ]
    assert risk_of("贷款").reasons == ()
    assert risk_of("贷款" * 9).score == risk_of("贷款").score
    assert risk_of("，".join(light)).score <= risk.HEAVY[MONEY]


@given(st.text(max_size=200))
def test_any_text_has_a_score_and_the_same_each_time(text: str) -> None:
    found = risk_of(text)
    assert 0 <= found.score < 1
    assert found == risk_of(text)
    assert all(str(reason_text(code)).endswith(".") for code in found.reasons)


def test_each_reason_is_a_sentence_chosen_when_it_is_read() -> None:
    for code in (CONTACT, ELSEWHERE, MONEY, BAIT, SHOUTING):
        with translation.override("en"):
            assert str(reason_text(code)).endswith(".")
    with pytest.raises(KeyError):
        reason_text("nothing")


def test_no_word_stands_in_the_lists_twice() -> None:
    lists = json.loads(Path(risk.__file__).with_name("risk.json").read_text(encoding="utf-8"))
    words = [word for words in lists.values() for weight in words.values() for word in weight]
    assert len(words) == len(set(words))
    assert all(word == word.lower().strip() for word in words)
