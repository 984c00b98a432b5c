"""`./dev lint`: ruff, pylint-odoo, OCA's checks, and those of Odoo's own lint tests that look at any addon."""
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from . import places, python_env
from .console import DevError, Step, say
from .odoo import Kit
from .processes import clean_environment, stream, tail
from .testing import core_tests

CORE_LINTS = (
    'test_index', 'test_override_signatures', 'test_naming', 'test_manifests', 'test_test_holes', 'test_orm_import',
    'test_dunderinit', 'test_onchange_domains', 'test_routes', 'test_checkers',
)
# Rules of OCA's that are not this addon's: OCA as an author, README.rst (ours is README.md, which is why the manifest
# has a description), a value to return from every method that calls super(), which Odoo's computes do not have, and
# `_ = self.env._` taken for Odoo's old `_`, which ruff refuses to import.
NOT_OURS = (
    'manifest-required-author', 'missing-readme', 'manifest-deprecated-key', 'missing-return', 'prefer-env-translation',
)


def run(kit: Kit) -> int:
    """Run all linters, also after one has found something, and tell which have."""
    python = python_env.lint_python()
    checks: list[tuple[str, Callable[[], bool]]] = [
        ('ruff', lambda: _check('ruff', [
            python, '-m', 'ruff', 'check', '--no-cache', '--quiet', '--output-format=concise', '.'])),
        ('pylint-odoo', lambda: _check('pylint-odoo', [
            python, '-m', 'pylint', '--rcfile', places.CHECKOUT / 'pyproject.toml',
            '--disable=all', '--enable=odoolint', f'--disable={",".join(NOT_OURS)}', *_python_folders()])),
        ('oca-checks-odoo-module', lambda: _check('oca-checks-odoo-module', [
            python, python.with_name('oca-checks-odoo-module'), places.addons_link()])),
        ('tests of the dev command', lambda: _check('tests of the dev command', [
            python, '-m', 'unittest', 'discover', '-q', '-t', '.', '-s', 'devkit/tests'])),
        ("Odoo's lint tests", lambda: _core_lints(kit)),
    ]
    failed = [name for name, check in checks if not check()]
    if failed:
        raise DevError(f'Not clean: {", ".join(failed)}.')
    say('  clean')
    return 0


def _check(name: str, command: list[str | Path]) -> bool:
    """Run a linter on the checkout and show what it prints if it is not content."""
    try:
        with Step(name):
            code, lines = stream(command, lambda line: None, cwd=places.CHECKOUT, env=clean_environment())
            if code:
                raise DevError(tail(lines, 200))
    except DevError as error:
        say(str(error))
        return False
    return True


def _python_folders() -> list[str]:
    """Return the packages of the addon, for the rules of Odoo's code; devkit/ is none of it."""
    names = sorted(path.parent.name for path in places.CHECKOUT.glob('*/__init__.py'))
    modules = sorted(path.name for path in places.CHECKOUT.glob('*.py'))
    return [*modules, *(name for name in names if name != places.DEVKIT.name)]


def _core_lints(kit: Kit) -> bool:
    """Run those tests of Odoo's module test_lint that look at all installed addons, ours among them."""
    folder = kit.source.core_addons / 'test_lint' / 'tests'
    say("  Odoo's lint tests")
    return core_tests(kit, [folder / f'{name}.py' for name in CORE_LINTS]) == 0
