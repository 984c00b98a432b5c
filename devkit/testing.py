"""`./dev test`: the whole suite, by pytest or by Odoo's own runner, each time on fresh clones of a template."""
from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from . import places, ports
from .console import DevError, Step, note, say
from .databases import Databases
from .debian import ensure_system_package
from .odoo import LOG_LINE, Kit
from .processes import foreground, stream, tail

WORKERS = '2'
NEEDS_BROWSER = re.compile(r'\b(browser_js|start_tour)\b')
COMMITTED = 'test_committed_*.py'
WITH_VALUE = ('-k', '-m', '-n', '-p', '-o', '-c', '-r', '-W', '--numprocesses', '--maxfail', '--tb', '--durations')
NO_TESTS_COLLECTED = 5
RESULT = re.compile(r'(\d+) failed, (\d+) error\(s\) of (\d+) tests')
OURS = re.compile(rf'{places.ADDON}|\bcoop[._]')


def run_pytest(kit: Kit, arguments: Sequence[str]) -> int:
    """Run the suite with pytest; ``arguments`` go to pytest, paths among them are mapped to the addon's name.

    Tests that commit run first, alone and on a clone of their own, so that the summary of all the others comes last.
    """
    ensure_browser()
    databases = Databases(kit)
    template = databases.test_template()
    options, selected = split_arguments(arguments)
    committed, others = _split_committed(selected)
    codes = []
    earlier = ''
    if committed:
        say(f'\n  {COMMITTED}: tests that commit, on a database of their own')
        codes.append(_pytest(databases, template, 'committed', [*options, '-p', 'no:xdist', *committed]))
        earlier = f'{COMMITTED}: {"FAILED" if codes[0] not in (0, NO_TESTS_COLLECTED) else "passed"}, see above'
    if others:
        ignored = [] if selected else [f'--ignore-glob=*/{COMMITTED}']
        codes.append(_pytest(databases, template, 'test', [*_workers(options), *options, *ignored, *others], earlier))
    # A selection like -k may leave one of the two calls without a test, but not both.
    bad = [code for code in codes if code not in (0, NO_TESTS_COLLECTED)]
    return bad[0] if bad else min(codes)


def ensure_browser() -> None:
    """Make sure of Chromium if any test asks for a browser; Odoo skips those tests where there is none."""
    tests = (places.CHECKOUT / 'tests').glob('*.py')
    if any(NEEDS_BROWSER.search(path.read_text(errors='replace')) for path in tests):
        ensure_system_package('chromium', 'tests that need a browser will be reported as skipped', browser)


def browser() -> str | None:
    """Return the browser that Odoo's own tests would take, if there is one."""
    names = ('google-chrome', 'chromium', 'chromium-browser', 'google-chrome-stable')
    return next(filter(None, map(shutil.which, names)), None)


def split_arguments(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Tell pytest's options from the tests that the user names; those are mapped to the addon's link."""
    options: list[str] = []
    selected: list[str] = []
    for argument in arguments:
        path, separator, names = argument.partition('::')
        is_value = options and options[-1] in WITH_VALUE
        file = None if is_value or argument.startswith('-') else _file_in_checkout(path)
        if file:
            selected.append(f'{places.addons_link() / file}{separator}{names}')
        else:
            options.append(argument)
    return options, selected


def _file_in_checkout(name: str) -> Path | None:
    """Return the path within the checkout that is meant: seen from here, from its root, or as pytest prints it."""
    if not name:
        return None
    for start in (Path.cwd(), places.CHECKOUT):
        for spelling in (name, name.removeprefix(f'{places.ADDON}/')):
            file = Path(os.path.abspath(start / spelling))
            if file.exists():
                return _below_checkout(file)
    return None


def _below_checkout(file: Path) -> Path:
    try:
        return file.resolve().relative_to(places.CHECKOUT)
    except ValueError:
        raise DevError(f'{file} is not in this checkout.') from None


def _split_committed(selected: list[str]) -> tuple[list[str], list[str]]:
    """Tell the files whose tests commit from all others, among the ``selected`` ones or in the whole suite."""
    link = places.addons_link()
    if selected:
        committed = [name for name in selected if Path(name.partition('::')[0]).match(COMMITTED)]
        return committed, [name for name in selected if name not in committed]
    if not (link / 'tests').is_dir():
        raise DevError(f'{places.CHECKOUT} has no tests/ to run.')
    return [str(path) for path in sorted((link / 'tests').glob(COMMITTED))], [str(link / 'tests')]


def _workers(options: Sequence[str]) -> list[str]:
    """Return the option that runs tests in parallel, unless the user's own say something about that."""
    text = ' '.join(options)
    if re.search(r'(^|\s)(-n|--numprocesses|--pdb|--trace|--dist)|no:xdist|(^|\s)(-s|--capture=no)(\s|$)', text):
        return []
    return ['-n', WORKERS, '--dist', 'loadscope']  # a class stays together: its fixtures are what takes the time


def _pytest(databases: Databases, template: str, purpose: str, arguments: Sequence[str], earlier: str = '') -> int:
    """Run pytest on a fresh clone of ``template`` and return its exit code."""
    kit = databases.kit
    link = places.addons_link()
    with databases.fresh_clone(template, purpose) as database:
        environment = kit.environment | {
            'HYPOTHESIS_STORAGE_DIRECTORY': str(places.state() / 'hypothesis'),
            'PYTHONPATH': f'{kit.environment["PYTHONPATH"]}{os.pathsep}{places.DEVKIT / "pytest_plugin"}',
            'DEVKIT_EARLIER': earlier,
        }
        return foreground([
            kit.python, '-m', 'pytest', '-c', link / 'pyproject.toml', '--rootdir', link,
            '-o', f'cache_dir={places.state() / "pytest_cache"}', '-p', 'devkit_pytest', '--odoo-http',
            '--odoo-config', kit.configuration, '--odoo-database', database, *arguments,
        ], env=environment, cwd=link.parent)


def core_tests(kit: Kit, files: Sequence[Path]) -> int:
    """Run test files of Odoo's own on a clone of the test database."""
    databases = Databases(kit)
    return _pytest(databases, databases.test_template(), 'lint', ['-q', *map(str, files)])


# === ODOO'S OWN RUNNER === #

def run_odoo(kit: Kit) -> int:
    """Run the suite with Odoo's own runner; a failed test fails it, and so does a word of warning about the addon."""
    ensure_browser()
    databases = Databases(kit)
    template = databases.test_template()
    committed = [f'/{places.ADDON}/tests/{path.name}' for path in sorted((places.CHECKOUT / 'tests').glob(COMMITTED))]
    # Tests on committed data are not "standard" ones: the star selects them whatever their tags are.
    tags = [','.join([f'/{places.ADDON}', *(f'-{path}' for path in committed)]), *(f'*{path}' for path in committed)]
    outcomes = [_odoo_tests(databases, template, tag) for tag in tags]
    if empty := [tag for tag, (found, *_others) in zip(tags, outcomes, strict=True) if not found]:
        raise DevError(f"Odoo's runner has found no test with {' or '.join(empty)}.")
    total, failed, concerns = (sum(column) for column in zip(*outcomes, strict=True))
    if concerns:
        say(f'  {concerns} line(s) of the log are warnings or errors of ours.')
    say(f'{total - failed} passed, {failed} failed')
    return 1 if failed or concerns else 0


def _odoo_tests(databases: Databases, template: str, tags: str) -> tuple[int, int, int]:
    """Run the tests with these tags on a clone.

    :return: how many tests, how many failed, how many lines of the log concern the addon.
    """
    kit = databases.kit
    reader = OdooLog()
    with databases.fresh_clone(template, 'odoo') as database, Step(f"Odoo's runner, {tags}") as step:
        command = kit.command(
            '-u', places.ADDON, '--test-enable', '--test-tags', tags, '--stop-after-init',
            '--http-port', str(ports.free_port()), database=database)
        log = places.logs() / 'odoo-tests.log'
        code, lines = stream(command, reader.read, log=log, env=kit.environment)
        step.add(f'{reader.total} tests')
    for line in reader.concerns:
        say(line)
    if code and not reader.failed:
        note(f'Odoo ended with code {code} (whole log: {log}):\n{tail(lines)}')
        return reader.total, max(reader.failed, 1), len(reader.concerns)
    return reader.total, reader.failed, len(reader.concerns)


class OdooLog:
    """What a log of Odoo's runner says: results of tests, and lines that should not be there."""

    def __init__(self) -> None:
        self.total = self.failed = 0
        self.concerns: list[str] = []
        self._entry: list[str] = []
        self._level = ''

    def read(self, line: str) -> None:
        """Take one line; lines without a head of their own belong to the entry before."""
        match = LOG_LINE.match(line)
        if not match:
            self._entry.append(line)
            self._judge()
            return
        self._level, self._entry = match['level'], [line]
        if result := RESULT.search(line):
            failed, errors, total = map(int, result.groups())
            self.failed += failed + errors
            self.total += total
        self._judge()

    def _judge(self) -> None:
        """Keep the entry if it is an error, or a warning that names the addon."""
        text = '\n'.join(self._entry)
        about_us = OURS.search(_without_paths(text))
        if self._level in ('ERROR', 'CRITICAL') or (self._level == 'WARNING' and about_us):
            if self.concerns and text.startswith(self.concerns[-1]):
                self.concerns[-1] = text
            else:
                self.concerns.append(text)


def _without_paths(text: str) -> str:
    """Return ``text`` without the directories of ``./dev``, which carry the addon's name whatever the file."""
    return text.replace(str(places.cache()), '').replace(str(places.state()), '')
