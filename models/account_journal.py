from odoo import fields, models


class AccountJournal(models.Model):
    _inherit = 'account.journal'

    coop_cashier_ids = fields.Many2many(
        comodel_name='res.users', relation='coop_journal_cashier_rel', column1='journal_id', column2='user_id',
        string="Cashiers", domain="[('share', '=', False)]",
        help="Cashiers of the cooperative who may use this cash or bank journal in their vouchers.",
    )

    def _coop_has_entries(self):
        """Whether any journal entry, draft ones included, is in the journal."""
        self.ensure_one()
        return bool(self.env['account.move'].search_count([('journal_id', '=', self.id)], limit=1))
