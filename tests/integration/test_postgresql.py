"""Label Studio on PostgreSQL, as teams run it: the line works, and a dump brings all of it back."""

from __future__ import annotations

import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import postgresql
import pytest
from commands import annotator
from whole_line import UNITS, walk

from annotator.errors import ServerError, UsageError
from annotator.labelstudio import credentials, server
from annotator.labelstudio.client import Client

WRONG = {
    "another database": "mysql://labels:secret@127.0.0.1/labels",
    "no user": "postgresql://127.0.0.1/labels",
    "no name": "postgresql://labels:secret@127.0.0.1",
    "a bare slash in the password": "postgresql://labels:sec/ret@127.0.0.1/labels",
    "parameters": "postgresql://labels:secret@127.0.0.1/labels?sslmode=require",
}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def database() -> Iterator[postgresql.PostgreSQL]:
    """A PostgreSQL; pytest's own temporary folders are closed to the user that it runs as."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        with postgresql.running(Path(folder) / "postgresql", port=free_port()) as running:
            yield running


@pytest.mark.proof
@pytest.mark.timeout(1200)
def test_the_line_works_on_postgresql_and_a_dump_brings_it_back(
    database: postgresql.PostgreSQL, tmp_path: Path, answer: Callable[..., int]
) -> None:
    database.run("createdb", "labels")
    paths = server.ServerPaths(tmp_path / "data", database_url=database.url("labels"))
    work = tmp_path / "work"
    work.mkdir()
    with (
        server.running(paths, port=free_port(), say=print) as running,
        closing(Client(running.credentials.url, running.credentials.token)) as owner,
    ):
        walk(owner, folder=work, environment={"ANNOTATOR_DATA_DIR": paths.data_dir}, title="On PG", answer=answer)
    assert not paths.database.exists()
    assert database.run("psql", "-Atc", "SELECT count(*) FROM task_completion", "labels").strip() == str(2 * UNITS + 2)

    database.run("pg_dump", "--format=custom", "--file", tmp_path / "labels.dump", "labels")
    database.run("createdb", "restored")
    database.run("pg_restore", "--no-owner", "--dbname=restored", tmp_path / "labels.dump")
    moved = server.ServerPaths(tmp_path / "elsewhere", database_url=database.url("restored"))
    with pytest.raises(ServerError, match="belongs to another folder"), server.running(moved, say=print):
        pass
    shutil.copy(paths.data_dir / credentials.FILE_NAME, moved.data_dir)
    with (
        server.running(moved, port=free_port(), say=print) as running,
        closing(Client(running.credentials.url, running.credentials.token)) as owner,
    ):
        project = owner.find_project("On PG")
        assert project
        answers = [row for window in owner.answer_windows(project.id) for row in window]
        assert sum(len(row["annotations"]) for row in answers) == 2 * UNITS


def test_a_database_that_is_not_there_is_told_without_its_password(tmp_path: Path) -> None:
    paths = server.ServerPaths(tmp_path, database_url=f"postgresql://labels:s3cret@127.0.0.1:{free_port()}/labels")
    with pytest.raises(ServerError, match="refused") as raised, server.running(paths, port=free_port(), say=print):
        pass
    assert "s3cret" not in f"{raised.value.message} {raised.value.hint} {paths!r}"


@pytest.mark.parametrize("url", WRONG.values(), ids=WRONG.keys())
def test_an_address_of_no_database_is_refused_without_being_quoted(tmp_path: Path, url: str) -> None:
    paths = server.ServerPaths(tmp_path, database_url=url)
    with pytest.raises(UsageError, match="ANNOTATOR_DATABASE_URL") as raised, server.running(paths, say=print):
        pass
    assert not {"secret", "sec/ret"} & set(raised.value.message.replace(":", " ").replace("@", " ").split())


def test_serve_takes_the_database_from_the_environment_and_shows_no_password(tmp_path: Path) -> None:
    url = f"postgresql://labels:s3cret@127.0.0.1:{free_port()}/labels"
    environment: dict[str, str | Path] = {"ANNOTATOR_DATABASE_URL": url, "ANNOTATOR_DATA_DIR": tmp_path}
    serve, doctor = (annotator(name, environment=environment) for name in ("serve", "doctor"))
    assert serve.returncode == 1
    assert b"cannot be reached" in serve.stderr
    assert b"database_url: **********" in doctor.stdout
    assert b"s3cret" not in serve.stdout + serve.stderr + doctor.stdout + doctor.stderr


@pytest.mark.parametrize("setting", ["database_url", "public_url"])
def test_no_file_of_a_folder_chooses_where_the_server_keeps_its_data(tmp_path: Path, setting: str) -> None:
    (tmp_path / "annotator.toml").write_text(f'{setting} = "https://a.example"', encoding="utf-8")
    refused = annotator("serve", environment={"ANNOTATOR_DATA_DIR": tmp_path / "data"}, folder=tmp_path)
    assert refused.returncode == 2
    assert f"there is no setting {setting}".encode() in refused.stderr


def test_reset_leaves_a_database_alone(tmp_path: Path) -> None:
    paths = server.ServerPaths(tmp_path, database_url="postgresql://labels:s3cret@127.0.0.1/labels")
    with pytest.raises(UsageError, match=r"is in postgresql://127\.0\.0\.1:5432/labels"):
        server.reset(paths)
