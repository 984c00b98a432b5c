"""The parts of the dev command that read what others have written: apt sources, arguments, logs."""
import doctest
import os
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from devkit import apt_sources, console, odoo_source, places, processes, server, testing
from devkit.console import DevError

KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg'
DEB822 = f'''\
Types: deb
# a comment
URIs: mirror+file:///etc/apt/mirrors/debian.list
Suites: trixie trixie-updates trixie-backports
Components: main contrib
Signed-By: {KEYRING}

Types: deb
URIs: http://mirror.example/debian-security
Suites: trixie-security
Components: main
Signed-By: {KEYRING}

Types: deb
URIs: http://third.example/debian
Suites: trixie
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 abc
 -----END PGP PUBLIC KEY BLOCK-----
'''
HEAD = '2026-01-02 03:04:05,678 99'


def load_tests(_loader, tests, _pattern):
    for module in (apt_sources, console):
        tests.addTests(doctest.DocTestSuite(module))
    return tests


class TestAptSources(unittest.TestCase):

    def test_archive_is_told_from_security_and_third_parties(self):
        sources = list(apt_sources.parse_deb822(DEB822))
        self.assertEqual(len(sources), 3)
        archive = apt_sources.debian_archive(reversed(sources), 'trixie')
        self.assertEqual(archive.uri, 'mirror+file:///etc/apt/mirrors/debian.list')
        self.assertEqual(archive.main_suites('trixie'), ['trixie'])

    def test_inline_key_is_kept_whole(self):
        self.assertIn('BEGIN PGP', list(apt_sources.parse_deb822(DEB822))[2].signed_by)

    def test_disabled_stanza_and_other_lines_are_passed_over(self):
        self.assertFalse(list(apt_sources.parse_deb822(f'Enabled: no\n{DEB822.split(chr(10) * 2)[0]}')))
        self.assertFalse(list(apt_sources.parse_one_line('deb-src http://mirror.example sid main\n# deb x y z')))

    def test_archive_without_a_key_is_taken_before_a_third_party_with_one(self):
        text = 'deb [signed-by=/k/other.gpg] http://third.example bookworm main\ndeb http://a.example bookworm main'
        archive = apt_sources.debian_archive(apt_sources.parse_one_line(text), 'bookworm')
        self.assertEqual(archive.uri, 'http://a.example')

    def test_no_archive_on_another_distribution(self):
        ubuntu = 'deb http://a.example/ubuntu noble main universe'
        self.assertIsNone(apt_sources.debian_archive(apt_sources.parse_one_line(ubuntu), 'bookworm'))


class TestArguments(unittest.TestCase):

    def setUp(self):
        link = mock.patch.object(places, 'addons_link', return_value=Path('/link'))
        self.addCleanup(link.stop)
        link.start()

    def test_paths_are_mapped_to_the_link_and_options_kept(self):
        own = Path(__file__).resolve().relative_to(places.CHECKOUT)
        for spelling in (str(own), f'{places.ADDON}/{own}', str(places.CHECKOUT / own)):
            options, selected = testing.split_arguments(['-x', '-k', 'devkit', f'{spelling}::TestX::test_y'])
            self.assertEqual(options, ['-x', '-k', 'devkit'])
            self.assertEqual(selected, [f'/link/{own}::TestX::test_y'])

    def test_workers_are_left_to_the_user_who_names_them(self):
        self.assertEqual(testing._workers(['-x']), ['-n', testing.WORKERS, '--dist', 'loadscope'])
        for given in (['-n', '4'], ['-n0'], ['--numprocesses=3'], ['--pdb'], ['-p', 'no:xdist'], ['-s']):
            self.assertEqual(testing._workers(given), [], given)


class TestServer(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        state = mock.patch.object(places, 'state', return_value=Path(folder.name))
        self.addCleanup(state.stop)
        state.start()
        self.kit = mock.Mock(python=Path('/python'), configuration=Path('/odoo.conf'))

    def test_one_process_is_started_as_a_module(self):
        server._command(self.kit, 8069, 0, 'cooperative')
        self.kit.command.assert_called_once_with('--http-port', '8069', database='cooperative')

    def test_several_workers_are_started_by_a_program_that_can_be_started_again(self):
        command = server._command(self.kit, 8069, 2, 'cooperative')
        self.assertEqual(Path(command[1]).read_text(), server.MAIN)
        options = dict(zip(command[2::2], command[3::2], strict=True))
        self.assertTrue(options.pop('--gevent-port').isdigit())
        self.assertEqual(options, {
            '--http-port': '8069', '--workers': '2', '-c': '/odoo.conf', '-d': 'cooperative',
        })

    def test_wrong_number_of_workers_is_refused(self):
        for workers in (-1, server.MOST_WORKERS + 1):
            with self.assertRaisesRegex(DevError, '--workers takes a number from 0 to'):
                server.check(0, workers)


class TestOdooLog(unittest.TestCase):

    def read(self, *lines):
        log = testing.OdooLog()
        with mock.patch.object(testing, '_without_paths', side_effect=lambda text: text.replace('/cache/', '/')):
            for line in lines:
                log.read(line)
        return log

    def test_results_are_counted(self):
        log = self.read(f'{HEAD} ERROR db odoo.tests.result: 1 failed, 2 error(s) of 30 tests when loading database')
        self.assertEqual((log.failed, log.total), (3, 30))

    def test_warning_counts_only_when_it_is_ours(self):
        log = self.read(
            f'{HEAD} WARNING db odoo.http: somebody else', f'{HEAD} INFO db odoo.addons.producer_cooperative: fine',
            f'{HEAD} WARNING db py.warnings: deprecated', '  File "/x/producer_cooperative/models/a.py"',
            f'{HEAD} WARNING db odoo.fields: coop.pool has a field without a label')
        self.assertEqual(len(log.concerns), 2)
        self.assertIn('models/a.py', log.concerns[0])

    def test_every_error_counts_once_with_its_traceback(self):
        log = self.read(f'{HEAD} ERROR db odoo.sql_db: bad query', 'Traceback', 'Oops', f'{HEAD} INFO db odoo: on')
        self.assertEqual(log.concerns, [f'{HEAD} ERROR db odoo.sql_db: bad query\nTraceback\nOops'])


class TestBuilding(unittest.TestCase):

    def test_interrupted_build_leaves_no_result_and_the_next_starts_over(self):
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / 'target'
            with self.assertRaises(KeyboardInterrupt), places.built(target) as building:
                (building / 'half').touch()
                raise KeyboardInterrupt
            self.assertFalse(target.exists())
            with places.built(target) as building:
                (building / 'whole').touch()
            self.assertEqual(os.listdir(target), ['whole'])

    def test_only_wanted_languages_are_unpacked(self):
        packages = 'usr/lib/python3/dist-packages'
        self.assertTrue(odoo_source._is_wanted(f'{packages}/odoo/addons/sale/i18n/id.po'))
        self.assertTrue(odoo_source._is_wanted(f'{packages}/odoo/addons/sale/models/sale_order.py'))
        self.assertFalse(odoo_source._is_wanted(f'{packages}/odoo/addons/sale/i18n/fr.po'))
        self.assertFalse(odoo_source._is_wanted(f'{packages}/addons/sale/models/sale_order.py'))

    def test_failing_program_is_an_error_with_its_last_words(self):
        with self.assertRaisesRegex(console.DevError, 'last words'):
            processes.output_of(['sh', '-c', 'echo last words; exit 3'])
        code, lines = processes.stream(['sh', '-c', 'cat; exit 4'], lambda line: None, stdin='spoken\n')
        self.assertEqual((code, lines), (4, ['spoken']))


if __name__ == '__main__':
    unittest.main()
