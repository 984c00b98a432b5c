from odoo import fields, models


class AccountMove(models.Model):
    _inherit = 'account.move'

    coop_pool_id = fields.Many2one(
        comodel_name='coop.pool', string="Pooled Purchase", readonly=True, index='btree_not_null', check_company=True,
        ondelete='restrict', help="The pooled purchase whose goods are invoiced; credit notes keep it.",
    )

    # === BUSINESS METHODS === #

    def _coop_get_term_account(self):
        """Book what members owe for pooled goods on the account for it."""
        if self.coop_pool_id and self.is_sale_document(include_receipts=True):
            return self.company_id._get_coop_account('member_receivable')
        return super()._coop_get_term_account()

    def action_open_coop_pool(self):
        """Open the pooled purchase whose goods are invoiced."""
        self.ensure_one()
        return self.coop_pool_id._get_records_action()
