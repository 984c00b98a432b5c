"""`./dev lint`: ruff, pylint-odoo, OCA's checks, and those of Odoo's own lint tests that look at any addon."""
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from . import places, python_env
from .console import DevError, Step, say
from .databases import Databases
from .odoo import Kit
from .processes import clean_environment, stream, tail
from .testing import core_tests

CORE_LINTS = (
    'test_index', 'test_override_signatures', 'test_naming', 'test_manifests', 'test_test_holes', 'test_orm_import',
    'test_dunderinit', 'test_onchange_domains', 'test_routes', 'test_checkers',
)


def run(kit: Kit) -> int:
    """Run all linters, also after one has found something, and tell which have."""
    python = python_env.lint_python()
    checks: list[tuple[str, Callable[[], bool]]] = [
        ('ruff', lambda: _check('ruff', [python, '-m', 'ruff', 'check', '--no-cache', '.'])),
        ('pylint-odoo', lambda: _check('pylint-odoo', [
            python, '-m', 'pylint', '--rcfile', places.CHECKOUT / 'pyproject.toml', *_python_folders()])),
        ('oca-checks-odoo-module', lambda: _check('oca-checks-odoo-module', [
            python, python.with_name('oca-checks-odoo-module'), places.addons_link()])),
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
    """Return what pylint is to read: packages and modules of the checkout, without the test database's files."""
    names = sorted(path.name for path in places.CHECKOUT.iterdir() if (path / '__init__.py').exists())
    return ['__init__.py', '__manifest__.py', *names]


def _core_lints(kit: Kit) -> bool:
    """Run those tests of Odoo's module test_lint that look at all installed addons, ours among them."""
    folder = kit.source.core_addons / 'test_lint' / 'tests'
    say("  Odoo's lint tests")
    return core_tests(kit, [folder / f'{name}.py' for name in CORE_LINTS]) == 0
