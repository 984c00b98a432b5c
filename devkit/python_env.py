"""Virtual environments in the shared cache: one for Odoo and its tests, one for the linters."""
from __future__ import annotations

import hashlib
import importlib.util
import re
import sys
from pathlib import Path

from . import places
from .console import DevError, Step, human_size
from .debian import NoArchive, PrivateApt, unpack
from .processes import clean_environment, output_of, stream, tail

RECIPE = 1  # raise it when the way of building changes
COUNTED = re.compile(r'^\s*(Collecting|Downloading|Installing) (\S+)')
REQUIREMENTS = ('requirements.txt', 'requirements-test.txt')
WITHOUT_DEPENDENCIES = ('requirements-nodeps.txt',)
LINT_REQUIREMENTS = ('requirements-lint.txt',)

NO_PIP = '''\
Python packages cannot be installed: this Python ({python}) has no ensurepip,
and pip could not be had otherwise ({reason}).
On Debian and its like: {sudo}apt-get install python3-venv'''


def odoo_python() -> Path:
    """Return the Python that runs Odoo and its tests, with all that they need."""
    return _environment('odoo', REQUIREMENTS, WITHOUT_DEPENDENCIES)


def lint_python() -> Path:
    """Return the Python that has the linters; apart, so that their requirements never touch Odoo's."""
    return _environment('lint', LINT_REQUIREMENTS)


def _environment(name: str, files: tuple[str, ...], without_dependencies: tuple[str, ...] = ()) -> Path:
    """Return the Python of the environment ``name``, built if it is not there or its recipe has changed."""
    wanted = ''.join((places.DEVKIT / file).read_text() for file in (*files, *without_dependencies))
    recipe = hashlib.sha256(f'{RECIPE}{wanted}'.encode()).hexdigest()[:8]
    target = places.cache() / f'python{sys.version_info[0]}.{sys.version_info[1]}-{name}-{recipe}'
    python = target / 'bin' / 'python'
    if not _is_complete(target):
        with places.locked(places.cache() / f'python-{name}.lock', 'installing Python packages'):
            if not _is_complete(target):
                _build(target, files, without_dependencies)
    return python


def _is_complete(target: Path) -> bool:
    """Tell whether the environment was built to its end, and the Python that it came from is still there."""
    return (target / 'complete').exists() and (target / 'bin' / 'python').exists()


def _build(target: Path, files: tuple[str, ...], without_dependencies: tuple[str, ...]) -> None:
    # An environment cannot be renamed: its programs name its path. Its stamp is written last instead.
    with Step(f'Python packages ({target.name})') as step:
        places.remove(target)
        step.progress('creating the virtual environment')
        output_of([sys.executable, '-I', '-m', 'venv', '--without-pip', target])
        _add_pip(target, step)
        log = places.logs() / f'pip-{target.name}.log'
        _pip(target, [argument for file in files for argument in ('-r', file)], step, log)
        for file in without_dependencies:
            _pip(target, ['--no-deps', '-r', file], step, log)
        step.add(human_size(places.size_of(target)))
        (target / 'complete').touch()


def _pip(target: Path, arguments: list[str], step: Step, log: Path) -> None:
    """Install with pip as it is configured on this machine, from wheels wherever there are any."""
    seen: set[str] = set()

    def show(line: str) -> None:
        if match := COUNTED.match(line):
            seen.add(match[2])
            step.progress(f'{match[1].lower()} {match[2][:50]} ({len(seen)})')

    code, lines = stream(
        [target / 'bin' / 'python', '-m', 'pip', 'install', '--no-input', '--prefer-binary', '--progress-bar', 'off',
         *arguments], show, log=log, cwd=places.DEVKIT,
        env=clean_environment(PIP_DISABLE_PIP_VERSION_CHECK='1', PIP_NO_WARN_SCRIPT_LOCATION='1'))
    if code:
        complaints = [line for line in lines if line.startswith('ERROR')]
        raise DevError(f'pip could not install the Python packages (whole log: {log}):\n{tail(complaints or lines)}')


def _add_pip(target: Path, step: Step) -> None:
    """Put pip into the environment, out of a wheel that comes with Python or with the distribution.

    A wheel can be run as it is; `python -m ensurepip` would start a process of its own that outlives a killed parent.
    """
    wheel = _pip_wheel(step)
    output_of(
        [target / 'bin' / 'python', wheel / 'pip', 'install', '--quiet', '--no-index', '--no-input', wheel],
        env=clean_environment())


def _pip_wheel(step: Step) -> Path:
    """Return pip's wheel: the one in Python, the distribution's, or the distribution's fetched for us."""
    folders = [Path('/usr/share/python-wheels')]
    if spec := importlib.util.find_spec('ensurepip'):
        folders[:0] = [Path(folder) / '_bundled' for folder in spec.submodule_search_locations or ()]
    for folder in folders:
        if found := sorted(folder.glob('pip-*.whl')):
            return found[-1]
    return _fetched_pip_wheel(step)


def _fetched_pip_wheel(step: Step) -> Path:
    """Return pip's wheel out of the distribution's package, for a Python that came without."""
    kept = places.cache() / 'pip-wheel'
    with places.locked(places.cache() / 'apt.lock', 'fetching pip'):
        if not kept.exists():
            _fetch_pip(kept, step)
    return sorted(kept.glob('**/pip-*.whl'))[-1]


def _fetch_pip(kept: Path, step: Step) -> None:
    apt = PrivateApt()
    package = 'python3-pip-whl'
    try:
        apt.update(step)
        versions = apt.versions([package])[package]
        if not versions:
            raise NoArchive(f'it offers no {package}')
    except NoArchive as error:
        sudo = '' if places.is_root() else 'sudo '
        raise DevError(NO_PIP.format(python=sys.executable, reason=error, sudo=sudo)) from error
    [file] = apt.download(step, [f'{package}={versions[-1]}'])  # of the system's own suite, for its own Python
    with places.built(kept) as building:
        unpack(file, building, lambda name: name.endswith('.whl'), lambda count: None)
    file.unlink()
