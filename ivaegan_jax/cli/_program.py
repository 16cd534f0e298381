"""What every program shares: its start, devices, one-line errors and exit statuses."""

import dataclasses
import logging as standard_logging
import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import jax
from absl import app, flags, logging

from ivaegan_jax.cli import _processes
from ivaegan_jax.cli._stop import KEYBOARD, STOP
from ivaegan_jax.cli._terminal import CLOSED_PIPE, check_words, prepare_streams
from ivaegan_jax.files import FAILED, cannot_write, printable
from ivaegan_jax.studies import Config, load, load_installed, name_of_today
from ivaegan_jax.training import cpu_count, set_numerics
from ivaegan_jax.types import InputError, Interrupted, StorageError

WRONG, STORAGE = 2, 74
"""Exit statuses: something to mend in the command or the data, on the disk (EX_IOERR)."""

NUMBERS = {
    r"invalid literal for int\(\) with base \d+: .*": "it takes a whole number",
    r"could not convert string to float: .*": "it takes a number",
}
"""Messages of Python on flags that are no numbers, and plain ones."""


def _cache_folder() -> str:
    """The folder of the flag, made if need be; none where the default cannot be written."""
    folder = flags.FLAGS.compilation_cache
    try:
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        if flags.FLAGS["compilation_cache"].using_default_value:
            return ""
        raise cannot_write(Path(folder), error) from error
    return folder if os.access(folder, os.W_OK) else ""


def launch(main: Callable[[], int | None], define_flags: Callable[[], None]) -> None:
    """Runs a program: parses flags, sets up devices, turns user errors into one line.

    Args:
      main: the program, which reads its flags and may return an exit status.
      define_flags: defines them; here and not at import, since a config flag reads the command
        line while it is defined and what it finds may be wrong.
    """
    STOP.listen()
    prepare_streams()
    logging.set_verbosity(logging.ERROR)
    ending = _processes.leave
    app.run(
        lambda argv: ending(lambda: _guarded(main, argv)),
        flags_parser=lambda argv: _parse(argv, define_flags),
    )


def _guarded(main: Callable[[], int | None], argv: Sequence[str]) -> int:
    _show_lines()
    try:
        if argv[1:]:
            raise InputError(f"unexpected argument {argv[1]!r}; settings are given as --name=value")
        _set_up_jax()
        load_installed()
        for given in flags.FLAGS.plugins:
            load(given)
        STOP.listen(alone=not jax.distributed.is_initialized())
        with _processes.together():
            status = main() or 0
            sys.stdout.flush()
            return status
    except InputError as error:
        return _fail(str(error), STORAGE if isinstance(error, StorageError) else WRONG)
    except BrokenPipeError:
        return CLOSED_PIPE
    except MemoryError as error:
        return _fail(f"not enough memory: {error}")
    except OSError as error:
        message = f"{error.filename or 'a file'}: {error.strerror or error}"
        return _fail(message, STORAGE if error.errno in FAILED else WRONG)
    except KeyboardInterrupt:
        return _fail("stopped; the same command goes on from the last checkpoint", KEYBOARD)
    except Interrupted as at:
        print(STOP.words(str(at)), file=sys.stderr)
        return STOP.status


def _parse(argv: list[str], define_flags: Callable[[], None]) -> list[str]:
    # in place, since a config flag looks for its overrides in sys.argv
    sys.argv[1:] = argv[1:] = as_meant(argv[1:])
    try:
        check_words(argv)
        define_flags()
        if {"--help", "-h", "-help", "--helpshort"} & set(argv[1:]):
            _show_help(define_flags.__module__)
        return flags.FLAGS(argv)
    except Exception as error:  # a config file is code: anything may go wrong in it
        message = error.args[0] if isinstance(error, KeyError) else error
        text = " ".join(str(message).split())
        for technical, plain in NUMBERS.items():
            text = re.sub(technical, plain, text)
        sys.exit(_fail(f"{text} (see --help)"))


def as_meant(words: Sequence[str]) -> list[str]:
    """The words of a command, up to a command after `--`.

    `~` is home in every path, and settings have today's names.
    """
    words = list(words)
    own = words.index("--") if "--" in words else len(words)

    def meant(word: str) -> str:
        name, equals, value = word.partition("=")
        name = name_of_today(name) if name.startswith("--config.") else name
        if word.startswith("-") and equals:
            return f"{name}={os.path.expanduser(value)}"
        return os.path.expanduser(word)

    return [*map(meant, words[:own]), *words[own:]]


def _show_help(program: str) -> None:
    """Prints a program's docstring, its flags, and the settings of a config file."""
    flags.FLAGS.mark_as_parsed()
    print(sys.modules[program].__doc__)
    print(flags.FLAGS.module_help(sys.argv[0] if program == "__main__" else program))
    if "config" in flags.FLAGS:
        print("\nsettings, with their defaults (meanings: `config.py`, `hyperparameters.py`):")
        for part, values in dataclasses.asdict(Config()).items():
            print("\n".join(f"  --config.{part}.{n}={value}" for n, value in values.items()))
    sys.exit(0)


def _fail(message: str, status: int = WRONG) -> int:
    print(f"error: {printable(message)}", file=sys.stderr)
    return status


class OneLine(standard_logging.Formatter):
    """Messages that quote others' text."""

    def format(self, record: standard_logging.LogRecord) -> str:
        """Shows what is not visible as escapes."""
        return printable(super().format(record))


def _show_lines() -> None:
    """Prints what the library found damaged and left out on stderr, one line each.

    How far it is before a study runs is printed on stdout, where that is not to be JSON.
    """
    library = standard_logging.getLogger("ivaegan_jax")
    handler = standard_logging.StreamHandler()
    handler.setFormatter(OneLine("warning: %(message)s"))
    handler.setLevel(standard_logging.WARNING)
    library.addHandler(handler)
    if not ("json" in flags.FLAGS and flags.FLAGS.json):
        progress = standard_logging.StreamHandler(sys.stdout)
        progress.setFormatter(OneLine("%(message)s"))
        progress.addFilter(lambda record: record.levelno == standard_logging.INFO)
        library.addHandler(progress)
    library.setLevel(standard_logging.INFO)
    library.propagate = False
    standard_logging.getLogger("absl").setLevel(standard_logging.CRITICAL)  # Orbax says it twice


def _set_up_jax() -> None:
    """Numbers as they are everywhere, and one device per CPU core, as if they were accelerators."""
    set_numerics(flags.FLAGS.matmul_precision)
    devices = _processes.value_of("cpu_devices", 0) or cpu_count()
    jax.config.update("jax_num_cpu_devices", devices)
    if cache := _cache_folder():
        jax.config.update("jax_compilation_cache_dir", cache)
        jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.1)
        jax.config.update("jax_persistent_cache_min_entry_size_bytes", 0)
    _processes.join()
