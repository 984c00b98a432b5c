"""Odoo 19 itself: from Debian's package, or from a checkout that the user names."""
from __future__ import annotations

import ast
import functools
import hashlib
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

from . import places
from .console import DevError, Step, human_size
from .debian import NoArchive, PrivateApt, unpack
from .processes import output_of

SERIES = '19.0'
PACKAGE = 'odoo-19'
# What Odoo's package links to by relative links, so it must lie in the same tree.
COMPANIONS = ('libjs-jquery', 'libjs-jquery-form', 'libjs-underscore', 'fonts-roboto-unhinted', 'fonts-montserrat')
# Odoo uses the file names of Font Awesome 4; sid has 7, the stable suite has 4.7.
FONT_AWESOME = ('fonts-font-awesome', '4.7')
# Left out by Debian, named in the assets of `mail`: without it every page logs an error in the browser.
EMPTY_FILES = ('addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js',)
# Kept of the translations: the languages of this addon's users. The other eighty take 800 MB.
LANGUAGES = ('id',)
RECIPE = 1  # raise it when the way of unpacking changes

UNREACHABLE = '''\
Odoo {series} could not be had from Debian's archive: {reason}.
Fetch Odoo's own sources and name them instead:
    git clone --depth 1 --branch {series} https://github.com/odoo/odoo.git
    ODOO_SOURCE="$PWD/odoo" ./dev …        (or: ./dev … --odoo "$PWD/odoo")'''


@dataclass(frozen=True)
class Odoo:
    """A tree of Odoo that can be run."""

    version: str
    python_path: Path  # what PYTHONPATH needs so that `python -m odoo` works
    addons: tuple[Path, ...]  # beside odoo/addons, which Odoo adds by itself

    @property
    def core_addons(self) -> Path:
        """Return where the module test_lint and its like are."""
        return self.addons[0] if self.addons else self.python_path / 'odoo' / 'addons'


def get(named: str | None) -> Odoo:
    """Return the Odoo to use: the checkout that is ``named``, the one of ``ODOO_SOURCE``, or Debian's."""
    if path := named or os.environ.get('ODOO_SOURCE'):
        return from_checkout(Path(path).expanduser().resolve())
    return from_debian()


def from_checkout(root: Path) -> Odoo:
    """Use a checkout of Odoo's repository.

    :raise DevError: if it is none, or of another series.
    """
    if not (root / 'odoo' / 'release.py').is_file() or not (root / 'addons').is_dir():
        raise DevError(f'{root} is no checkout of Odoo: it has no odoo/release.py and addons/ below it.')
    if release_of(root) != SERIES:
        raise DevError(f'{root} is Odoo {release_of(root)}; this addon needs {SERIES}.')
    return Odoo(f'{SERIES} from {root}{_commit_of(root)}', root, (root / 'addons',))


def release_of(root: Path) -> str:
    """Return the series that the tree calls itself, like ``19.0``."""
    found = re.search(r'^version_info\s*=\s*\(\s*([^,]+),\s*([^,]+),', (root / 'odoo' / 'release.py').read_text(), re.M)
    return '.'.join(str(ast.literal_eval(part)) for part in found.groups()) if found else 'of an unknown series'


def _commit_of(root: Path) -> str:
    try:
        return ' ' + output_of(['git', '-C', root, 'rev-parse', '--short=12', 'HEAD']).strip()
    except (DevError, OSError):
        return ''


def from_debian() -> Odoo:
    """Use Debian's package, fetched once into the cache."""
    target = places.cache() / f'odoo-{_recipe()}'
    if not (target / 'stamp.json').exists():
        with places.locked(places.cache() / 'apt.lock', 'fetching Odoo'):
            if not (target / 'stamp.json').exists():
                _build(target)
    packages = target / 'usr/lib/python3/dist-packages'
    return Odoo(json.loads((target / 'stamp.json').read_text())['version'], packages, ())


@functools.cache
def _recipe() -> str:
    what = [PACKAGE, COMPANIONS, FONT_AWESOME, EMPTY_FILES, LANGUAGES, RECIPE]
    return hashlib.sha256(json.dumps(what).encode()).hexdigest()[:8]


def _build(target: Path) -> None:
    apt = PrivateApt()
    with Step(f'Odoo {SERIES}') as step:
        try:
            apt.update(step)
        except NoArchive as error:
            raise DevError(UNREACHABLE.format(series=SERIES, reason=error)) from error
        wanted = _versions(apt)
        step.add(wanted[PACKAGE])
        files = apt.download(step, [f'{name}={version}' for name, version in wanted.items()])
        with places.built(target) as building:
            for file in files:
                unpack(file, building, _is_wanted, lambda count: step.progress(f'unpacking, {count} files'))
            packages = building / 'usr/lib/python3/dist-packages/odoo'
            for name in EMPTY_FILES:
                (packages / name).parent.mkdir(parents=True, exist_ok=True)
                (packages / name).touch()
            (building / 'stamp.json').write_text(json.dumps({'version': wanted[PACKAGE], 'packages': wanted}))
        for file in files:
            file.unlink()
        step.add(f'{human_size(places.size_of(target))} unpacked')


def _versions(apt: PrivateApt) -> dict[str, str]:
    """Return name and version of every package to fetch."""
    containing = {PACKAGE: f'{SERIES}.', FONT_AWESOME[0]: FONT_AWESOME[1]}
    wanted = {}
    for name, versions in apt.versions([PACKAGE, *COMPANIONS, FONT_AWESOME[0]]).items():
        suitable = [version for version in versions if containing.get(name, '') in version]
        if not suitable:
            raise DevError(UNREACHABLE.format(
                series=SERIES, reason=f'it offers no {name} {containing.get(name, "")}'.rstrip()))
        wanted[name] = suitable[0]
    return wanted


def _is_wanted(name: str) -> bool:
    """Tell whether a file of a package is of use: no other languages, no second copy of the addons' code."""
    if name.startswith(('usr/lib/python3/dist-packages/addons/', 'usr/share/doc/', 'usr/share/lintian/', 'etc/')):
        return False
    if name.endswith('.po') and '/i18n/' in name:
        return Path(name).stem in LANGUAGES
    return True
