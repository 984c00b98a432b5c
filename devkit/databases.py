"""Databases that are built once and cloned: what the addon stands on, the addon, the demo cooperative.

A template is named after a fingerprint of all that went into it. It is built under another name and renamed when it
is complete, so an interrupted build is never taken for a finished one. Each is made from the one before:

    test:  ground (the addon's dependencies, without auto-installs) → addon
    demo:  demo_ground (as a real user's: country, language, auto-installs) → demo (the addon and its demo cooperative)
"""
from __future__ import annotations

import ast
import contextlib
import datetime
import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from . import places
from .console import DevError, Step, human_size
from .odoo import Kit

#: The chart of accounts, and the address at which other programs call in.
OPTIONAL_MODULES = ('l10n_id', 'rpc')
LANGUAGE = 'id_ID'
RECIPE = 1  # raise it when the way of building changes
NOT_LOADED = {'tests', 'benchmarks', 'devkit', 'dev', '__pycache__', 'pyproject.toml', 'LICENSE'}

# Activated here and not as Odoo's first language, which would become the default of every partner.
GROUND_SCRIPT = '''\
env['res.lang']._activate_lang('id_ID')
env.ref('base.main_company').partner_id.country_id = env.ref('base.id')
env.ref('base.main_company').currency_id = env.ref('base.IDR')
env.cr.commit()
'''
DEMO_SCRIPT = '''\
env['coop.demo'].load_cooperative()
env.cr.commit()
'''
LOGINS_SCRIPT = '''\
import json
result(json.dumps([list(login) for login in env['coop.demo'].logins()]))
'''


def manifest() -> dict:
    """Return the addon's manifest."""
    path = places.CHECKOUT / '__manifest__.py'
    if not path.exists():
        raise DevError(f'{path} is missing: this checkout holds no addon.')
    return ast.literal_eval(path.read_text())


def loaded_files() -> list[Path]:
    """Return the files of the addon that Odoo loads into a database, sorted."""
    found = []
    for directory, names, files in os.walk(places.CHECKOUT):
        names[:] = sorted(name for name in names if name not in NOT_LOADED and not name.startswith('.'))
        found += [
            Path(directory, name) for name in sorted(files)
            if name not in NOT_LOADED and not name.startswith('.') and not name.endswith(('.md', '.pyc'))]
    return found


def _digest(*parts: object) -> str:
    return hashlib.sha256(json.dumps([RECIPE, *parts], default=str).encode()).hexdigest()[:10]


class Databases:
    """The databases of this checkout."""

    def __init__(self, kit: Kit):
        self.kit = kit
        self.server = kit.server
        self.cooperative = f'{self.server.prefix}cooperative'

    # === FINGERPRINTS === #

    def ground_fingerprint(self) -> str:
        """Return what tells the databases below the addon apart."""
        return _digest(self.kit.source.version, sorted(manifest().get('depends', [])), OPTIONAL_MODULES, GROUND_SCRIPT)

    def fingerprint(self) -> str:
        """Return what tells one state of the addon from another."""
        files = {
            str(path.relative_to(places.CHECKOUT)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in loaded_files()}
        return _digest(self.ground_fingerprint(), files, DEMO_SCRIPT)

    # === TEMPLATES === #

    def test_template(self) -> str:
        """Return the database that test runs clone: the addon, no demo data, no auto-installs."""
        def build(database: str, step: Step) -> None:
            self.kit.install(database, [places.ADDON], step, '--skip-auto-install')

        return self._template('addon', self.fingerprint(), 'test database', build, self._ground)

    def demo_template(self) -> str:
        """Return the database that holds the demo cooperative, as it is before anyone has worked with it."""
        def build(database: str, step: Step) -> None:
            self.kit.install(database, [places.ADDON], step)
            step.progress('loading the demo cooperative')
            self.kit.script(database, DEMO_SCRIPT)

        # The demo's dates are relative to the day on which it was loaded; a month later its present is past.
        fingerprint = _digest(self.fingerprint(), datetime.date.today().strftime('%Y-%m'))
        return self._template('demo', fingerprint, 'demo cooperative', build, self._demo_ground)

    def _ground(self) -> str:
        def build(database: str, step: Step) -> None:
            self.kit.install(database, self._modules_below(), step, '--skip-auto-install')

        return self._template('ground', self.ground_fingerprint(), 'Odoo database for tests', build)

    def _demo_ground(self) -> str:
        def build(database: str, step: Step) -> None:
            # The country must be known before the accounting is installed: it decides the chart of accounts.
            self.kit.install(database, ['base'], step)
            self.kit.script(database, GROUND_SCRIPT)
            self.kit.install(database, self._modules_below(), step, f'--load-language={LANGUAGE}')

        return self._template('demo_ground', self.ground_fingerprint(), 'Odoo database for the demo', build)

    def _modules_below(self) -> list[str]:
        return [*manifest().get('depends', []), *OPTIONAL_MODULES]

    def _template(self, kind: str, fingerprint: str, title: str, build: Callable[[str, Step], None],
                  below: Callable[[], str] | None = None) -> str:
        """Return the template of this kind and fingerprint, built if it is not there; older ones are dropped.

        :param below: gives the template to start from; without it the build starts from nothing.
        """
        name = f'{self.server.prefix}template_{kind}_{fingerprint}'
        if self.exists(name):
            return name
        with places.locked(places.state() / f'template-{kind}.lock', f'the {title}'):
            if self.exists(name):
                return name
            self._drop_templates(kind)
            building = f'{self.server.prefix}building_{kind}'
            start = below() if below else None
            with Step(title) as step:
                if start:
                    self.clone(start, building)
                build(building, step)
                self._rename(building, name)
                step.add(human_size(int(self.server.sql(f"SELECT pg_database_size('{name}')"))))
        return name

    def _drop_templates(self, kind: str) -> None:
        ours = re.compile(rf'{re.escape(self.server.prefix)}(template_{kind}_[0-9a-f]{{10}}|building_{kind})')
        for name in self.names():
            if ours.fullmatch(name):
                self.drop(name)

    # === DATABASES === #

    def names(self) -> list[str]:
        """Return the databases of this checkout."""
        rows = self.server.sql('SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY 1').splitlines()
        return [name for name in rows if name.startswith(self.server.prefix) and name != 'postgres']

    def exists(self, name: str) -> bool:
        return name in self.names()

    def clone(self, template: str, name: str) -> None:
        """Create ``name`` as a copy of ``template``, its files included."""
        self.drop(name)
        source = self.kit.filestores / template
        if source.exists():  # files are named after their content and never written to: links will do
            shutil.copytree(source, self.kit.filestores / name, copy_function=os.link)
        self.server.run('createdb', '-T', template, '--strategy=file_copy', name)

    def drop(self, name: str) -> None:
        """Remove a database and its files, if there is one."""
        self.server.run('dropdb', '--if-exists', '--force', name)
        places.remove(self.kit.filestores / name)

    def _rename(self, old: str, new: str) -> None:
        places.remove(self.kit.filestores / new)
        if (self.kit.filestores / old).exists():
            (self.kit.filestores / old).rename(self.kit.filestores / new)
        self.server.sql(f'ALTER DATABASE "{old}" RENAME TO "{new}"')

    @contextlib.contextmanager
    def fresh_clone(self, template: str, purpose: str) -> Iterator[str]:
        """Lend a clone of ``template`` that is dropped after the block, or by the next run if this one is killed."""
        self._drop_abandoned()
        runs = places.state() / 'runs'
        runs.mkdir(exist_ok=True)
        name = f'{self.server.prefix}{purpose}_{os.getpid()}'
        with (runs / name).open('a') as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            try:
                self.clone(template, name)
                yield name
            finally:
                for database in self.names():
                    if database == name or database.startswith(f'{name}-'):
                        self.drop(database)
                (runs / name).unlink(missing_ok=True)

    def _drop_abandoned(self) -> None:
        """Drop the clones of runs that were killed: nobody holds their lock any more."""
        for path in (places.state() / 'runs').glob('*'):
            with path.open('a') as handle:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
                for database in self.names():
                    if database == path.name or database.startswith(f'{path.name}-'):
                        self.drop(database)
                path.unlink(missing_ok=True)

    # === THE COOPERATIVE === #

    def prepare_cooperative(self) -> list[list[str]]:
        """Make sure of the database that `./dev run` shows, keep what was entered there, return its logins.

        A change of the addon since the last time is brought in by an update.
        """
        with places.locked(places.state() / 'cooperative.lock', 'the demo cooperative'):
            mark = json.dumps([self.fingerprint(), self.kit.source.version])
            old = self._mark()
            if not self.exists(self.cooperative):
                self.clone(self.demo_template(), self.cooperative)
            elif old != mark:
                other_odoo = old and json.loads(old)[1] != self.kit.source.version
                with Step('updating the database') as step:
                    self.kit.update(self.cooperative, ['all' if other_odoo else places.ADDON], step)
            if old != mark:
                self.server.run('vacuumdb', '--analyze', '--quiet', self.cooperative)
            logins = places.state() / 'logins.json'
            if old != mark or not logins.exists():
                logins.write_text(self.kit.script(self.cooperative, LOGINS_SCRIPT))
                self.server.sql(f"COMMENT ON DATABASE \"{self.cooperative}\" IS '{mark}'")
            return json.loads(logins.read_text())

    def _mark(self) -> str:
        """Return which state of the addon the cooperative's database has, or nothing."""
        return self.server.sql(
            f"SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '{self.cooperative}'")
