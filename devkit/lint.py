"""`./dev lint`: ruff, pylint-odoo, OCA's checks, and those of Odoo's own lint tests that look at any addon."""
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from . import places, python_env
from .console import DevError, Step, say
from .databases import Databases
from .odoo import Kit
from .processes import clean_environment, stream, tail
from .testing import run_core_tests

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
            python.with_name('oca-checks-odoo-module'), places.addons_link()])),
        ("Odoo's lint tests", lambda: _core_lints(kit)),
    ]
    failed = [name for name, check in checks if not check()]
    if failed:
        raise DevError(f'Not clean: {", ".join(failed)}.')
    say('  clean')
    return 0
