"""Everything that ``./dev`` prints: steps with their size and time, notes, questions, errors."""
from __future__ import annotations

import shutil
import sys
import time


class DevError(Exception):
    """Something that the user can put right; shown as one message, never as a traceback."""


def human_size(size: int) -> str:
    """Return ``size`` bytes in the unit that a person would use.

    >>> human_size(512), human_size(41_500_000)
    ('1 kB', '42 MB')
    """
    if size >= 1e9:
        return f'{size / 1e9:.1f} GB'
    if size >= 1e6:
        return f'{size / 1e6:.0f} MB'
    return f'{max(size / 1e3, 1):.0f} kB'


def say(text: str = '') -> None:
    """Print one line at once, also when the output is a file or a pipe."""
    print(text, flush=True)


def note(text: str) -> None:
    """Print a remark that is no error."""
    say(f'  note: {text}')


def confirm(question: str) -> bool:
    """Ask a yes/no question; anything but a clear yes, and a missing terminal, mean no."""
    if not sys.stdin.isatty():
        return False
    return input(f'{question} [y/N] ').strip().lower() in ('y', 'yes', 'ya')


class Step:
    """A piece of work that takes time: shows its progress, then one line with what came of it.

    On a terminal the line is rewritten in place; elsewhere a line of progress appears every ten seconds.
    """

    def __init__(self, title: str):
        self.title = title
        self.notes: list[str] = []
        self._started = self._last_line = time.monotonic()
        self._terminal = sys.stdout.isatty()

    def __enter__(self) -> Step:
        self.progress('')
        return self

    def progress(self, text: str) -> None:
        """Show how far the work has come."""
        now = time.monotonic()
        if self._terminal:
            line = f'  {self.title} … {text}'[:shutil.get_terminal_size().columns - 1]
            print(f'\r\033[K{line}', end='', flush=True)
        elif now - self._last_line > 10 and text:
            self._last_line = now
            say(f'  {self.title} … {text}')

    def add(self, text: str) -> None:
        """Add ``text`` to the line that closes the step."""
        self.notes.append(text)

    def __exit__(self, kind, error, traceback) -> None:
        if self._terminal:
            print('\r\033[K', end='')
        seconds = f'{time.monotonic() - self._started:.1f} s'
        if kind is None:
            say('  ' + ' … '.join([self.title, *self.notes, seconds]))
        elif issubclass(kind, Exception):
            say(f'  {self.title} … failed after {seconds}')
