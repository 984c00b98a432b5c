"""Reading the system's own apt sources: which mirror of Debian's archive it uses, and which key signs it."""
from __future__ import annotations

import glob
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ARCHIVE_KEYRING = Path('/usr/share/keyrings/debian-archive-keyring.gpg')
ROLLING = ('sid', 'unstable', 'testing')
NAMED = ('stable', 'oldstable', *ROLLING)
ONE_LINE = re.compile(r'^deb\s+(?:\[(?P<options>[^]]*)\]\s*)?(?P<uri>\S+)\s+(?P<suite>\S+)\s+(?P<components>.+)$')


@dataclass(frozen=True)
class Source:
    """One archive as the system's administrator named it."""

    uri: str
    suites: tuple[str, ...]
    components: tuple[str, ...]
    signed_by: str = ''  # a path, a fingerprint or a whole armoured key, as apt allows

    @property
    def is_signed_by_debian(self) -> bool:
        return 'debian-archive' in self.signed_by

    def main_suites(self, codename: str) -> list[str]:
        """Return those suites that are a whole distribution: no updates, no security, no backports."""
        return [suite for suite in self.suites if suite in (codename, *NAMED)]


def parse_one_line(text: str) -> Iterator[Source]:
    """Read the format of ``sources.list``.

    >>> list(parse_one_line('deb [arch=amd64 signed-by=/k.gpg] http://mirror/debian trixie main # ours'))
    [Source(uri='http://mirror/debian', suites=('trixie',), components=('main',), signed_by='/k.gpg')]
    """
    for line in text.splitlines():
        if match := ONE_LINE.match(line.split('#')[0].strip()):
            options = dict(
                option.split('=', 1) for option in (match['options'] or '').split() if '=' in option)
            yield Source(
                match['uri'], (match['suite'],), tuple(match['components'].split()), options.get('signed-by', ''))


def parse_deb822(text: str) -> Iterator[Source]:
    """Read the format of ``*.sources``.

    >>> list(parse_deb822('Types: deb\\nURIs: http://mirror/debian\\nSuites: trixie trixie-updates\\nComponents: main'))
    [Source(uri='http://mirror/debian', suites=('trixie', 'trixie-updates'), components=('main',), signed_by='')]
    """
    lines = [line for line in text.splitlines() if not line.startswith('#')]
    for stanza in re.split(r'\n\s*\n', '\n'.join(lines)):
        fields: dict[str, str] = {}
        key = ''
        for line in stanza.splitlines():
            if line[:1] in ' \t':
                fields[key] = f'{fields.get(key, "")}\n{line.strip()}'
            elif ':' in line:
                key, value = line.split(':', 1)
                key = key.strip().lower()
                fields[key] = value.strip()
        if 'deb' not in fields.get('types', '').split() or fields.get('enabled', 'yes').lower() in ('no', 'false'):
            continue
        for uri in fields.get('uris', '').split():
            yield Source(
                uri, tuple(fields.get('suites', '').split()), tuple(fields.get('components', '').split()),
                fields.get('signed-by', '').strip())


def system_sources(root: Path = Path('/etc/apt')) -> list[Source]:
    """Return all sources that the system's apt would use."""
    found: list[Source] = []
    for name in [str(root / 'sources.list'), *sorted(glob.glob(str(root / 'sources.list.d' / '*')))]:
        parse = parse_deb822 if name.endswith('.sources') else parse_one_line if name.endswith('.list') else None
        if parse and Path(name).is_file():
            found += parse(Path(name).read_text(errors='replace'))
    return found


def debian_archive(sources: Iterable[Source], codename: str) -> Source | None:
    """Return the source that is Debian's own archive, with the suites of ``codename`` that belong to it.

    A third party may use Debian's suite names for its own repository, so one signed with Debian's keyring comes
    first, then one that names no key (apt then knows Debian's), then one whose address speaks of Debian.
    """
    candidates = [
        source for source in sources
        if 'main' in source.components and source.main_suites(codename) and not source.uri.startswith('cdrom:')
    ]
    candidates.sort(key=lambda source: (
        not source.is_signed_by_debian, bool(source.signed_by), 'debian' not in source.uri, 'security' in source.uri))
    return candidates[0] if candidates else None


def os_release() -> dict[str, str]:
    """Return what the system says about itself (``ID``, ``VERSION_CODENAME``, …)."""
    path = Path('/etc/os-release')
    if not path.is_file():
        return {}
    pairs = (line.split('=', 1) for line in path.read_text().splitlines() if '=' in line)
    return {key: value.strip('"\'') for key, value in pairs}
