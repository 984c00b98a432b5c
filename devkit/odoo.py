"""Running Odoo: its configuration, and the four things it is asked to do (install, update, run a script, serve)."""
from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from . import places
from .console import DevError, Step
from .odoo_source import Odoo
from .postgres import Server
from .processes import clean_environment, stream, tail

LOADING = re.compile(r'Loading module (\S+) \((\d+)/(\d+)\)')
LOG_LINE = re.compile(r'^\d{4}-\d\d-\d\d \S+ \d+ (?P<level>[A-Z]+) \S+ (?P<logger>[^:]+): (?P<message>.*)')
RESULT_MARK = '@@result@@'

CONFIGURATION = '''\
[options]
addons_path = {addons_path}
data_dir = {data_dir}
http_interface = 127.0.0.1
list_db = False
max_cron_threads = 1
unaccent = False
without_demo = True
'''


@dataclass(frozen=True)
class Kit:
    """What every command works with: an Odoo, a Python that can run it, a database server."""

    source: Odoo
    python: Path
    server: Server

    @property
    def configuration(self) -> Path:
        return places.state() / 'odoo.conf'

    @property
    def filestores(self) -> Path:
        return places.state() / 'data' / 'filestore'

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment in which `python -m odoo` is this Odoo, on this database server."""
        return clean_environment(
            PYTHONPATH=str(self.source.python_path),
            PATH=os.pathsep.join([
                str(self.python.parent), str(self.server.programs), os.environ.get('PATH', os.defpath)]),
        ) | {key: value for key, value in self.server.environment.items() if key != 'PGDATABASE'}

    def write_configuration(self) -> None:
        """Write the configuration that all Odoo processes of this checkout share."""
        (places.state() / 'data').mkdir(exist_ok=True)
        addons = [str(path) for path in (*self.source.addons, places.addons_link().parent)]
        text = CONFIGURATION.format(addons_path=','.join(addons), data_dir=places.state() / 'data')
        if not self.configuration.exists() or self.configuration.read_text() != text:
            self.configuration.write_text(text)
            self.configuration.chmod(0o600)

    def command(self, *arguments: str, database: str) -> list[str]:
        """Return the command line of an Odoo on ``database``; a subcommand like ``shell`` comes first."""
        return [str(self.python), '-m', 'odoo', *arguments, '-c', str(self.configuration), '-d', database]

    def install(self, database: str, modules: Sequence[str], step: Step, *options: str) -> None:
        """Install ``modules`` into ``database``, which is created if need be."""
        self._maintain(database, step, '-i', ','.join(modules), *options)
        self._check_installed(database, modules)

    def update(self, database: str, modules: Sequence[str], step: Step) -> None:
        """Bring ``modules`` of ``database`` to the state of their files."""
        self._maintain(database, step, '-u', ','.join(modules))
        self._check_installed(database, [module for module in modules if module != 'all'])

    def _maintain(self, database: str, step: Step, *options: str) -> None:
        def show(line: str) -> None:
            if match := LOADING.search(line):
                step.progress(f'{match[2]}/{match[3]} {match[1]}')

        log = places.logs() / f'{options[0].strip("-")}-{database}.log'
        code, lines = stream(
            self.command('--stop-after-init', '--no-http', *options, database=database), show, log=log,
            env=self.environment)
        if code:
            raise DevError(f'Odoo failed at {" ".join(options[:2])} (whole log: {log}):\n{last_error(lines)}')

    def _check_installed(self, database: str, modules: Sequence[str]) -> None:
        """Refuse a module that Odoo has passed over: an unknown name is only a warning to it."""
        names = ', '.join(f"'{module}'" for module in modules)
        if not names:
            return
        installed = self.server.sql(
            f"SELECT name FROM ir_module_module WHERE state = 'installed' AND name IN ({names})", database).split()
        if missing := sorted(set(modules) - set(installed)):
            raise DevError(f'Odoo has not installed {", ".join(missing)}; the log in {places.logs()} tells why.')

    def script(self, database: str, code: str) -> str:
        """Run Python ``code`` with ``env`` on ``database`` and return what it passes to ``result()``."""
        prologue = f'def result(text):\n    print({RESULT_MARK!r} + text, flush=True)\n'
        log = places.logs() / f'script-{database}.log'
        exit_code, lines = stream(
            self.command('shell', '--no-http', database=database), lambda line: None, log=log, stdin=prologue + code,
            env=self.environment)
        if exit_code:
            raise DevError(f'A script failed in Odoo (whole log: {log}):\n{last_error(lines)}')
        return next((line.removeprefix(RESULT_MARK) for line in lines if line.startswith(RESULT_MARK)), '')


def last_error(lines: Sequence[str]) -> str:
    """Return the part of a log that tells what went wrong."""
    for index in range(len(lines) - 1, -1, -1):
        match = LOG_LINE.match(lines[index])
        if match and match['level'] in ('ERROR', 'CRITICAL'):
            following = range(index + 1, len(lines))
            end = next((other for other in following if LOG_LINE.match(lines[other])), len(lines))
            return f'{tail([lines[index]])}\n{tail(lines[index + 1:end], 12)}'.rstrip()
    return tail(lines, 25)
