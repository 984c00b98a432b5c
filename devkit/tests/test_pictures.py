"""The pictures: that the list can be photographed, and that what is shown is what was photographed."""
import ast
import re
import struct
import unittest
from pathlib import Path
from unittest import mock

from devkit import photographer, pictures, places, server
from devkit.console import DevError

SHOTS = (*pictures.SHOTS, *pictures.PRACTICE_SHOTS)
TEXTS = (places.CHECKOUT / 'README.md', *sorted((places.CHECKOUT / 'docs').glob('*.md')))
APPS_PAGE = places.CHECKOUT / 'static' / 'description' / 'index.html'
SHOT = {'name': 'round', 'login': 'ketua', 'language': 'en_US', 'size': (10, 10, 1), 'address': '/', 'steps': []}
PLACE = re.compile(r'\{(\w+)\}')


def size_of_png(path: Path) -> tuple[int, int]:
    """Return width and height, which stand in the first block of every PNG."""
    return struct.unpack('>II', path.read_bytes()[16:24])


def pictures_in(text: Path) -> list[Path]:
    found = re.findall(r'(?:\]\(|src=")([^")]+\.png)', text.read_text(encoding='utf-8'))
    return [(text.parent / name).resolve() for name in found]


class TestList(unittest.TestCase):

    def test_every_name_stands_once(self):
        self.assertEqual(len({shot.name for shot in SHOTS}), len(SHOTS))

    def test_every_login_is_one_of_the_demo_cooperative(self):
        people = ast.parse((places.CHECKOUT / 'demo' / 'people.py').read_text(encoding='utf-8'))
        [logins] = [
            node.value for node in people.body
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == 'LOGINS']
        self.assertLessEqual({shot.login for shot in SHOTS}, {login.elts[1].value for login in logins.elts})

    def test_every_number_that_is_asked_for_is_found_by_the_script(self):
        texts = [shot.address for shot in SHOTS]
        texts += [step[-1] for shot in SHOTS for step in shot.steps if step[0] == 'type']
        asked = {name for text in texts for name in PLACE.findall(text)}
        self.assertTrue(asked)
        for name in asked:
            self.assertIn(f"'{name}': ", pictures.PREPARE_SCRIPT)

    def test_numbers_go_into_addresses_and_into_what_is_typed_and_nowhere_else(self):
        shot = pictures.Shot('x', 'ketua', '/a/{one}', steps=(('type', 'i[b={c}]', '{two}'), ('press', 'Enter')))
        job = pictures.prepare_job('http://h', 'base', [shot], {'one': 7, 'two': '00023'})
        [told] = job['shots']
        self.assertEqual(told['address'], '/a/7')
        self.assertEqual(told['steps'], [('type', 'i[b={c}]', '00023'), ('press', 'Enter')])
        photographer.Job(**job)


class TestPictures(unittest.TestCase):

    def test_folder_holds_what_is_on_the_list_in_its_size(self):
        self.assertEqual({path.name for path in pictures.FOLDER.iterdir()}, {f'{shot.name}.png' for shot in SHOTS})
        for shot in SHOTS:
            width, height, scale = shot.size
            with self.subTest(shot.name):
                path = pictures.FOLDER / f'{shot.name}.png'
                self.assertEqual(size_of_png(path), (width * scale, height * scale))
                self.assertLessEqual(path.stat().st_size, photographer.MOST_BYTES)
        self.assertLessEqual(places.size_of(pictures.FOLDER), pictures.MOST_BYTES)

    def test_every_picture_is_shown_in_a_text_and_every_text_shows_pictures_that_are_there(self):
        shown = {path for text in (*TEXTS, APPS_PAGE) for path in pictures_in(text)}
        self.assertFalse([path for path in shown if not path.exists()])
        self.assertFalse({shot.name for shot in SHOTS} - {path.stem for path in shown})


class TestTaking(unittest.TestCase):

    def test_without_a_browser_it_says_what_is_missing_and_builds_nothing(self):
        with mock.patch.object(pictures, 'ensure_system_package', return_value=False), \
                mock.patch.object(pictures, 'Databases') as databases, \
                self.assertRaisesRegex(DevError, 'No picture was taken: there is no Chromium'):
            pictures.run(mock.Mock())
        databases.assert_not_called()

    def test_what_goes_wrong_is_said_with_the_name_of_the_picture(self):
        browser = mock.Mock()
        browser.wait_for.side_effect = photographer.Failed('the page did not come')
        with mock.patch.object(photographer, 'Session'), \
                self.assertRaisesRegex(photographer.Failed, 'round: the page did not come'):
            photographer.Photographer(mock.Mock(address='http://h'), browser).take(SHOT)

    def test_error_dialog_is_no_picture(self):
        browser = mock.Mock()
        browser.value_of.return_value = 'Access Error'
        browser.call.return_value = {'data': 'the same each time'}
        with mock.patch.object(photographer, 'Session'), mock.patch.object(photographer.time, 'sleep'), \
                self.assertRaisesRegex(photographer.Failed, 'round: the page says: Access Error'):
            photographer.Photographer(mock.Mock(address='http://h'), browser).take(SHOT)

    def test_page_that_moves_on_and_on_is_no_picture(self):
        browser = mock.Mock()
        browser.call.side_effect = [{'data': str(number)} for number in range(photographer.MOST_TRIES)]
        with mock.patch.object(photographer.time, 'sleep'), \
                self.assertRaisesRegex(photographer.Failed, 'does not come to rest'):
            photographer.Photographer(mock.Mock(), browser)._look()

    def test_server_ends_with_the_block_that_uses_it(self):
        kit = mock.Mock(environment=None)
        kit.command.return_value = ['sleep', '60']
        with mock.patch.object(server, 'Log'), mock.patch.object(server, '_wait_until_it_answers'), \
                server.serving(kit, 8069, 0, 'cooperative') as (process, _log):
            self.assertIsNone(process.poll())
        self.assertIsNotNone(process.poll())


if __name__ == '__main__':
    unittest.main()
