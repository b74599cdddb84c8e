"""A model that is fetched without being asked for, where only a rougher engine is there. It never ends anything."""

from __future__ import annotations

from queue import Empty, SimpleQueue
from threading import Event, Thread

from annotator.errors import AnnotatorError
from annotator.settings import Settings
from annotator.translation import installer, make_translator
from annotator.translation.argos import find_packages
from annotator.translation.auto import install_command
from annotator.translation.download import SHORT, Progress
from annotator.translation.index import Offer, choose_offers, fetch_offers
from annotator.translation.none import NO_ENGINE
from annotator.translation.packages import installed_packages

_SECONDS_FOR_THE_INDEX = 30.0


def is_wanted(source: str, target: str, settings: Settings) -> bool:
    """Tell whether `auto` would translate the pair, and no model is there for it."""
    if settings.translator not in ("auto", "argos") or source in ("", target):
        return False
    installed = {package.pair: package for package in installed_packages(settings.argos_packages_dir)}
    return not find_packages(installed, source, target)


def fetch(source: str, target: str, settings: Settings, *, progress: Progress, say: installer.Say) -> bool:
    """Install the model of the pair if it is wanted and there is a network; say in one line why it is not."""
    if settings.offline or not is_wanted(source, target, settings):
        return False
    try:
        offers = choose_offers(_offers_soon(settings.argos_package_index), source, target)
        folder = settings.argos_packages_dir
        packages = installer.install_offers(offers, packages_dir=folder, progress=progress, say=say, patience=SHORT)
    except (AnnotatorError, OSError) as error:
        problem = error.message if isinstance(error, AnnotatorError) else str(error)
        first_line = problem.partition("\n")[0]
        say(f"{first_line}: {_meanwhile(source, target, settings)}")
        return False
    say(f"{', '.join(package.label for package in packages)} is installed")
    return True


def _offers_soon(index: str) -> list[Offer]:
    """Return what the index offers, if its server answers within 5 s.

    It is asked in a thread: no timeout of a connection covers the time that a name takes to be looked up.
    """
    answered, outcome = Event(), SimpleQueue[list[Offer] | AnnotatorError]()

    def ask() -> None:
        try:
            outcome.put(fetch_offers(index, patience=SHORT, on_answer=answered.set))
        except AnnotatorError as error:
            outcome.put(error)
        finally:
            answered.set()

    Thread(target=ask, daemon=True).start()
    no_network = AnnotatorError("no network")
    if not answered.wait(SHORT.connect):
        raise no_network
    try:
        offers = outcome.get(timeout=_SECONDS_FOR_THE_INDEX)
    except Empty:
        raise no_network from None
    if isinstance(offers, AnnotatorError):
        raise no_network if _is_unreachable(offers) else offers
    return offers


def _is_unreachable(error: AnnotatorError) -> bool:
    import httpx

    return isinstance(error.__cause__, httpx.TransportError)


def _meanwhile(source: str, target: str, settings: Settings) -> str:
    translator = make_translator(settings.translator, packages_dir=settings.argos_packages_dir)
    engine = translator.engine(source, target)
    now = "no translation" if engine == NO_ENGINE else engine.partition(" ")[0]
    return f"{now} for now; later: {install_command(source, target)}"
