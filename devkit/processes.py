"""Starting other programs so that none outlives the command that started it."""
from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from .console import DevError

PR_SET_PDEATHSIG = 1
SECONDS_TO_STOP = 15

# Variables that would lead a program of ours to another Python, another Odoo or another database.
FOREIGN_VARIABLES = (
    'PYTHONPATH', 'PYTHONHOME', 'PYTHONSTARTUP', 'VIRTUAL_ENV', 'OPENERP_SERVER', 'PYTEST_ADDOPTS',
    'PGDATABASE', 'PGSERVICE',
)

_libc = ctypes.CDLL(None, use_errno=True)


def _end_with_parent() -> None:
    """Let the kernel end this (child) process when ``./dev`` dies, even by SIGKILL."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def clean_environment(**changes: str) -> dict[str, str]:
    """Return the environment without what belongs to another Python or Odoo, plus ``changes``."""
    environment = {
        key: value for key, value in os.environ.items()
        if key not in FOREIGN_VARIABLES and not key.startswith('ODOO_')
    }
    return environment | changes


def output_of(command: Sequence[str | Path], **options) -> str:
    """Run ``command`` to its end and return what it printed.

    :raise DevError: with the last lines it printed, when it fails.
    """
    done = subprocess.run(
        [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, errors='replace', preexec_fn=_end_with_parent, check=False, **options)
    if done.returncode:
        raise DevError(f'{Path(command[0]).name} failed:\n{tail(done.stdout.splitlines())}')
    return done.stdout


def tail(lines: Sequence[str], count: int = 15) -> str:
    """Return the last lines, indented, for an error message."""
    return '\n'.join(f'    {line.rstrip()}' for line in list(lines)[-count:])


@contextlib.contextmanager
def started(command: Sequence[str | Path], **options) -> Iterator[subprocess.Popen]:
    """Start ``command`` and make sure that it has ended when the block is left, however it is left."""
    process = subprocess.Popen([str(part) for part in command], preexec_fn=_end_with_parent, **options)
    try:
        yield process
    finally:
        stop(process)
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream:
                stream.close()


def stop(process: subprocess.Popen, seconds: float = SECONDS_TO_STOP) -> None:
    """Ask ``process`` to end, and end it after ``seconds``."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def stream(command: Sequence[str | Path], on_line: Callable[[str], None], log: Path | None = None,
           stdin: str | None = None, **options) -> tuple[int, list[str]]:
    """Run ``command``, hand every line it prints to ``on_line``, and keep them in the file ``log``.

    :return: its exit code and its last 200 lines.
    """
    last: deque[str] = deque(maxlen=200)
    with contextlib.ExitStack() as stack:
        out = stack.enter_context(log.open('w', encoding='utf-8')) if log else None
        source = subprocess.DEVNULL
        if stdin is not None:
            source, write_end = os.pipe()
            os.write(write_end, stdin.encode())
            os.close(write_end)
            stack.callback(os.close, source)
        process = stack.enter_context(started(
            command, stdin=source, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, encoding='utf-8', errors='replace', **options))
        for line in process.stdout:
            last.append(line.rstrip('\n'))
            if out:
                out.write(line)
                out.flush()
            on_line(line.rstrip('\n'))
        return process.wait(), list(last)


def foreground(command: Sequence[str | Path], **options) -> int:
    """Run ``command`` on the user's terminal and return its exit code.

    Ctrl-C reaches it directly there, so that it can say its own last words before ``./dev`` ends.
    """
    with started(command, **options) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:
            if not _shares_terminal():
                process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(SECONDS_TO_STOP)
            raise


def _shares_terminal() -> bool:
    """Tell whether a Ctrl-C on the terminal has gone to this process group."""
    try:
        return os.tcgetpgrp(0) == os.getpgrp()
    except OSError:
        return False
