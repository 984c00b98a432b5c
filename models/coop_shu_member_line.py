from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.producer_cooperative.models.coop_membership_payout import PAYOUT_METHODS


class CoopShuMemberLine(models.Model):
    """What one member gets of a period's surplus, with everything needed to work it out by hand."""
    _name = 'coop.shu.member.line'
    _description = "Member's SHU"
    _order = 'date_to DESC, allocation_id, id'
    _rec_names_search = ['membership_id']
    _check_company_auto = True

    allocation_id = fields.Many2one(
        comodel_name='coop.shu.allocation', string="SHU Allocation", required=True, index=True, ondelete='cascade',
        readonly=True, check_company=True,
    )
    company_id = fields.Many2one(related='allocation_id.company_id', store=True, precompute=True)
    currency_id = fields.Many2one(related='allocation_id.currency_id')
    # Not stored: every step of the allocation would rewrite the lines of all its members.
    state = fields.Selection(related='allocation_id.state')
    date_from = fields.Date(related='allocation_id.date_from')
    date_to = fields.Date(related='allocation_id.date_to', string="Period", store=True, precompute=True)
    capital_days = fields.Boolean(related='allocation_id.capital_days')
    membership_id = fields.Many2one(
        comodel_name='coop.membership', string="Member", required=True, index=True, ondelete='restrict', readonly=True,
        check_company=True,
    )
    partner_id = fields.Many2one(
        related='membership_id.partner_id', string="Partner", store=True, precompute=True, index=True,
    )
    part_ids = fields.One2many(
        comodel_name='coop.shu.member.part', inverse_name='line_id', string="Parts", readonly=True,
    )
    capital_amount = fields.Monetary(string="By Capital", compute='_compute_amounts', store=True)
    patronage_amount = fields.Monetary(string="By Patronage", compute='_compute_amounts', store=True)
    amount_forgone = fields.Monetary(
        string="Below the Smallest Payout", readonly=True,
        help="Less than the rule's smallest payout: it goes to the reserve.",
    )
    amount_total = fields.Monetary(string="SHU", compute='_compute_amounts', store=True)
    payout_method = fields.Selection(
        selection=PAYOUT_METHODS, string="Paid As", required=True, default='cash', help="What the member chose.",
    )
    payable_line_id = fields.Many2one(
        comodel_name='account.move.line', string="Owed On", readonly=True, copy=False, index='btree_not_null',
        ondelete='restrict',
    )
    meeting_move_id = fields.Many2one(
        comodel_name='account.move', string="Booked In", readonly=True, copy=False, index='btree_not_null',
        ondelete='restrict',
    )
    amount_residual = fields.Monetary(
        string="Not Paid Yet", compute='_compute_amount_residual', store=True,
        help="What is still open on the journal item that owes the member this SHU, however the rest was paid.",
    )
    amount_paid = fields.Monetary(string="Paid", compute='_compute_amount_residual', store=True)

    _member_uniq = models.Constraint('UNIQUE (allocation_id, membership_id)', "The member has a part already.")
    _unbooked_idx = models.Index("(allocation_id, id) WHERE meeting_move_id IS NULL AND amount_total <> 0")
    _unpaid_idx = models.Index("(allocation_id) WHERE amount_residual <> 0")

    # === COMPUTE METHODS === #

    @api.depends('membership_id', 'allocation_id.name', 'allocation_id.date_to')
    def _compute_display_name(self):
        for line in self:
            # sudo: a member sees the period of the own part, not the cooperative's allocation
            line.display_name = f"{line.allocation_id.sudo().display_name}, {line.membership_id.display_name}"

    @api.depends('part_ids.amount', 'part_ids.kind', 'amount_forgone')
    def _compute_amounts(self):
        for line in self:
            capital = line.part_ids.filtered(lambda part: part.kind == 'capital')
            line.capital_amount = sum(capital.mapped('amount'))
            line.patronage_amount = sum((line.part_ids - capital).mapped('amount'))
            line.amount_total = line.capital_amount + line.patronage_amount - line.amount_forgone

    @api.depends('payable_line_id.amount_residual', 'amount_net')
    def _compute_amount_residual(self):
        for line in self:
            # An allocation that is being cancelled settles what is owed by reversals, which are no payments.
            booked = line.payable_line_id and line.state not in ('cancelling', 'cancelled')
            line.amount_residual = -line.payable_line_id.amount_residual if booked else 0.0
            line.amount_paid = line.amount_net - line.amount_residual if booked else 0.0

    # === CRUD METHODS === #

    def write(self, vals):
        if not self.env.su and vals.keys() - {'payout_method'}:
            raise AccessError(self.env._("A member's SHU is computed and cannot be entered."))
        return super().write(vals)

    # === ACTIONS === #

    def action_open_allocation(self):
        """Open the allocation that this part belongs to."""
        self.ensure_one()
        return self.allocation_id._get_records_action()
