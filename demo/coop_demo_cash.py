from odoo import models
from odoo.fields import Command

from odoo.addons.producer_cooperative.tools.cash import count_notes

#: What is missing in the drawer when it is counted.
MISSING = 2_000


class CoopDemo(models.AbstractModel):
    """The drawer is counted: a little is missing, and somebody still has to approve the difference."""
    _inherit = 'coop.demo'

    # === BUSINESS METHODS - STEPS === #

    def _load_present(self, today):
        super()._load_present(today)
        drawer = self._get_journal('cash')
        notes, _rest = count_notes(max(int(drawer._coop_get_cash_balance(today)) - MISSING, 0))
        count = self._as('kasir').env['coop.cash.count'].create({
            'journal_id': drawer.id, 'date': today,
            'note_ids': [Command.create({'value': note, 'quantity': number}) for note, number in notes.items()],
        })
        count.action_sign()
        count.explanation = self._get_explanation()
        count.with_env(self._as('pengawas').env).action_witness()

    def _get_explanation(self):
        return "Kembalian Rp 2.000 diberikan dua kali" if self._get_lang() == 'id_ID' else (
            "Change of Rp 2,000 was given twice"
        )
