from odoo import api, models


class AccountMove(models.Model):
    """Invoices of consigned goods, and the bills of settlements."""
    _inherit = 'account.move'

    def _coop_get_term_account(self):
        if self.coop_source_model == 'coop.settlement' and self.is_purchase_document():
            return self.company_id._get_coop_account('proceeds')
        return super()._coop_get_term_account()

    @api.model
    def _coop_name_owners(self):
        """Name settlements and accruals as the owners of entries that were posted before entries named any."""
        for model, names in (
            ('coop.settlement', (
                'move_id', 'set_off_move_id', 'reversal_move_id', 'set_off_reversal_move_id', 'commission_move_id',
                'commission_reversal_move_id',
            )),
            ('coop.commission.accrual', ('move_id', 'reversal_move_id')),
        ):
            for name in names:
                documents = self.env[model].search([
                    (name, '!=', False), (f'{name}.coop_source_id', 'in', [0, False]),
                ])
                for document in documents:
                    document[name].write({'coop_source_model': model, 'coop_source_id': document.id})

    def _reverse_moves(self, default_values_list=None, cancel=False):
        # A credit note of a settlement's bill would undo it as well, bit by bit.
        self.filtered(lambda move: move.coop_source_model == 'coop.settlement')._check_not_owned()
        return super()._reverse_moves(default_values_list=default_values_list, cancel=cancel)
