from odoo import fields, models
from odoo.exceptions import UserError


class CoopSettlement(models.Model):
    """Settlements and the vouchers that pay them."""
    _inherit = 'coop.settlement'

    payout_line_ids = fields.One2many(
        comodel_name='coop.payout.line', inverse_name='settlement_id', string="Payout Lines",
    )
    payout_count = fields.Integer(string="Payouts", compute='_compute_payout_count', compute_sudo=True)

    # === COMPUTE METHODS === #

    def _compute_payout_count(self):
        counts = dict(self.env['coop.payout.line']._read_group(
            [('settlement_id', 'in', self.ids)], ['settlement_id'], ['payout_id:count_distinct'],
        ))
        for settlement in self:
            settlement.payout_count = counts.get(settlement, 0)

    # === ACTIONS === #

    def action_pay_out(self):
        """Write a payout voucher for what is open on these settlements; nothing is posted yet.

        :raises UserError: when none of them is open, or they belong to several companies.
        """
        company = self.company_id or self.env.company
        if len(company) > 1:
            raise UserError(self.env._("Pay the settlements of one company at a time."))
        # sudo: officers and cashiers read no bills; only what is owed on them is looked for
        items = self.filtered(lambda settlement: settlement.state == 'posted').sudo().move_id.line_ids
        Payout = self.env['coop.payout']
        payables = items & Payout._get_open_payables(company, self.partner_id) if items else items
        if not payables:
            raise UserError(self.env._("Nothing is open on the chosen settlements: post them first, or all are paid."))
        return Payout._create_for(company, payables.sorted(lambda item: (item.date, item.id)))._get_records_action()

    def action_view_payouts(self):
        """Open the vouchers that pay the settlement."""
        self.ensure_one()
        return self.payout_line_ids.payout_id._get_records_action(name=self.env._("Payouts"))


class CoopSettlementRun(models.Model):
    """Paying everybody whom a run settled with."""
    _inherit = 'coop.settlement.run'

    payout_count = fields.Integer(string="Payouts", compute='_compute_payout_count', compute_sudo=True)

    # === COMPUTE METHODS === #

    def _compute_payout_count(self):
        for run in self:
            run.payout_count = len(run.settlement_ids.payout_line_ids.payout_id)

    # === ACTIONS === #

    def action_pay_out(self):
        """Write a payout voucher for what is open on the settlements of the run; nothing is posted yet.

        :raises UserError: when none of them is open.
        """
        self.ensure_one()
        action = self.settlement_ids.action_pay_out()
        self.env['coop.payout'].browse(action['res_id']).run_id = self
        return action

    def action_view_payouts(self):
        """Open the vouchers that pay settlements of the run."""
        self.ensure_one()
        return self.settlement_ids.payout_line_ids.payout_id._get_records_action(name=self.env._("Payouts"))
