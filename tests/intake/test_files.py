"""`kith import` and its files: whatever is in them, the rest goes in and it is said what did not."""

from __future__ import annotations

import gzip
import json
import zlib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kith.cli.import_ import import_
from kith.people.models import Person
from kith.shop.models import Listing
from tests.intake.told import NEIGHBOURHOOD, listing, merchant, open_to_all, person, shown_to

pytestmark = pytest.mark.django_db


def as_lines(*records: Any) -> bytes:
    return b"".join(json.dumps(record, ensure_ascii=False).encode() + b"\n" for record in records)


def run(*arguments: str | Path, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(import_, [*map(str, arguments), "--source", "host"], input=stdin)


def rejects(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "records.ndjson"


def test_all_of_a_good_file_goes_in(file: Path) -> None:
    file.write_bytes(as_lines(*NEIGHBOURHOOD))
    result = run(file)
    assert result.exit_code == 0, result.output
    assert f"{len(NEIGHBOURHOOD)} taken, 0 unchanged, 0 rejected" in result.output
    assert not Path(f"{file}.rejected.ndjson").exists()
    assert f"0 taken, {len(NEIGHBOURHOOD)} unchanged, 0 rejected" in run(file).output


def test_a_bad_record_is_in_the_reject_file_with_line_and_reason_and_the_rest_goes_in(file: Path) -> None:
    bad = person("bo", born="long ago")
    file.write_bytes(as_lines(person("mei"), bad) + b"{nonsense\n" + as_lines(person("chen")))
    result = run(file)
    assert result.exit_code == 1
    assert "2 taken, 0 unchanged, 2 rejected" in result.output
    first, second = rejects(Path(f"{file}.rejected.ndjson"))
    assert (first["line"], first["record"]) == (2, bad)
    assert first["reason"].startswith("born is not a whole number")
    assert (second["line"], second["record"]) == (3, "{nonsense\n")
    assert second["reason"].startswith("not JSON")
    assert set(Person.objects.values_list("external_id", flat=True)) == {"mei", "chen"}


def test_put_right_the_rejected_record_goes_in_and_no_reject_file_is_left(file: Path) -> None:
    file.write_bytes(as_lines(person("mei"), person("bo", born="long ago")))
    run(file)
    file.write_bytes(as_lines(person("mei"), person("bo")))
    result = run(file)
    assert result.exit_code == 0
    assert "1 taken, 1 unchanged" in result.output
    assert not Path(f"{file}.rejected.ndjson").exists()


@pytest.mark.parametrize(
    ("content", "taken", "reasons"),
    [
        (b"", 0, []),
        (b"\n  \n\r\n", 0, []),
        (b"\xef\xbb\xbf" + as_lines(person("mei")), 1, []),
        (as_lines(person("mei")).rstrip(), 1, []),
        (as_lines(person("mei")).replace(b"\n", b"\r\n") + b"\n" + as_lines(person("bo")), 2, []),
        (b"\xff\xfe\n" + as_lines(person("mei")), 1, ["not UTF-8"]),
        (b'{"type": "person", "id": "x", "name": "\xc3\x28"}\n' + as_lines(person("mei")), 1, ["not UTF-8"]),
        (b'"' + b"x" * 3_000_000 + b'"\n' + as_lines(person("mei")), 1, ["longer than 1,000,000 bytes"]),
        (b"[" * 100_000 + b"\n" + as_lines(person("mei")), 1, ["not JSON"]),
        (b'{"type": "person", "id": "x", "name": "y", "born": NaN}\n', 0, ["not JSON: NaN"]),
        (b"9" * 10_000 + b"\n", 0, ["not JSON"]),
        (b'[1]\n"text"\nnull\n5\n', 0, ["not a JSON object"] * 4),
        (b'{"type": "person", "id": "\\ud800", "name": "y"}\n', 0, ["id has control characters"]),
    ],
)
def test_whatever_stands_in_a_file(file: Path, content: bytes, taken: int, reasons: list[str]) -> None:
    file.write_bytes(content)
    result = run(file)
    assert result.exit_code == (1 if reasons else 0), result.output
    assert Person.objects.count() == taken
    found = [entry["reason"] for entry in rejects(Path(f"{file}.rejected.ndjson"))] if reasons else []
    assert len(found) == len(reasons)
    assert all(one.startswith(other) for one, other in zip(found, reasons, strict=True))


def test_packed_files_are_known_by_their_beginning(file: Path) -> None:
    file.write_bytes(gzip.compress(as_lines(person("mei"), person("bo"))))
    assert run(file).exit_code == 0
    assert Person.objects.count() == 2


def test_the_standard_input_plain_and_packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("-", stdin=as_lines(person("mei"))).exit_code == 0
    assert run("-", stdin=gzip.compress(as_lines(person("bo"), 5))).exit_code == 1
    assert Person.objects.count() == 2
    assert rejects(tmp_path / "stdin.rejected.ndjson")[0]["line"] == 2


def test_a_packed_file_that_breaks_off_says_so_and_what_came_before_is_in(file: Path) -> None:
    packed = gzip.compress(as_lines(*(person(f"u{number}") for number in range(3000))))
    file.write_bytes(packed[: len(packed) // 2])
    result = run(file)
    assert result.exit_code == 2
    assert "breaks off" in result.output
    assert Person.objects.count() == _whole_lines(packed[: len(packed) // 2])
    file.write_bytes(packed)
    assert run(file).exit_code == 0
    assert Person.objects.count() == 3000


def _whole_lines(packed: bytes) -> int:
    return zlib.decompressobj(wbits=31).decompress(packed).count(b"\n")


def test_a_feed_that_breaks_off_says_so_and_what_came_before_is_in(tmp_path: Path) -> None:
    feed, records = tmp_path / "goods.xml", tmp_path / "shop.ndjson"
    records.write_bytes(as_lines(merchant("host"), {"type": "category", "id": "unsorted"}))
    assert run(records).exit_code == 0
    item = "<item><id>k{}</id><title>Kettle</title><price>89.00 CNY</price></item>"
    feed.write_text("<rss><channel>" + item.format(1) + item.format(2) + "<item><id>k3", encoding="utf-8")
    assert run(feed).exit_code == 2
    assert Listing.objects.count() == 2


def test_a_shelf_of_a_feed_that_is_sensitive_takes_what_was_shown_back(tmp_path: Path) -> None:
    feed, records = tmp_path / "goods.tsv", tmp_path / "shop.ndjson"
    open_to_all()
    things = [record | ({"merchant": "host"} if "merchant" in record else {}) for record in NEIGHBOURHOOD]
    sensitive = {"type": "category", "id": "sexual-health", "sensitive": True}
    records.write_bytes(as_lines(merchant("host"), *things, sensitive))
    assert run(records).exit_code == 0
    assert ("purchase", "l1") in shown_to("bo")
    feed.write_text("id\ttitle\tprice\tadult\nl1\tThing\t19.90 CNY\tyes\n", encoding="utf-8")
    assert run(feed).exit_code == 0
    assert shown_to("bo") == [("purchase", "l2")]


def test_several_files_in_their_order_with_one_reject_file(tmp_path: Path) -> None:
    first, second = tmp_path / "1.ndjson", tmp_path / "2.ndjson.gz"
    first.write_bytes(as_lines(merchant(), 5))
    second.write_bytes(gzip.compress(as_lines(listing(), 6)))
    result = run(first, second, "--reject", tmp_path / "bad.ndjson")
    assert result.exit_code == 1
    assert "all: 2 taken, 0 unchanged, 2 rejected" in result.output
    told = rejects(tmp_path / "bad.ndjson")
    assert [(Path(entry["file"]).name, entry["line"]) for entry in told] == [
        ("1.ndjson", 2),
        ("2.ndjson.gz", 2),
    ]


def test_what_cannot_be_run_is_said_before_anything_is_done(file: Path, tmp_path: Path) -> None:
    file.write_bytes(as_lines(person("mei")))
    result = run(file, tmp_path / "missing.ndjson")
    assert result.exit_code == 2
    assert "there is no such file" in result.output
    assert Person.objects.count() == 0
    assert CliRunner().invoke(import_, [str(file), "--source", "x" * 41]).exit_code == 2
    assert CliRunner().invoke(import_, [str(file)]).exit_code == 2
    assert run(tmp_path).exit_code == 2


def test_a_product_feed(tmp_path: Path) -> None:
    records, feed = tmp_path / "shop.ndjson", tmp_path / "goods.tsv"
    records.write_bytes(as_lines(merchant("host")))
    feed.write_text(
        "id\ttitle\tprice\tavailability\tgoogle_product_category\n"
        "k1\t电热水壶\t89.00 CNY\tin_stock\tHome & Garden > Kitchen & Dining\n"
        "k2\tKettle\tcheap\tin_stock\t\n",
        encoding="utf-8",
    )
    from kith.shop.services import load_categories

    load_categories()
    assert run(feed).exit_code == 2
    assert run(records).exit_code == 0
    result = run(feed)
    assert result.exit_code == 1
    assert Listing.objects.get().external_id == "k1"
    assert rejects(Path(f"{feed}.rejected.ndjson"))[0]["line"] == 3
