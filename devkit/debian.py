"""Debian's packages: fetched by a private apt that leaves the system alone, or installed where we are root."""
from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
import tarfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from . import apt_sources, places
from .console import DevError, Step, human_size, note
from .processes import output_of, started, stream, tail

PROGRESS = re.compile(r'^dlstatus:[^:]*:([0-9.]+):')
DAY = 86_400

# The hooks of the system's own apt configuration must not run for ours; everything else of it (proxies) holds.
CONFIGURATION = '''\
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Pre-Invoke;
#clear DPkg::Post-Invoke;
Dir::State "{root}/state";
Dir::State::Lists "{root}/lists";
Dir::State::status "{root}/status";
Dir::Etc::SourceList "{root}/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
Dir::Cache "{root}/cache";
Dir::Cache::pkgcache "pkgcache.bin";
Dir::Cache::srcpkgcache "srcpkgcache.bin";
Dir::Log "{root}/log";
APT::Sandbox::User "root";
APT::Get::AllowUnauthenticated "false";
Acquire::Languages "none";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
'''


class NoArchive(DevError):
    """This system has no apt that could reach Debian's archive."""


class PrivateApt:
    """An apt with lists, cache and sources of its own, for suite sid and the system's own suite.

    Signatures and hashes are checked by apt itself, with the key that the system names for its mirror.
    """

    def __init__(self) -> None:
        self.root = places.cache() / 'apt'
        self.configuration = self.root / 'apt.conf'

    @functools.cached_property
    def archive(self) -> tuple[apt_sources.Source, list[str]]:
        """Return Debian's archive as the system names it, and the suites to read."""
        missing = [name for name in ('apt-get', 'dpkg-deb') if not shutil.which(name)]
        if missing:
            raise NoArchive(f'{" and ".join(missing)} not found')
        codename = apt_sources.os_release().get('VERSION_CODENAME', '')
        source = apt_sources.debian_archive(apt_sources.system_sources(), codename)
        if apt_sources.os_release().get('ID') != 'debian' or not source:
            raise NoArchive("the system's apt sources name no mirror of Debian's archive")
        own = [suite for suite in source.main_suites(codename) if suite not in apt_sources.ROLLING] or ['stable']
        return source, [*own, 'sid']

    def update(self, step: Step) -> None:
        """Read the archive's index, unless that was done within the last hour."""
        source, suites = self.archive
        stamp = self.root / 'updated'
        if stamp.exists() and time.time() - stamp.stat().st_mtime < 3600:
            return
        for name in ('state', 'lists/partial', 'cache/archives/partial', 'log'):
            (self.root / name).mkdir(parents=True, exist_ok=True)
        (self.root / 'status').touch()
        signed_by = self._signed_by(source)
        (self.root / 'sources.list').write_text(''.join(
            f'deb {signed_by}{source.uri} {suite} main\n' for suite in suites))
        self.configuration.write_text(CONFIGURATION.format(root=self.root))
        self._run(step, 'index', ['update', '--error-on=any'] if self._knows_error_on else ['update'], self.root)
        stamp.touch()

    @functools.cached_property
    def _knows_error_on(self) -> bool:
        """Tell whether this apt can be told to fail when an index cannot be read (apt 2.1 and newer)."""
        version = re.search(r'apt (\d+)\.(\d+)', output_of(['apt-get', '--version']))
        return bool(version) and (int(version[1]), int(version[2])) >= (2, 1)

    def _signed_by(self, source: apt_sources.Source) -> str:
        signed_by = source.signed_by
        if 'BEGIN PGP' in signed_by:
            key = self.root / 'archive-key.asc'
            key.write_text('\n'.join('' if line == '.' else line for line in signed_by.splitlines()) + '\n')
            signed_by = str(key)
        elif not signed_by and apt_sources.ARCHIVE_KEYRING.exists():
            signed_by = str(apt_sources.ARCHIVE_KEYRING)
        return f'[signed-by={signed_by}] ' if signed_by else ''

    def versions(self, packages: Sequence[str]) -> dict[str, list[str]]:
        """Return the versions on offer of each of ``packages``, the newest first."""
        _code, lines = stream(['apt-cache', '-c', self.configuration, 'madison', *packages], lambda line: None)
        found: dict[str, list[str]] = {package: [] for package in packages}
        for line in lines:
            columns = [column.strip() for column in line.split('|')]
            if len(columns) == 3 and columns[0] in found:
                found[columns[0]].append(columns[1])
        return found

    def may_offer(self, package: str) -> bool:
        """Tell whether the distribution may have ``package``, as far as the index that was read here knows."""
        return not (self.root / 'updated').exists() or bool(self.versions([package])[package])

    def download(self, step: Step, packages: Sequence[str]) -> list[Path]:
        """Fetch ``packages`` (``name`` or ``name=version``) and return the files."""
        target = self.root / 'packages'
        target.mkdir(exist_ok=True)
        self._run(step, 'download', ['download', *packages], target)
        files = [max(target.glob(f'{package.split("=")[0]}_*.deb'), key=os.path.getmtime) for package in packages]
        step.add(human_size(sum(file.stat().st_size for file in files)))
        return files

    def _run(self, step: Step, what: str, arguments: Sequence[str], directory: Path) -> None:
        def show(line: str) -> None:
            if match := PROGRESS.match(line):
                step.progress(f'{what} {float(match[1]):.0f} %')

        code, lines = stream(
            ['apt-get', '-c', self.configuration, '-o', 'APT::Status-Fd=1', '-o', 'quiet=1', *arguments], show,
            cwd=directory)
        if code:
            complaints = [line for line in lines if line.startswith(('E:', 'W:', 'Err'))]
            raise DevError(f'apt-get {arguments[0]} failed:\n{tail(complaints or lines)}')


def unpack(package: Path, target: Path, wanted: Callable[[str], bool], on_progress: Callable[[int], None]) -> None:
    """Unpack those files of a package that are ``wanted``, and tell how many there are so far."""
    with started(['dpkg-deb', '--fsys-tarfile', package], stdout=subprocess.PIPE) as source:
        with tarfile.open(fileobj=source.stdout, mode='r|') as archive:
            for count, member in enumerate(archive):
                name = os.path.normpath(member.name)
                if name.startswith(('..', '/')):
                    raise DevError(f'{package.name} contains the unexpected name {member.name}')
                if wanted(name):
                    _write_member(archive, member, target / name)
                if count % 500 == 0:
                    on_progress(count)
        source.stdout.read()
        if source.wait():
            raise DevError(f'{package.name} is damaged; run ./dev reset --all and try again.')


def _write_member(archive: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> None:
    if member.isdir():
        path.mkdir(parents=True, exist_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    if member.issym():
        path.symlink_to(member.linkname)
    elif member.isfile():
        with path.open('wb') as out:
            shutil.copyfileobj(archive.extractfile(member), out)


def ensure_system_package(package: str, purpose: str, present: Callable[[], object]) -> bool:
    """Make sure of a program of the distribution: install it where we may, otherwise name the command.

    What the distribution does not offer is asked for again only after a day.

    :return: whether it is there now.
    """
    if present():
        return True
    if not PrivateApt().may_offer(package):
        note(f'{package} is missing, and this distribution does not offer it; {purpose}.')
        return False
    if not (places.is_root() and shutil.which('apt-get')):
        sudo = '' if places.is_root() else 'sudo '
        note(f'{package} is missing; {purpose}. To install it: {sudo}apt-get install {package}')
        return False
    refused = places.cache() / f'not-offered-{package}'
    if refused.exists() and time.time() - refused.stat().st_mtime < DAY:
        note(f'{package} is missing and could not be installed; {purpose}.')
        return False
    with places.locked(places.cache() / 'system.lock', 'installing a package'), Step(f'installing {package}') as step:
        if not present() and not _install(package, step):
            refused.touch()
            step.add('not available here')
    if not present():
        note(f'{package} could not be installed; {purpose}.')
    return bool(present())


def _install(package: str, step: Step) -> bool:
    environment = os.environ | {'DEBIAN_FRONTEND': 'noninteractive'}
    for arguments in (['update'], ['install', '-y', '--no-install-recommends', package]):
        code, _lines = stream(
            ['apt-get', '-o', 'quiet=1', *arguments], lambda line: step.progress(line[:60]),
            log=places.logs() / f'apt-{arguments[0]}.log', env=environment, start_new_session=True)
        if code and arguments[0] == 'install':
            return False
    return True
