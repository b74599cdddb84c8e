"""`annotator models` against a server on the loopback that also drops, truncates and lies."""

from __future__ import annotations

import hashlib
import json
import shutil
import stat
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from annotator.errors import AnnotatorError, InputError, UsageError
from annotator.scratch import scratch_folder
from annotator.translation import installer
from annotator.translation.archive import unpack
from annotator.translation.index import choose_offers, fetch_offers, index_address
from annotator.translation.listing import installed_engines
from annotator.translation.packages import installed_packages

MODEL = Path(__file__).parents[2] / "fixtures" / "models" / "translate-fr_en-0_1.argosmodel"
CONTENT = MODEL.read_bytes()
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@dataclass
class Mirror:
    """A package mirror with its faults."""

    offers: list[dict[str, object]]
    body: bytes = CONTENT
    resumes: bool = True
    drops: list[int] = field(default_factory=list)
    """After how many bytes each of the next answers breaks off."""
    rest_from: int | None = None
    """Where the rest begins that is sent, whatever was asked for."""
    announce: int | None = None
    ranges: list[str] = field(default_factory=list)
    address: str = ""


def _handler(mirror: Mirror) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.endswith("index.json"):
                self._answer(json.dumps(mirror.offers).encode(), 200, {})
            elif self.path.endswith(".argosmodel"):
                self._package()
            else:
                self.send_error(404)

        def _package(self) -> None:
            asked = self.headers.get("Range", "")
            mirror.ranges.append(asked)
            rest = bool(asked and mirror.resumes)
            start = int(asked.removeprefix("bytes=").rstrip("-")) if rest else 0
            if rest and mirror.rest_from is not None:
                start = mirror.rest_from
            headers = {"Content-Range": f"bytes {start}-{len(mirror.body) - 1}/{len(mirror.body)}"} if rest else {}
            self._answer(mirror.body[start:], 206 if rest else 200, headers, drop=bool(mirror.drops))

        def _answer(self, body: bytes, status: int, headers: dict[str, str], *, drop: bool = False) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(mirror.announce or len(body)))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body[: mirror.drops.pop(0)] if drop else body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Stay silent."""

    return Handler


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    offer: dict[str, object] = {
        "type": "translate",
        "from_code": "fr",
        "to_code": "en",
        "package_version": "0.1",
        "links": ["packages/fr_en.argosmodel"],
        "size": len(CONTENT),
        "sha256": SHA256,
    }
    served = Mirror(offers=[offer, {"type": "sbd", "from_code": None, "to_code": None}])
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(served))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    served.address = f"http://127.0.0.1:{server.server_port}/mirror"
    yield served
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def packages_dir(tmp_path: Path) -> Path:
    return tmp_path / "argos" / "packages"


def install(mirror: Mirror, packages_dir: Path) -> list[str]:
    packages = installer.install(
        ("fr", "en"),
        packages_dir=packages_dir,
        index=mirror.address,
        progress=lambda _done, _total: None,
        say=lambda _line: None,
    )
    return [package.label for package in packages]


def left_behind(packages_dir: Path) -> list[str]:
    return sorted(path.name for path in packages_dir.with_name("packages.incoming").iterdir() if path.name != "lock")


def test_install_puts_the_package_where_it_is_found(mirror: Mirror, packages_dir: Path) -> None:
    assert install(mirror, packages_dir) == ["fr_en-0.1"]
    assert [package.folder.name for package in installed_packages(packages_dir)] == ["translate-fr_en-0_1"]
    assert left_behind(packages_dir) == []


def test_installing_again_downloads_nothing(mirror: Mirror, packages_dir: Path) -> None:
    install(mirror, packages_dir)
    install(mirror, packages_dir)
    assert mirror.ranges == [""]


def test_a_dropped_download_goes_on_where_it_stopped(mirror: Mirror, packages_dir: Path) -> None:
    mirror.drops = [1_000_000, 2_000_000]
    assert install(mirror, packages_dir) == ["fr_en-0.1"]
    assert mirror.ranges == ["", "bytes=1000000-", "bytes=3000000-"]


def test_a_download_given_up_goes_on_at_the_next_command(mirror: Mirror, packages_dir: Path) -> None:
    mirror.drops = [1_000_000] * 5
    with pytest.raises(AnnotatorError, match="broke off") as caught:
        install(mirror, packages_dir)
    assert "5000000 bytes" in caught.value.hint
    assert installed_packages(packages_dir) == []
    assert install(mirror, packages_dir) == ["fr_en-0.1"]
    assert mirror.ranges[-1] == "bytes=5000000-"


def test_a_server_that_cannot_resume_sends_all_again(mirror: Mirror, packages_dir: Path) -> None:
    mirror.resumes = False
    mirror.drops = [1_000_000]
    assert install(mirror, packages_dir) == ["fr_en-0.1"]


@pytest.mark.parametrize("offered", [{}, {"size": None, "sha256": ""}], ids=["hashed", "without a hash"])
def test_a_rest_that_begins_elsewhere_is_not_appended(
    mirror: Mirror, packages_dir: Path, offered: dict[str, object]
) -> None:
    """A zip archive behind other bytes can still be read: nobody would notice."""
    mirror.offers[0] |= offered
    mirror.drops, mirror.rest_from = [1_000_000], 0
    kept: list[int] = []
    installer.install(
        ("fr", "en"),
        packages_dir=packages_dir,
        index=mirror.address,
        progress=lambda done, _total: kept.append(done),
        say=lambda _line: None,
    )
    assert mirror.ranges == ["", "bytes=1000000-"]
    assert kept[-1] == len(CONTENT)


def test_the_rest_of_another_version_is_noticed_and_all_is_fetched_anew(mirror: Mirror, packages_dir: Path) -> None:
    incoming = packages_dir.with_name("packages.incoming")
    incoming.mkdir(parents=True)
    (incoming / "fr_en-0.1.part").write_bytes(b"x" * 1000)
    assert install(mirror, packages_dir) == ["fr_en-0.1"]
    assert mirror.ranges == ["bytes=1000-", ""]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param(CONTENT[:-1] + b"?", "SHA-256", id="one byte changed"),
        pytest.param(CONTENT[:5000], "5000 bytes came", id="truncated, and says it is all"),
        pytest.param(CONTENT + b"more", "more than", id="longer than the index says"),
    ],
)
def test_a_file_that_is_not_what_the_index_says_is_refused(
    mirror: Mirror, packages_dir: Path, body: bytes, said: str
) -> None:
    mirror.body = body
    with pytest.raises(AnnotatorError, match=said):
        install(mirror, packages_dir)
    assert installed_packages(packages_dir) == []
    assert left_behind(packages_dir) == []


@pytest.mark.parametrize("body", [b"<html>Sign in to the network</html>", CONTENT[:9000]], ids=["portal", "half"])
def test_without_a_hash_an_unsound_archive_is_refused(mirror: Mirror, packages_dir: Path, body: bytes) -> None:
    mirror.offers[0] |= {"size": None, "sha256": ""}
    mirror.body = body
    with pytest.raises(InputError, match="not a valid zip archive"):
        install(mirror, packages_dir)
    assert left_behind(packages_dir) == []


def test_a_second_link_is_tried(mirror: Mirror, packages_dir: Path) -> None:
    mirror.offers[0]["links"] = ["nowhere", "packages/fr_en.argosmodel"]
    assert install(mirror, packages_dir) == ["fr_en-0.1"]


def test_an_index_that_is_none_is_one_clear_error(mirror: Mirror) -> None:
    with pytest.raises(AnnotatorError, match="package index cannot be read"):
        fetch_offers(mirror.address + "/missing.json")


def test_a_pair_without_package_goes_through_english(mirror: Mirror) -> None:
    mirror.offers += [{"from_code": "en", "to_code": "de", "package_version": "1.0", "links": ["x.argosmodel"]}]
    labels = [offer.label for offer in choose_offers(fetch_offers(mirror.address), "fr", "de")]
    assert labels == ["fr_en-0.1", "en_de-1.0"]


def test_a_pair_that_the_index_lacks_is_a_usage_error(mirror: Mirror) -> None:
    with pytest.raises(UsageError, match="from xx to en"):
        choose_offers(fetch_offers(mirror.address), "xx", "en")


@pytest.mark.parametrize(
    ("setting", "address"),
    [("http://m/argos/", "http://m/argos/index.json"), ("http://m/list.json", "http://m/list.json")],
)
def test_a_mirror_is_a_folder_or_a_file(setting: str, address: str) -> None:
    assert index_address(setting) == address


def test_add_takes_a_file(packages_dir: Path) -> None:
    assert installer.add(MODEL, packages_dir=packages_dir).label == "fr_en-0.1"
    assert len(installed_packages(packages_dir)) == 1


def test_add_clears_what_a_killed_install_left(packages_dir: Path) -> None:
    incoming = packages_dir.with_name("packages.incoming")
    (incoming / "mine").mkdir(parents=True)
    with scratch_folder(incoming) as half:
        pass
    half.mkdir()
    installer.add(MODEL, packages_dir=packages_dir)
    assert left_behind(packages_dir) == ["mine"]


def test_an_install_killed_at_any_moment_leaves_a_whole_package_or_none(packages_dir: Path) -> None:
    code = f"""
from pathlib import Path
from annotator.translation import installer
installer.add(Path({str(MODEL)!r}), packages_dir=Path({str(packages_dir)!r}))
"""
    for wait in (0.2, 0.35, 0.5, 0.65, 0.8):
        process = subprocess.Popen([sys.executable, "-c", code], cwd=MODEL.parents[2])
        time.sleep(wait)
        process.kill()
        process.wait()
        folders = list(packages_dir.iterdir()) if packages_dir.exists() else []
        assert len(folders) == len(installed_packages(packages_dir)) <= 1
    assert installer.add(MODEL, packages_dir=packages_dir).label == "fr_en-0.1"
    assert left_behind(packages_dir) == []


def test_a_newer_version_replaces_the_older(packages_dir: Path, tmp_path: Path) -> None:
    installer.add(MODEL, packages_dir=packages_dir)
    installer.add(_repacked(tmp_path, version="0.2"), packages_dir=packages_dir)
    assert [path.name for path in packages_dir.iterdir()] == ["translate-fr_en-0_2"]


def test_remove_leaves_nothing(packages_dir: Path) -> None:
    installer.add(MODEL, packages_dir=packages_dir)
    installer.remove("fr", "en", packages_dir=packages_dir)
    assert list(packages_dir.iterdir()) == []
    assert left_behind(packages_dir) == []
    with pytest.raises(UsageError, match="no package"):
        installer.remove("fr", "en", packages_dir=packages_dir)


def _repacked(folder: Path, *, version: str = "0.1", without: str = "", torn: str = "", **metadata: object) -> Path:
    path = folder / "repacked.argosmodel"
    with zipfile.ZipFile(MODEL) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith("metadata.json"):
                content = json.dumps(json.loads(content) | {"package_version": version} | metadata).encode()
            if torn and name.endswith(torn):
                content = content[: len(content) // 2]
            if not (without and name.endswith(without)):
                new.writestr(name, content)
    return path


@pytest.mark.parametrize("part", ["metadata.json", "model.bin", "sentencepiece.model"])
def test_an_archive_that_lacks_a_part_is_refused(packages_dir: Path, tmp_path: Path, part: str) -> None:
    with pytest.raises(InputError, match="lacks a part"):
        installer.add(_repacked(tmp_path, without=part), packages_dir=packages_dir)
    assert not packages_dir.exists() or list(packages_dir.iterdir()) == []


@pytest.mark.parametrize(
    "lie",
    [{"torn": "sentencepiece.model"}, {"from_code": "en"}, {"target_prefix": 5}],
    ids=["torn", "en > en", "prefix"],
)
def test_a_package_that_could_translate_nothing_is_refused(
    packages_dir: Path, tmp_path: Path, lie: dict[str, Any]
) -> None:
    with pytest.raises(InputError, match="not a valid package"):
        installer.add(_repacked(tmp_path, **lie), packages_dir=packages_dir)
    assert not packages_dir.exists() or list(packages_dir.iterdir()) == []


@pytest.mark.parametrize("version", ["../../x", "1/2", ""])
def test_a_version_that_is_a_path_is_refused(packages_dir: Path, tmp_path: Path, version: str) -> None:
    with pytest.raises(InputError):
        installer.add(_repacked(tmp_path, version=version), packages_dir=packages_dir)


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "top/../../evil", "top\\..\\evil", "C:/evil"])
def test_entries_that_leave_the_folder_are_refused(tmp_path: Path, name: str) -> None:
    archive = tmp_path / "evil.argosmodel"
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("top/fine", b"")
        zipped.writestr(name, b"x")
    with pytest.raises(InputError, match="leaves the folder"):
        unpack(archive, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_symbolic_link_in_an_archive_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "link.argosmodel"
    entry = zipfile.ZipInfo("top/link")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr(entry, "/etc/passwd")
    with pytest.raises(InputError, match="not a plain file"):
        unpack(archive, tmp_path / "out")


def test_an_archive_that_unpacks_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "bomb.argosmodel"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("top/zeros", b"\0" * 2_000_000)
    with pytest.raises(InputError, match="unpacks to 2000000 bytes"):
        unpack(archive, tmp_path / "out", largest=1_000_000)


def test_list_shows_what_two_packages_in_a_row_serve(packages_dir: Path, tmp_path: Path) -> None:
    installer.add(MODEL, packages_dir=packages_dir)
    second = shutil.copytree(packages_dir / "translate-fr_en-0_1", packages_dir / "translate-en_de-0_1")
    metadata = json.loads((second / "metadata.json").read_text(encoding="utf-8"))
    changed = {**metadata, "from_code": "en", "to_code": "de"}
    (second / "metadata.json").write_text(json.dumps(changed), encoding="utf-8")
    rows = installed_engines(packages_dir, modes_dir=tmp_path)
    assert [(row.source, row.target, row.engine, row.via) for row in rows] == [
        ("en", "de", "argos en_de-0.1", ""),
        ("fr", "en", "argos fr_en-0.1", ""),
        ("fr", "de", "argos fr_en-0.1+en_de-0.1", "en"),
    ]


def test_list_shows_that_apertium_takes_french_to_english_by_way_of_spanish(packages_dir: Path) -> None:
    (row,) = (row for row in installed_engines(packages_dir) if (row.source, row.target) == ("fr", "en"))
    assert (row.engine, row.via) == ("apertium fr-es+spa-eng", "es")
