from odoo import fields, models


class CoopSettlementDeduction(models.Model):
    _inherit = 'coop.settlement.deduction'

    kind = fields.Selection(selection_add=[('levy', "Levy"), ('savings',)], ondelete={'levy': 'cascade'})
    levy_id = fields.Many2one(
        comodel_name='coop.consignment.levy', readonly=True, check_company=True, ondelete='restrict',
        index='btree_not_null',
    )

    # === BUSINESS METHODS === #

    def _get_label(self):
        return self.levy_id._get_label() if self.kind == 'levy' else super()._get_label()

    def _as_values(self):
        values = super()._as_values()
        return {**values, 'levy_id': self.levy_id.id} if self.kind == 'levy' else values


class CoopSettlement(models.Model):
    _inherit = 'coop.settlement'

    # === BUSINESS METHODS === #

    def _get_deduction_account(self, deduction):
        """Credit a levy to the account that the terms name."""
        if deduction.kind == 'levy':
            return deduction.levy_id.account_id
        return super()._get_deduction_account(deduction)
