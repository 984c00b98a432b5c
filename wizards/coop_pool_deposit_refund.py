from odoo import api, fields, models
from odoo.exceptions import UserError


class CoopPoolDepositRefund(models.TransientModel):
    """Asks how what is left of deposits is paid back."""
    _name = 'coop.pool.deposit.refund'
    _inherit = ['coop.once.mixin']
    _description = "Pay Back Deposits"

    deposit_ids = fields.Many2many(comodel_name='coop.pool.deposit', string="Deposits", required=True, readonly=True)
    company_id = fields.Many2one(comodel_name='res.company', compute='_compute_company_id')
    currency_id = fields.Many2one(related='company_id.currency_id')
    amount_left = fields.Monetary(string="To Pay Back", compute='_compute_company_id')
    method = fields.Selection(
        selection=[('cash', "Cash or Bank"), ('savings', "Voluntary Savings")], required=True, default='cash',
    )
    date = fields.Date(required=True, default=fields.Date.context_today)
    journal_id = fields.Many2one(
        comodel_name='account.journal', string="Cash or Bank", compute='_compute_journal_id', store=True,
        readonly=False, domain="[('type', 'in', ('cash', 'bank')), ('company_id', '=', company_id)]",
    )
    savings_type_id = fields.Many2one(
        comodel_name='coop.savings.type', string="Savings",
        domain="[('kind', '=', 'voluntary'), ('company_id', '=', company_id)]",
    )

    # === COMPUTE METHODS === #

    @api.depends('deposit_ids')
    def _compute_company_id(self):
        for wizard in self:
            wizard.company_id = wizard.deposit_ids.company_id[:1] or self.env.company
            wizard.amount_left = sum(wizard.deposit_ids.mapped('amount_left'))

    @api.depends('deposit_ids')
    def _compute_journal_id(self):
        for wizard in self:
            wizard.journal_id = wizard.deposit_ids.journal_id[:1]

    # === ACTIONS === #

    def action_confirm(self):
        """Pay back what is left of each deposit.

        :raises UserError: as for ``coop.pool.deposit._refund``, and when the same window is used twice.
        """
        self.ensure_one()
        if self.method == 'savings' and not self.savings_type_id:
            raise UserError(self.env._("Choose the voluntary savings."))
        self._confirm_once(self.deposit_ids)
        self.deposit_ids._refund(
            self.date, journal=self.journal_id if self.method == 'cash' else None,
            savings_type=self.savings_type_id if self.method == 'savings' else None,
        )
        return {'type': 'ir.actions.act_window_close'}
