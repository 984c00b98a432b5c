from odoo import api, fields, models

#: The figures that a treasurer has seen in the preview and that the settlement must come to.
FIGURES = (
    'amount_gross', 'amount_commission', 'amount_tax', 'amount_levies', 'amount_advance', 'amount_withheld',
    'amount_set_off', 'amount_payable',
)


class CoopSettlementRunLine(models.Model):
    """One member of a settlement run: what will be paid out, or why nothing is."""
    _name = 'coop.settlement.run.line'
    _description = "Settlement Run Line"
    _order = 'run_id, member_number, id'
    _check_company_auto = True

    run_id = fields.Many2one(comodel_name='coop.settlement.run', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='run_id.company_id', store=True)
    currency_id = fields.Many2one(related='run_id.currency_id')
    date = fields.Date(related='run_id.date', store=True)
    partner_id = fields.Many2one(
        comodel_name='res.partner', string="Owner", required=True, readonly=True, index=True, ondelete='restrict',
    )
    membership_id = fields.Many2one(
        comodel_name='coop.membership', string="Member", readonly=True, index='btree_not_null', check_company=True,
        ondelete='restrict',
    )
    member_number = fields.Char(string="Number", readonly=True)
    state = fields.Selection(
        selection=[
            ('to_settle', "To Settle"), ('carried', "Carried Forward"), ('blocked', "Not Possible"),
            ('settled', "Settled"), ('changed', "Changed Since"), ('failed', "Failed"),
        ],
        string="Result", required=True, readonly=True, index=True, default='to_settle',
    )
    amount_gross = fields.Monetary(string="Sales", readonly=True)
    amount_commission = fields.Monetary(string="Commission", readonly=True)
    amount_tax = fields.Monetary(string="Tax on the Commission", readonly=True)
    amount_levies = fields.Monetary(string="Levies", readonly=True)
    amount_advance = fields.Monetary(string="Advances Taken Back", readonly=True)
    amount_withheld = fields.Monetary(string="Savings Withheld", readonly=True)
    amount_set_off = fields.Monetary(string="Set Off", readonly=True)
    amount_kept_back = fields.Monetary(
        string="Kept Back", compute='_compute_outcome', store=True,
        help="Tax on the commission, levies, advances, savings and debts together.",
    )
    amount_payable = fields.Monetary(string="Result After Deductions", readonly=True)
    amount_payout = fields.Monetary(string="To Be Paid Out", compute='_compute_outcome', store=True)
    amount_carried = fields.Monetary(
        string="Carried Forward", compute='_compute_outcome', store=True,
        help="Stays open and is part of the next settlement; negative when more was credited back than sold.",
    )
    amount_carried_in = fields.Monetary(
        string="Of Which Carried Before", readonly=True, help="What the run before this one carried forward.",
    )
    reason = fields.Char(readonly=True, help="Why nothing is paid, or what went wrong.")
    settlement_id = fields.Many2one(
        comodel_name='coop.settlement', readonly=True, index='btree_not_null', check_company=True, ondelete='set null',
    )
    payment_state = fields.Selection(related='settlement_id.payment_state', string="Payment")

    _one_per_owner = models.Constraint('UNIQUE (run_id, partner_id)', "A run has one line per member.")
    _carried_idx = models.Index("(partner_id, company_id, date) WHERE state = 'carried'")
    _open_idx = models.Index("(run_id, id) WHERE state = 'to_settle'")

    # === COMPUTE METHODS === #

    @api.depends('state', 'settlement_id.state', 'amount_gross', 'amount_commission', 'amount_payable')
    def _compute_outcome(self):
        for line in self:
            line.amount_kept_back = line.currency_id.round(
                line.amount_gross - line.amount_commission - line.amount_payable,
            )
            stands = line.state in ('to_settle', 'settled') and line.settlement_id.state != 'cancelled'
            line.amount_payout = line.amount_payable if stands else 0.0
            line.amount_carried = line.amount_payable if line.state == 'carried' else 0.0

    # === ACTIONS === #

    def action_open_settlement(self):
        """Open the settlement that the run made for the member."""
        self.ensure_one()
        return self.settlement_id._get_records_action()

    # === BUSINESS METHODS === #

    def _has_figures_of(self, figures):
        """Whether these are the figures that the preview has shown."""
        self.ensure_one()
        return all(self.currency_id.compare_amounts(self[name], figures[name]) == 0 for name in FIGURES)
