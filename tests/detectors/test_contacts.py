"""Contacts are found however they are dressed up, and what only looks like one is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.detectors.contacts import Contact, find_contacts

FOUND = """
link: 看这个 https://example.com/a?b=1 很好
link: 请看 taobao.com
link: 请看ｔａｏｂａｏ．ｃｏｍ
link: 淘宝taobao点com买
link: baidu 点 com
link: jd。com
link: 163点com
link: example [.] com
link: example dot com
link: www.foo.shop
link: t.me/abc123
link: bit.ly/3xYz
link: weibo.cn/u/1
phone: 打我13800138000
phone: 138 0013 8000
phone: 138-0013-8000
phone: １３８００１３８０００
phone: 一三八零零一三八零零零
phone: 幺三八 零零幺三 八零零零
phone: 1 3 8 0 0 1 3 8 0 0 0
phone: 1.3.8.0.0.1.3.8.0.0.0
phone: +86 138 0013 8000
phone: 8613800138000
phone: 有 3 个人要，138 0013 8000
phone: 电话010-62785001
phone: (0755) 2678 5001
phone: 400-820-8820
phone: +44 20 7946 0958
phone: call (415) 555-2671
phone: 电话 62785001
phone: 1️⃣3️⃣8️⃣0️⃣0️⃣1️⃣3️⃣8️⃣0️⃣0️⃣0️⃣
phone: 1三8零零138零零零
phone: ①③⑧⓪⓪①③⑧⓪⓪⓪
messenger: 加我微信 abc123
messenger: vx:meimei88
messenger: VX：mei_mei
messenger: v x abc12345
messenger: 薇信号是meimei
messenger: 微 信 abc12345
messenger: 扣扣 12345678
messenger: QQ：123456789
messenger: qq号123456
messenger: 加v abc12345
messenger: +V：abc12345
messenger: 扣扣一二三四五六七
messenger: 威信13800138000
messenger: telegram @meimei88
messenger: my line id: meimei88
messenger: whatsapp: 447911123456
messenger: WeChat: mei_mei
email: mei@example.com
email: mei @ example.com
email: mei艾特qq点com
email: mei (at) example (dot) com
email: １２３４５＠ｑｑ．ｃｏｍ
"""
LEFT_ALONE = """
一共12345元，很便宜
2026年11月22日，2026-11-22 10:30，2025-2026年
二零二六年三月，今年六十二岁，一九六四年生
3-5个鸡蛋
面粉 500克，水 250毫升，盐 3.5 克，糖 20-30g
尺码 15 16 17 18 19 20 21
13 14 15 16 17 18
订单号 202611220001234567
价格是1,380.00元
13800138000元
1.5 到 2.5 米
微信支付很方便，微信群里有200人
用微信付了12345元
微信转账给我女儿
微信里说是2026年
我的QQ糖吃完了 500克
QQ 12345元
qq飞车 2026
索尼WX350相机，WH-1000XM4 耳机
I waited in line. It was good.
line 12345 of the poem
Great shop.Top quality. Thanks.Come again
I like it.me too, see you at home.In the morning
e.g. this or i.e. that, No.1 and U.S. goods, version 2.0.1
Sure. Net weight 5 kg
polka dot net curtains
10点半见，9点 cn，下午三点 com
身高 165 体重 110 三围 86 60 88
每天 8000 步，昨天 13800 步，今天 14200 步
一二三四五六七
电话费 1299 元，手机 12999元
打折：原价1999 现价1299
3.1415926535 和 100000000000
Meet at 8.30 at the gate, room 1203, floor 12
加油！加微波炉，加v领毛衣
邮编 100083，第13届 2024 2025 2026
ISBN 978-7-111-21382-6
血压 135/85 138/88 140/90
@Mei hello
12306 买票
"""


@pytest.mark.parametrize("line", FOUND.strip().splitlines())
def test_found(line: str) -> None:
    kind, _, text = line.partition(": ")
    assert [contact.kind for contact in find_contacts(text)] == [kind]


@pytest.mark.parametrize("text", LEFT_ALONE.strip().splitlines())
def test_left_alone(text: str) -> None:
    assert find_contacts(text) == ()


def test_several_in_the_order_of_the_text_and_as_they_were_written() -> None:
    text = "打我１３８ ００１３ ８０００，或 Mei@Example.com，或加微信 Mei_1964！还有 https://a.cn/x。"
    assert find_contacts(text) == (
        Contact("phone", "１３８ ００１３ ８０００"),
        Contact("email", "Mei@Example.com"),
        Contact("messenger", "微信 Mei_1964"),
        Contact("link", "https://a.cn/x"),
    )


def test_what_is_invisible_hides_nothing() -> None:
    (found,) = find_contacts("138\u200b0013\u200b8000")
    assert found == Contact("phone", "138\u200b0013\u200b8000")


@given(st.text(alphabet="0123456789一三八零微信vxq:：@.。点com/ -+()加", max_size=60))
def test_whatever_is_found_stands_in_the_text_without_overlap(text: str) -> None:
    rest = text
    for contact in find_contacts(text):
        assert contact.text
        before, found, rest = rest.partition(contact.text)
        assert found, (text, contact, before)
