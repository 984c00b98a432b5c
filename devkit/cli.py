"""The command line of ``./dev``."""
from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import sys
from collections.abc import Iterator, Sequence

from . import lint, odoo_source, pictures, places, postgres, python_env, server, tasks, testing
from .console import DevError, note
from .odoo import Kit

NEWEST_PYTHON = (3, 13)
INTERRUPTED = 130

DESCRIPTION = '''\
Everything that is needed to try and to develop this addon, from a bare machine on.
The first start fetches Odoo, Python packages and PostgreSQL into a cache; the system itself is left alone.'''
EPILOG = '''\
environment:
  ODOO_SOURCE                  a checkout of Odoo 19.0 to use instead of Debian's package
  PGHOST, PGPORT, PGUSER, …    a PostgreSQL server to use instead of one of our own
  PRODUCER_COOPERATIVE_CACHE   where downloads go
  PRODUCER_COOPERATIVE_STATE   where databases go'''


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    main_parser = argparse.ArgumentParser(
        prog='./dev', description=DESCRIPTION, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = main_parser.add_subparsers(dest='command', metavar='COMMAND', required=True)

    def command(name: str, text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text, allow_abbrev=False)
        added.add_argument('--odoo', metavar='PATH', help="a checkout of Odoo 19.0 to use instead of Debian's package")
        return added

    run = command('run', 'start Odoo with the demo cooperative')
    run.add_argument('--port', type=int, default=8069, help='the port to listen on (8069)')
    run.add_argument('--workers', type=int, default=0, metavar='N',
                     help='processes that answer, each on its own (0: one process with threads)')
    run.add_argument('--verbose', action='store_true', help="show all of Odoo's log")
    test = command('test', 'run all tests; further arguments go to pytest')
    test.add_argument('--runner', choices=('pytest', 'odoo'), default='pytest', help="odoo: Odoo's own runner")
    command('lint', 'run all linters')
    command('bench', 'run benchmarks/, or the ones that are named')
    command('pictures', 'take the pictures of the README and the Apps page anew')
    command('shell', "open Odoo's shell on the demo cooperative")
    reset = command('reset', "drop this checkout's databases")
    reset.add_argument('--all', action='store_true', help='the downloads as well')
    reset.add_argument('--yes', action='store_true', help='do not ask')
    return main_parser


def main(arguments: Sequence[str]) -> int:
    """Run one command and return the exit code; whatever goes wrong is said in one message."""
    _use_suitable_python()
    os.umask(0o022)
    options, further = parser().parse_known_args(arguments)
    if further and options.command not in ('test', 'bench', 'shell'):
        parser().error(f'unknown argument: {" ".join(further)}')
    try:
        with _sigterm_as_interrupt():
            return _dispatch(options, further)
    except DevError as error:
        print(f'dev: {error}', file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED


def _dispatch(options: argparse.Namespace, further: list[str]) -> int:
    if options.command == 'reset':
        return tasks.reset(options.all, options.yes)
    if options.command == 'run':
        server.check(options.port, options.workers)
    with _kit(options.odoo) as kit:
        match options.command:
            case 'run':
                return server.run(kit, options.port, options.workers, options.verbose)
            case 'test' if options.runner == 'odoo':
                return testing.run_odoo(kit)
            case 'test':
                return testing.run_pytest(kit, further)
            case 'lint':
                return lint.run(kit)
            case 'bench':
                return tasks.bench(kit, further)
            case 'pictures':
                return pictures.run(kit)
            case 'shell':
                return tasks.shell(kit, further)


@contextlib.contextmanager
def _kit(odoo: str | None) -> Iterator[Kit]:
    """Set up all that a command works with; what is there already takes no time."""
    source = odoo_source.get(odoo)
    python = python_env.odoo_python()
    with postgres.running(python) as database_server:
        kit = Kit(source, python, database_server)
        kit.write_configuration()
        yield kit


@contextlib.contextmanager
def _sigterm_as_interrupt() -> Iterator[None]:
    """End in order on SIGTERM and SIGHUP just as on Ctrl-C: stop all that was started."""
    def interrupt(number, frame):
        raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)


def _use_suitable_python() -> None:
    """Go on with a Python that Odoo 19 was made for, where this one is newer and such a one is at hand."""
    if sys.version_info[:2] <= NEWEST_PYTHON:
        return
    for minor in range(NEWEST_PYTHON[1], 9, -1):
        if found := shutil.which(f'python3.{minor}'):
            os.execv(found, [found, str(places.CHECKOUT / 'dev'), *sys.argv[1:]])
    note(f'Odoo 19 was made for Python 3.10 to 3.13, and this is {sys.version.split()[0]}.')
