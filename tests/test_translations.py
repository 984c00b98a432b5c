import polib

from odoo.tests import TransactionCase, tagged
from odoo.tools.misc import file_path
from odoo.tools.translate import TranslationModuleReader


@tagged('post_install', '-at_install')
class TestTranslations(TransactionCase):

    def _read(self, filename):
        """Return ``{source: translation}`` of a translation file of the addon."""
        entries = polib.pofile(file_path(f'producer_cooperative/i18n/{filename}'))
        return {entry.msgid: entry.msgstr for entry in entries}

    def _sources(self):
        """Return every text of the addon that a user may see."""
        reader = TranslationModuleReader(self.env.cr, modules=['producer_cooperative'])
        return {row[4] for row in reader}

    def test_indonesian_is_complete(self):
        indonesian = self._read('id.po')
        missing = {source for source in self._sources() if not indonesian.get(source)}
        self.assertFalse(missing, f"{len(missing)} texts are not translated")

    def test_template_lists_every_text(self):
        template = self._read('producer_cooperative.pot')
        self.assertFalse(self._sources() - template.keys())

    def test_placeholders_survive_the_translation(self):
        for source, translation in self._read('id.po').items():
            if '%(' in source:
                names = {part.split(')')[0] for part in source.split('%(')[1:]}
                translated = {part.split(')')[0] for part in translation.split('%(')[1:]}
                self.assertEqual(translated, names, source)
