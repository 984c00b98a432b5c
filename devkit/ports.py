"""Whether a port is free, and if not, who has it."""
from __future__ import annotations

import contextlib
import os
import socket
from pathlib import Path

from .console import DevError

LISTENING = '0A'
HOST = '127.0.0.1'


def require_free(port: int) -> None:
    """Refuse to go on when something else listens on ``port``."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            raise DevError(f'Port {port} needs root; choose one above 1023: ./dev run --port 8070') from None
        except OSError:
            raise DevError(
                f'Port {port} is in use{_by_whom(port)}. Choose another: ./dev run --port {port + 1}') from None


def free_port() -> int:
    """Return a port that nobody uses right now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def _by_whom(port: int) -> str:
    """Name the process that listens on ``port``, as far as this user may see it."""
    sockets = {f'socket:[{inode}]' for inode in _listening_inodes(port)}
    for descriptors in Path('/proc').glob('[0-9]*/fd'):
        with contextlib.suppress(OSError):
            for descriptor in descriptors.iterdir():
                with contextlib.suppress(OSError):
                    if os.readlink(descriptor) in sockets:
                        return f' by process {descriptors.parent.name} ({_command_of(descriptors.parent)})'
    return ''


def _listening_inodes(port: int) -> list[str]:
    found = []
    for table in ('/proc/net/tcp', '/proc/net/tcp6'):
        with contextlib.suppress(OSError):
            for line in Path(table).read_text().splitlines()[1:]:
                columns = line.split()
                if columns[3] == LISTENING and int(columns[1].rsplit(':', 1)[1], 16) == port:
                    found.append(columns[9])
    return found


def _command_of(process: Path) -> str:
    words = (process / 'cmdline').read_bytes().decode(errors='replace').split('\0')
    return ' '.join(words).strip()[:80]
