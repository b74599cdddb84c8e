"""`annotator` and `python -m annotator`: the command line, which hears Ctrl-C while it is still being loaded."""

from __future__ import annotations

try:
    import gc
    import signal
except KeyboardInterrupt:
    raise SystemExit(130) from None

_RARELY = (20_000, 20, 20)
"""Nearly nothing here is garbage that only a search finds: at Python's own pace the searches are a tenth of a start."""


def main() -> None:
    """Load the command line and run it. A library that is interrupted while it is loaded may say anything."""
    came: list[int] = []
    before = signal.getsignal(signal.SIGINT)

    def begin() -> None:
        if before is signal.default_int_handler:
            signal.signal(signal.SIGINT, before)
        if came:
            raise KeyboardInterrupt

    gc.set_threshold(*_RARELY)
    if before is signal.default_int_handler:
        signal.signal(signal.SIGINT, lambda number, _frame: came.append(number))
    from annotator import cli

    cli.main(begin=begin)


if __name__ == "__main__":
    main()
