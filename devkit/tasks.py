"""The smaller commands: `./dev bench`, `./dev shell`, `./dev reset`."""
from __future__ import annotations

from collections.abc import Sequence

from . import places, postgres, python_env
from .console import DevError, confirm, human_size, say
from .databases import Databases
from .odoo import Kit
from .processes import foreground


def bench(kit: Kit, arguments: Sequence[str]) -> int:
    """Run the scripts of benchmarks/, or those that are named, each on a fresh clone of the test database.

    A script is started with Odoo on its path, ``--config`` and ``--database``, and all arguments that name no script.
    """
    scripts = sorted(path for path in (places.CHECKOUT / 'benchmarks').glob('*.py') if not path.name.startswith('_'))
    if not scripts:
        raise DevError('There is no benchmark yet: benchmarks/ holds no script.')
    named = [script for script in scripts if {script.stem, script.name, f'benchmarks/{script.name}'} & set(arguments)]
    others = [
        argument for argument in arguments
        if not any(argument in (script.stem, script.name, f'benchmarks/{script.name}') for script in scripts)]
    databases = Databases(kit)
    template = databases.test_template()
    worst = 0
    for script in named or scripts:
        say(f'\n  {script.name}')
        with databases.fresh_clone(template, 'bench') as database:
            worst = max(worst, foreground(
                [kit.python, script, '--config', kit.configuration, '--database', database, *others],
                env=kit.environment, cwd=places.CHECKOUT))
    return worst


def shell(kit: Kit, arguments: Sequence[str]) -> int:
    """Open Odoo's shell on the demo cooperative."""
    databases = Databases(kit)
    databases.prepare_cooperative()
    return foreground(
        kit.command('shell', '--no-http', '--log-level=warn', *arguments, database=databases.cooperative),
        env=kit.environment)


def reset(everything: bool, yes: bool) -> int:
    """Drop this checkout's databases; with ``everything``, downloads and Python packages of all checkouts as well."""
    _refuse_while_in_use()
    goes = [places.state()] + ([places.cache()] if everything else [])
    say('  This removes:')
    for path in goes:
        say(f'    {path} ({human_size(places.size_of(path))})')
    if postgres.is_named():
        say('    and the databases of this checkout on the server that the PG* variables name')
    if not yes and not confirm('  Go on?'):
        raise DevError('Nothing was removed. ./dev reset --yes does it without asking.')
    if postgres.is_named():
        _drop_on_named_server()
    postgres.stop_abandoned()
    for path in goes:
        places.remove(path)
    say('  done')
    return 0


def _refuse_while_in_use() -> None:
    if postgres.in_use_elsewhere():
        raise DevError('Another ./dev of this checkout is running; end it first.')


def _drop_on_named_server() -> None:
    with postgres.running(python_env.odoo_python()) as server:
        names = server.sql('SELECT datname FROM pg_database').split()
        for name in names:
            if name.startswith(server.prefix):
                server.run('dropdb', '--if-exists', '--force', name)
