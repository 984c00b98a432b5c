"""`./dev run`: Odoo with the demo cooperative in the browser."""
from __future__ import annotations

import contextlib
import shutil
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Iterator

from . import places, ports
from .console import DevError, Step, say
from .databases import Databases
from .debian import ensure_system_package
from .odoo import LOG_LINE, Kit, last_error
from .processes import started

LOUD = ('WARNING', 'ERROR', 'CRITICAL')
SECONDS_TO_ANSWER = 180
MOST_WORKERS = 32
#: With several processes, Odoo starts the one for open connections by the path of its main program; as a module of a
#: package that path cannot be run.
MAIN = 'from odoo.cli.command import main\n\nmain()\n'


def check(port: int, workers: int) -> None:
    """Refuse at once what cannot be started."""
    if not 0 <= workers <= MOST_WORKERS:
        raise DevError(f'--workers takes a number from 0 to {MOST_WORKERS}.')
    ports.require_free(port)


def run(kit: Kit, port: int, workers: int, verbose: bool) -> int:
    """Start Odoo on the demo cooperative and stay until it ends or is told to."""
    databases = Databases(kit)
    logins = databases.prepare_cooperative()
    ensure_system_package('wkhtmltopdf', 'without it Odoo cannot print PDF', lambda: shutil.which('wkhtmltopdf'))
    with serving(kit, port, workers, databases.cooperative, verbose=verbose) as (process, log):
        _say_where(port, logins, log)
        try:
            code = process.wait()
        except KeyboardInterrupt:
            say('\n  stopping')
            raise
        raise DevError(f'Odoo ended by itself with code {code}:\n{last_error(log.last)}')


@contextlib.contextmanager
def serving(kit: Kit, port: int, workers: int, database: str, *options: str,
            verbose: bool = False) -> Iterator[tuple[subprocess.Popen, Log]]:
    """Start Odoo on ``database``; the block begins when it answers, and Odoo ends with it."""
    # A session of its own: Ctrl-C reaches this program, which then stops Odoo once and in order.
    with started([*_command(kit, port, workers, database), *options], env=kit.environment, stdin=subprocess.DEVNULL,
                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding='utf-8', errors='replace',
                 start_new_session=True) as process:
        log = Log(process, verbose)
        with Step('starting Odoo') as step:
            _wait_until_it_answers(process, port, log, step)
        yield process, log


def _command(kit: Kit, port: int, workers: int, database: str) -> list[str]:
    """Return the command line of the server.

    Several workers come with one process more for what is scheduled, and one that keeps connections open.
    """
    options = ['--http-port', str(port)]
    if not workers:
        return kit.command(*options, database=database)
    main = places.state() / 'odoo-server.py'
    main.write_text(MAIN)
    options += ['--workers', str(workers), '--gevent-port', str(ports.free_port())]
    return [str(kit.python), str(main), *options, '-c', str(kit.configuration), '-d', database]


class Log:
    """Odoo's log: all of it goes to a file, warnings and errors to the terminal as well."""

    def __init__(self, process: subprocess.Popen, verbose: bool):
        self.path = places.logs() / 'odoo.log'
        self.last: deque[str] = deque(maxlen=200)
        self._verbose = verbose
        self._loud = False
        threading.Thread(target=self._read, args=(process,), daemon=True).start()

    def _read(self, process: subprocess.Popen) -> None:
        with self.path.open('w', encoding='utf-8') as out:
            for line in process.stdout:
                out.write(line)
                out.flush()
                self.last.append(line.rstrip('\n'))
                if match := LOG_LINE.match(line):
                    self._loud = match['level'] in LOUD
                if self._verbose or self._loud:
                    say(line.rstrip('\n'))


def _wait_until_it_answers(process: subprocess.Popen, port: int, log: Log, step: Step) -> None:
    deadline = time.monotonic() + SECONDS_TO_ANSWER
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise DevError(f'Odoo does not start (whole log: {log.path}):\n{last_error(log.last)}')
        try:
            # No proxy: the address is this machine's own.
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(f'http://{ports.HOST}:{port}/web/login', timeout=60) as answer:
                step.add(f'answered {answer.status}')
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise DevError(f'Odoo does not answer on port {port} (log: {log.path}).')


def _say_where(port: int, logins: list[list[str]], log: Log) -> None:
    rows = [['role', 'login', 'password'], *logins, ['Administrator of Odoo', 'admin', 'admin']]
    widths = [max(len(str(row[column])) for row in rows) for column in range(3)]
    say(f'\n  The cooperative is open: http://localhost:{port}\n')
    for row in rows:
        say('    ' + '  '.join(str(value).ljust(width) for value, width in zip(row, widths, strict=True)).rstrip())
    say(f'\n  Log: {log.path}\n  Ctrl-C stops it; what you enter is kept. ./dev reset forgets it.\n')
