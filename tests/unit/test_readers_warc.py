"""Archives of the web: pages become articles, what is broken is named with its place, and nothing fills the memory."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from annotator.models import Article, Failure
from annotator.readers import PageSelection, read, warc

PAGE = "<html><head><title>Le pont</title></head><body><article><h1>Le pont</h1>{}</article></body></html>"
TEXT = "<p>Le pont de la ville a été fermé mardi à cause de la crue du fleuve, dit la mairie.</p>"
Outcomes = list[Article | Failure]
Response = tuple[str, bytes, dict[str, str]]


def response(address: str, body: bytes | str = "", *, status: str = "200 OK", **headers: str) -> Response:
    content = body.encode() if isinstance(body, str) else body
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return address, content, {"status": status, "Content-Type": "text/html; charset=utf-8", **named}


def archive(*responses: Response, packed: bool = True) -> bytes:
    stream = io.BytesIO()
    writer = WARCWriter(stream, gzip=packed)
    writer.write_record(writer.create_warcinfo_record("a.warc.gz", {"software": "test"}))
    for address, body, headers in responses:
        status, *rest = headers.items()
        http = StatusAndHeaders(status[1], rest, protocol="HTTP/1.1")
        request = StatusAndHeaders("GET / HTTP/1.1", [])
        writer.write_record(writer.create_warc_record(address, "request", http_headers=request))
        writer.write_record(writer.create_warc_record(address, "response", io.BytesIO(body), http_headers=http))
    return stream.getvalue()


@pytest.fixture
def of_bytes(tmp_path: Path) -> Callable[..., Outcomes]:
    def _read(content: bytes, name: str = "a.warc.gz", pages: PageSelection | None = None) -> Outcomes:
        (tmp_path / name).write_bytes(content)
        return list(read([tmp_path / name], pages=pages or PageSelection()))

    return _read


OfBytes = Callable[..., Outcomes]


def page(words: str = "") -> str:
    return PAGE.format(f"{TEXT}<p>{words}</p>" if words else TEXT)


@pytest.mark.parametrize("packed", [True, False], ids=["packed", "plain"])
def test_pages_become_articles_and_the_rest_is_passed_over(of_bytes: OfBytes, packed: bool) -> None:
    content = archive(
        response("https://ex.org/1", page("Un.")),
        response("https://ex.org/logo.png", b"\x89PNG\0", Content_Type="image/png"),
        response("https://ex.org/old", page(), status="301 Moved"),
        response("https://ex.org/gone", page(), status="404 Not Found"),
        response("https://ex.org/2", page("Deux.")),
        packed=packed,
    )
    made = of_bytes(content, "a.warc.gz" if packed else "a.warc")
    assert [article.url for article in made if isinstance(article, Article)] == ["https://ex.org/1", "https://ex.org/2"]
    assert len(made) == 2
    first = made[0]
    assert isinstance(first, Article)
    assert (first.article_id, first.title) == ("https://ex.org/1", "Le pont")
    assert "a.warc" in first.source_file
    assert "/urn:uuid:" in first.source_file


@pytest.mark.parametrize(
    ("addresses", "found"),
    [
        ((), "abc"),
        (("https://ex.org/news/",), "ab"),
        (("https://ex.org/news/*/2024-*",), "b"),
        (("*/c?id=1",), "c"),
        (("https://ex.org/news/a", "https://*.ex.org/*"), "ac"),
    ],
)
def test_addresses_are_chosen_by_their_beginning_or_a_pattern(
    of_bytes: OfBytes, addresses: tuple[str, ...], found: str
) -> None:
    content = archive(
        response("https://ex.org/news/a", page("a")),
        response("https://ex.org/news/x/2024-01/b", page("b")),
        response("https://old.ex.org/c?id=1", page("c")),
    )
    made = of_bytes(content, pages=PageSelection.of(None, addresses))
    assert "".join(one.text[-1] for one in made if isinstance(one, Article)) == found


def test_types_are_chosen_by_their_name(of_bytes: OfBytes) -> None:
    content = archive(
        response("https://ex.org/a", page()), response("https://ex.org/b", "Du texte.", Content_Type="text/plain")
    )
    (article,) = of_bytes(content, pages=PageSelection.of(["Text/Plain"], None))
    assert isinstance(article, Article)
    assert (article.url, article.text) == ("https://ex.org/b", "Du texte.")


def chunked(body: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (body[:50], body[50:])) + b"0\r\n\r\n"


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (page().encode(), {}),
        (chunked(page().encode()), {"Transfer_Encoding": "chunked"}),
        (page().encode(), {"Transfer_Encoding": "chunked"}),
        (gzip.compress(page().encode()), {"Content_Encoding": "gzip"}),
        (page().encode(), {"Content_Encoding": "gzip"}),
        (zlib.compress(page().encode()), {"Content_Encoding": "deflate"}),
        (zlib.compress(page().encode(), wbits=-15), {"Content_Encoding": "deflate"}),
        (chunked(gzip.compress(page().encode())), {"Transfer_Encoding": "chunked", "Content_Encoding": "gzip"}),
        (page().encode("latin-1"), {"Content_Type": "text/html;charset=ISO-8859-1"}),
    ],
    ids=["plain", "chunked", "not chunked at all", "gzip", "not packed at all", "zlib", "deflate", "both", "latin-1"],
)
def test_what_http_did_to_a_page_is_undone(of_bytes: OfBytes, body: bytes, headers: dict[str, str]) -> None:
    (article,) = of_bytes(archive(response("https://ex.org/1", body, **headers)))
    assert isinstance(article, Article)
    assert "a été fermé mardi" in article.text


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (response("https://ex.org/b", gzip.compress(page().encode())[:-20], Content_Encoding="gzip"), "truncated"),
        (response("https://ex.org/b", gzip.compress(b"a")[:5] + b"\xff" * 40, Content_Encoding="gzip"), "damaged"),
        (response("https://ex.org/b", b"x", Content_Encoding="br"), "unsupported"),
        (response("https://ex.org/b", gzip.compress(b" " * 60_000_000), Content_Encoding="gzip"), "too_large"),
        (response("https://ex.org/b", "<html><body></body></html>"), "empty"),
        (response("https://ex.org/b", b"\0\1\2" * 100), "binary"),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_a_broken_record_is_named_with_its_place_and_the_others_are_read(
    of_bytes: OfBytes, broken: Response, reason: str
) -> None:
    content = archive(response("https://ex.org/a", page()), broken, response("https://ex.org/c", page("c")))
    before, failure, after = of_bytes(content)
    assert isinstance(before, Article)
    assert isinstance(after, Article)
    assert isinstance(failure, Failure)
    assert failure.reason == reason
    place = gzip.decompress(content).index(b"WARC/1.0\r\n", gzip.decompress(content).index(b"https://ex.org/c") - 900)
    assert "record urn:uuid:" in failure.message
    assert "(https://ex.org/b)" in failure.message
    assert 0 < int(failure.message.partition("at byte ")[2].partition(" ")[0].replace(",", "")) <= place


def test_a_page_larger_than_an_article_is_named_and_a_film_is_not(
    of_bytes: OfBytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warc, "MAX_ARTICLE_BYTES", 70_000)
    large = page("mot " * 20_000)
    content = archive(
        response("https://ex.org/film", b"\0" * 80_000, Content_Type="video/mp4"),
        response("https://ex.org/b", large),
        response("https://ex.org/c", page()),
    )
    failure, article = of_bytes(content)
    assert isinstance(failure, Failure)
    assert (failure.reason, isinstance(article, Article)) == ("too_large", True)


@pytest.mark.parametrize(
    "noise",
    [
        b"no record at all\r\n" * 3,
        b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: many\r\n\r\n",
        b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: -5\r\n\r\n",
        b"WARC/1.0\r\nWARC-Type: response\r\n\r\n",
        b"WARC/1.0\r\n" + b"X: y\r\n" * 20_000,
        b"WARC/1.0\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
    ],
    ids=["text", "no number", "negative", "no length", "many lines", "a long line"],
)
def test_what_is_no_record_costs_itself_and_the_next_one_is_read(of_bytes: OfBytes, noise: bytes) -> None:
    content = archive(response("https://ex.org/a", page()), packed=False) + noise
    made = of_bytes(content + archive(response("https://ex.org/b", page("b")), packed=False), "a.warc")
    assert [type(one) for one in made] == [Article, Failure, Article]
    assert [one.reason for one in made if isinstance(one, Failure)] == ["damaged"]


@pytest.mark.parametrize("packed", [True, False], ids=["packed", "plain"])
def test_a_file_that_breaks_off_gives_what_comes_before(of_bytes: OfBytes, packed: bool) -> None:
    whole = archive(response("https://ex.org/a", page()), response("https://ex.org/b", page("b" * 500)), packed=packed)
    made = of_bytes(whole[:-100], "a.warc.gz" if packed else "a.warc")
    assert isinstance(made[0], Article)
    assert isinstance(made[-1], Failure)
    assert made[-1].reason in {"truncated", "damaged"}
    assert len(made) == 2


def test_a_damaged_packed_file_gives_nothing(of_bytes: OfBytes) -> None:
    whole = archive(response("https://ex.org/a", page()), response("https://ex.org/b", page("b")))
    (failure,) = of_bytes(whole[:900] + bytes([whole[900] ^ 255]) + whole[901:])
    assert isinstance(failure, Failure)
    assert failure.reason == "damaged"


def test_a_length_beyond_the_file_does_not_fill_the_memory(of_bytes: OfBytes) -> None:
    head = b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 999999999999\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"
    (failure,) = of_bytes(head, "a.warc")
    assert isinstance(failure, Failure)
    assert failure.reason == "truncated"


def test_an_archive_without_a_page_that_is_asked_for_says_so(of_bytes: OfBytes) -> None:
    content = archive(response("https://ex.org/logo.png", b"\x89PNG\0", Content_Type="image/png"))
    (failure,) = of_bytes(content)
    assert isinstance(failure, Failure)
    assert (failure.reason, "none of its 3 records" in failure.message) == ("no_page", True)
    (failure,) = of_bytes(content, pages=PageSelection.of(["text/plain"], ["https://nope/"]))
    assert isinstance(failure, Failure)
    assert failure.message.endswith("(text/plain, --page-url https://nope/)")
