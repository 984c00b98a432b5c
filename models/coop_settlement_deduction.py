from odoo import fields, models


class CoopSettlementDeduction(models.Model):
    """What is kept back from a member's proceeds: savings withheld, and debts set off."""
    _name = 'coop.settlement.deduction'
    _inherit = ['coop.kept.line.mixin']
    _description = "Settlement Deduction"
    _order = 'settlement_id, kind, id'
    _check_company_auto = True

    settlement_id = fields.Many2one(comodel_name='coop.settlement', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='settlement_id.company_id', store=True)
    currency_id = fields.Many2one(related='settlement_id.currency_id')
    partner_id = fields.Many2one(related='settlement_id.partner_id', store=True, index=True)
    kind = fields.Selection(
        selection=[('savings', "Savings Withheld"), ('set_off', "Set Off")], required=True, readonly=True,
    )
    savings_type_id = fields.Many2one(
        comodel_name='coop.savings.type', readonly=True, check_company=True, ondelete='restrict',
        index='btree_not_null',
    )
    debt_line_id = fields.Many2one(
        comodel_name='account.move.line', string="Debt", readonly=True, check_company=True, ondelete='restrict',
        index='btree_not_null',
    )
    name = fields.Char(string="Description", required=True, readonly=True)
    amount = fields.Monetary(readonly=True)

    # === BUSINESS METHODS === #

    def _check_may_change(self):
        self.settlement_id._check_is_open()

    def _get_label(self):
        """Return what is kept back in the reader's language; the stored name is in that of whoever computed."""
        self.ensure_one()
        return self.savings_type_id.name or self.name

    def _as_values(self):
        """Return the deduction as the computation would create it, to see whether it still holds.

        The name is left out: it is a text in the language of whoever computed.
        """
        self.ensure_one()
        return {
            'kind': self.kind,
            'savings_type_id': self.savings_type_id.id,
            'debt_line_id': self.debt_line_id.id,
            'amount': self.amount,
        }
