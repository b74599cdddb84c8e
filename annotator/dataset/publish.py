"""A dataset folder on its way to the Hugging Face Hub: what would go, what its card lacks, and the sending.

What is sent is what `verify` found whole, byte for byte. A file that is there already is not sent again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from annotator import address
from annotator.dataset.about import TITLE
from annotator.dataset.folder import MANIFEST, earlier_manifest, sha256
from annotator.dataset.reading import Progress
from annotator.dataset.verify import verify
from annotator.environments import install_command
from annotator.errors import AccessError, ServerError, UsageError, without_keys
from annotator.settings import Settings
from annotator.trust import trusted

if TYPE_CHECKING:
    from huggingface_hub import CommitInfo, HfApi

HUB = "https://huggingface.co"
ENDPOINT = "HF_ENDPOINT"
_CARD = "README.md"
_PLACE = re.compile(r"hf:([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)/([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)")
_LONGEST_NAME = 96
_LACKS = {
    "license": "a licence of the labels: export with --license",
    "pretty_name": "a title of its own: export with --title",
    "language": "a language: no unit has a known one",
    "configs": "files that load_dataset opens: export with --format hf or parquet",
}
_NOT_STATED = "\n## Not stated\n"
_ITEM = re.compile(r"^- `(\w+)`: (.+)$", re.MULTILINE)
_UNSAID = {"license": "unknown", "pretty_name": TITLE}
_KEY = re.compile(r"\bhf_\w{8,}")
_OPEN = "make a private repository on the Hub's page, or publish with --public"
_CHUNK = 2**20


class Outgoing(NamedTuple):
    """A file of the dataset."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Package:
    """A dataset that was found whole."""

    folder: Path
    files: tuple[Outgoing, ...]
    licence: str
    """As the card states it for the Hub."""
    lacks: tuple[str, ...]
    """What the card does not say and a reader of the Hub looks for."""

    @property
    def bytes(self) -> int:
        """The size of all files."""
        return sum(file.bytes for file in self.files)


class Published(NamedTuple):
    """What became of a package."""

    url: str
    sent: tuple[Outgoing, ...] = ()
    already_there: int = 0
    others: tuple[str, ...] = ()
    """Files there that are not of this dataset, which stay."""
    is_private: bool = True


def repository_of(place: str) -> str:
    """Return ORG/NAME of `hf:ORG/NAME`.

    Raises:
        UsageError: it is something else.
    """
    match = _PLACE.fullmatch(place)
    name = "/".join(match.groups()) if match else ""
    if not match or len(name) > _LONGEST_NAME or "--" in name or ".." in name or name.endswith(".git"):
        hint = "write it as hf:ORG/NAME, of letters, digits, and single - _ . between them"
        raise UsageError(f"--to {place!r}: no place to publish to", hint=hint)
    return name


def package(folder: Path, *, progress: Progress = lambda _records: None) -> Package:
    """Check the dataset, and return what would be sent.

    Raises:
        UsageError: it is no dataset, or not whole.
    """
    found = verify(folder, progress=progress)
    if found.faults:
        first = found.faults[0]
        place = f"{first.file}:{first.line}" if first.line else first.file
        more = f", and {len(found.faults) - 1} more" if len(found.faults) > 1 else ""
        message = f"{folder}: the dataset is not whole: {place}: {first.message}{more}"
        raise UsageError(message, hint=f"annotator verify {folder}")
    manifest = earlier_manifest(folder)
    noted = {**(manifest.files if manifest else {}), MANIFEST: sha256(folder / MANIFEST)}
    card = _text_of(folder / _CARD)
    head = _head(card)
    return Package(
        folder,
        tuple(Outgoing(name, (folder / name).stat().st_size, noted[name]) for name in sorted(noted)),
        str(head.get("license_name") or head.get("license") or "unknown"),
        (*_lacks(head), *_not_stated(card)),
    )


def _text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


def _head(card: str) -> Mapping[str, Any]:
    try:
        fields = yaml.safe_load(card.split("---\n", maxsplit=2)[1])
    except (IndexError, yaml.YAMLError):
        return {}
    return fields if isinstance(fields, dict) else {}


def _lacks(head: Mapping[str, Any]) -> Iterator[str]:
    for name, meaning in _LACKS.items():
        value = head.get(name)
        if not value or value == _UNSAID.get(name):
            yield meaning


def _not_stated(card: str) -> Iterator[str]:
    """Yield what the card itself lists as said by nobody, beside what its head tells."""
    _, _, listed = card.partition(_NOT_STATED)
    for name, meaning in _ITEM.findall(listed):
        if name not in ("license", "title"):
            yield f"{meaning}: `{name}` in the file of --about"


def publish(package: Package, repository: str, settings: Settings, *, is_public: bool, environment: str) -> Published:
    """Send what the repository does not have yet, in one commit. A new repository is private unless `is_public`.

    `environment` is what HF_ENDPOINT says.

    Raises:
        UsageError: huggingface_hub or a token is missing, or the server was not confirmed.
        ServerError: the server cannot be reached, or refuses.
    """
    api, token = _client(_endpoint(environment, settings))
    with _told(token):
        there = _prepared(api, repository, is_public=is_public)
        known = _known_files(api, repository)
        sent = tuple(file for file in package.files if not _is_there(package.folder / file.name, file, known))
        url = f"{api.endpoint}/datasets/{repository}"
        if sent:
            _commit(api, repository, package.folder, sent)
        others = tuple(sorted(known.keys() - {file.name for file in package.files} - {".gitattributes"}))
        return Published(url, sent, len(package.files) - len(sent), others, is_private=there)


def _endpoint(environment: str, settings: Settings) -> str:
    """Return where a token may go: to the Hub, or to a server that somebody has confirmed.

    Raises:
        UsageError: it is no address, or nobody has.
    """
    if not environment:
        return HUB
    server = address.origin(address.canonical(environment))
    if server != HUB and server not in trusted(settings.own_data_dir):
        hint = f"annotator doctor --trust {server}, or unset {ENDPOINT}"
        raise UsageError(f"{ENDPOINT} names {server}, which gets no token: nobody has confirmed it", hint=hint)
    return server


def _client(endpoint: str) -> tuple[HfApi, str]:
    try:
        from huggingface_hub import HfApi, get_token
        from huggingface_hub.utils.tqdm import disable_progress_bars
    except ImportError as error:
        message = "publishing needs huggingface_hub, which is not installed"
        raise UsageError(message, hint=install_command("publish")) from error
    token = get_token()
    if not token:
        raise UsageError("there is no token of the Hugging Face Hub", hint="hf auth login, or set HF_TOKEN")
    disable_progress_bars()
    return HfApi(endpoint=endpoint, token=token, library_name="annotator"), token


def _prepared(api: HfApi, repository: str, *, is_public: bool) -> bool:
    """Make the repository where it is not there, and return whether it is private."""
    from huggingface_hub.errors import RepositoryNotFoundError

    try:
        return bool(api.dataset_info(repository).private)
    except RepositoryNotFoundError:
        api.create_repo(repository, repo_type="dataset", private=not is_public)
    is_private = bool(api.dataset_info(repository).private)
    if not (is_private or is_public):
        raise ServerError(f"{api.endpoint} made {repository} for everybody to see; nothing was sent", hint=_OPEN)
    return is_private


def _known_files(api: HfApi, repository: str) -> dict[str, str]:
    """Return each file that is there with its digest: SHA-256 of a large one, else the one that Git gives it."""
    from huggingface_hub.hf_api import RepoFile

    tree = api.list_repo_tree(repository, recursive=True, repo_type="dataset")
    return {file.path: file.lfs.sha256 if file.lfs else file.blob_id for file in tree if isinstance(file, RepoFile)}


def _is_there(path: Path, file: Outgoing, known: Mapping[str, str]) -> bool:
    digest = known.get(file.name)
    return digest is not None and digest in (file.sha256, _git_digest(path, file.bytes))


def _git_digest(path: Path, size: int) -> str:
    """Return the name that Git gives to the bytes: https://git-scm.com/book/en/v2/Git-Internals-Git-Objects."""
    digest = hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _commit(api: HfApi, repository: str, folder: Path, files: Sequence[Outgoing]) -> CommitInfo:
    from huggingface_hub import CommitOperationAdd

    additions = [CommitOperationAdd(file.name, str(folder / file.name)) for file in files]
    for addition, file in zip(additions, files, strict=True):
        if addition.upload_info.sha256.hex() != file.sha256:
            raise UsageError(f"{folder / file.name}: was changed while it was looked at", hint="publish again")
    return api.create_commit(repository, additions, commit_message="Publish the dataset", repo_type="dataset")


@contextmanager
def _told(token: str) -> Iterator[None]:
    """Tell errors of the Hub without what is secret in them."""
    from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled

    transport_error: type[BaseException] = HfHubHTTPError.__bases__[0]  # of httpx or of httpx2, by its version
    try:
        yield
    except HfHubHTTPError as error:
        status = error.response.status_code if error.response is not None else 0
        message = f"the Hub refuses: {_bare(str(error), token)}"
        if status in (401, 403):
            raise AccessError(message, hint="hf auth login with a token that may write there") from None
        raise ServerError(message, hint="publish again: what is there already is not sent twice") from None
    except OfflineModeIsEnabled:
        raise UsageError("HF_HUB_OFFLINE is set, so nothing is sent", hint="unset HF_HUB_OFFLINE") from None
    except ValueError as error:  # the Hub found the card's head wrong
        raise ServerError(f"the Hub refuses the card: {_bare(str(error), token)}") from None
    except transport_error as error:
        raise ServerError(f"the Hub cannot be reached: {_bare(str(error), token)}", hint="publish again") from None


def _bare(message: str, token: str) -> str:
    return " ".join(_KEY.sub("[key]", without_keys(message, token)).split())
