"""Where things are kept: downloads shared between checkouts, databases of this checkout, and the locks on both."""
from __future__ import annotations

import contextlib
import fcntl
import functools
import hashlib
import os
import pwd
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from .console import DevError, say

ADDON = 'producer_cooperative'
CHECKOUT = Path(__file__).resolve().parent.parent
DEVKIT = CHECKOUT / 'devkit'
PICTURES = 'pictures'  # the folder of pictures, below static/description
LONGEST_SOCKET = 100  # PostgreSQL's limit is 107 bytes, the lock file's suffix included


def is_root() -> bool:
    return os.geteuid() == 0


def _base(variable: str, for_root: str, xdg: str, in_home: str) -> Path:
    """Return the directory that ``variable`` names, or the usual one for this user."""
    if named := os.environ.get(variable):
        return Path(named).expanduser().absolute()
    if is_root():  # PostgreSQL runs as another user there, and must not need root's home
        return Path(for_root) / ADDON
    return Path(os.environ.get(xdg) or Path.home() / in_home) / ADDON


def _made(path: Path) -> Path:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DevError(f'{path} cannot be created: {error.strerror}. Set PRODUCER_COOPERATIVE_CACHE and '
                       'PRODUCER_COOPERATIVE_STATE to directories that you may write to.') from error
    return path


@functools.cache
def cache() -> Path:
    """Return the directory of downloads and virtual environments, shared between checkouts."""
    return _made(_base('PRODUCER_COOPERATIVE_CACHE', '/var/cache', 'XDG_CACHE_HOME', '.cache'))


@functools.cache
def checkout_hash() -> str:
    """Return what tells this checkout from any other on the machine."""
    return hashlib.sha256(os.fsencode(CHECKOUT)).hexdigest()[:8]


@functools.cache
def state() -> Path:
    """Return the directory of this checkout's databases, files and logs."""
    base = _base('PRODUCER_COOPERATIVE_STATE', '/var/lib', 'XDG_STATE_HOME', '.local/state')
    name = re.sub(r'[^A-Za-z0-9_.-]+', '_', CHECKOUT.name)[:40]
    return _made(base / f'{name}-{checkout_hash()}')


def logs() -> Path:
    return _made(state() / 'log')


@functools.cache
def addons_link() -> Path:
    """Return the link that shows this checkout under the addon's name, whatever the checkout is called."""
    link = _made(state() / 'addons') / ADDON
    if not (link.is_symlink() and link.resolve() == CHECKOUT):
        fresh = link.with_name(f'.{ADDON}.{os.getpid()}')
        fresh.symlink_to(CHECKOUT, target_is_directory=True)
        fresh.replace(link)
    return link


@functools.cache
def socket_directory() -> Path:
    """Return where PostgreSQL's socket goes: a short path, for the system limits its length."""
    inside = state() / 'socket'
    if len(os.fsencode(inside / '.s.PGSQL.5432.lock')) < LONGEST_SOCKET:
        return _made(inside)
    short = Path(tempfile.gettempdir()) / f'coop-{os.geteuid()}-{checkout_hash()}'
    short.mkdir(mode=0o700, exist_ok=True)
    owner = short.lstat()
    user = database_user()
    if short.is_symlink() or owner.st_uid not in (os.geteuid(), user.pw_uid if user else -1):
        raise DevError(
            f'{short} belongs to somebody else; remove it, or set PRODUCER_COOPERATIVE_STATE to a short path.')
    return short


@functools.cache
def database_user() -> pwd.struct_passwd | None:
    """Return the user that PostgreSQL runs as when that is not ourselves: it refuses to run as root."""
    if not is_root():
        return None
    for name in ('postgres', 'nobody'):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise DevError('PostgreSQL refuses to run as root, and this system has neither a user postgres nor nobody. '
                   'Add one: useradd --system postgres')


@contextlib.contextmanager
def locked(path: Path, waiting_for: str) -> Iterator[None]:
    """Hold the lock ``path`` within the block; say so when another command holds it.

    The lock belongs to the process: the system frees it when the process ends, however it ends.
    """
    with path.open('a') as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f'  waiting: another ./dev is busy with {waiting_for}')
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def remove(path: Path) -> None:
    """Remove a file or a whole tree, also while a killed command's last process still writes there."""
    if path.is_symlink() or path.is_file():
        path.unlink()
        return
    for attempt in range(10):
        if not path.exists():
            return
        if attempt:
            time.sleep(0.5)
        shutil.rmtree(path, ignore_errors=attempt < 9)


@contextlib.contextmanager
def built(target: Path) -> Iterator[Path]:
    """Build a directory aside and give it its name only when it is complete.

    What an interrupted build has left behind is removed first. The caller holds the lock.
    """
    building = target.with_name(f'{target.name}.building')
    remove(building)
    building.mkdir(parents=True)
    yield building
    remove(target)
    building.rename(target)


def size_of(path: Path) -> int:
    """Return the bytes below ``path``, counting what can be seen."""
    total = 0
    for directory, _names, files in os.walk(path):
        for name in files:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(directory, name)).st_size
    return total
