from odoo import api, fields, models

from odoo.addons.producer_cooperative.models.coop_shu_rule import PERCENT_DIGITS


class CoopShuAllocationShare(models.Model):
    """One share of a period's surplus as it was computed: a line of the meeting's table."""
    _name = 'coop.shu.allocation.share'
    _description = "Share of the Surplus"
    _order = 'allocation_id, sequence, id'
    _check_company_auto = True

    allocation_id = fields.Many2one(
        comodel_name='coop.shu.allocation', required=True, index=True, ondelete='cascade', readonly=True,
    )
    company_id = fields.Many2one(related='allocation_id.company_id', store=True, precompute=True)
    currency_id = fields.Many2one(related='allocation_id.currency_id')
    rule_share_id = fields.Many2one(
        comodel_name='coop.shu.rule.share', string="Share of the Rule", readonly=True, ondelete='set null',
        index='btree_not_null', check_company=True,
    )
    sequence = fields.Integer(readonly=True)
    name = fields.Char(string="Share", required=True, readonly=True)
    kind = fields.Selection(
        selection=[
            ('reserve', "Reserve"), ('fund', "Fund"), ('capital', "Members by Capital"),
            ('patronage', "Members by Patronage"), ('loss', "Loss Carried Forward"),
            ('loss_cover', "Earlier Losses Covered"),
        ],
        required=True, readonly=True,
    )
    base = fields.Selection(selection='_selection_base', string="Patronage By", readonly=True)
    percent = fields.Float(readonly=True, digits=PERCENT_DIGITS)
    amount = fields.Monetary(
        string="By Percentage", readonly=True, help="The amount that members share, or the fund's part.",
    )
    rounding_amount = fields.Monetary(
        string="Rounding", readonly=True,
        help="What could not be shared out in whole units goes to the reserve, or where the rule says.",
    )
    others_amount = fields.Monetary(
        string="From Business with Others", readonly=True,
        help="What was earned with others, or what falls on others because a share is divided by the whole"
             " cooperative's business, goes to the reserve.",
    )
    forgone_amount = fields.Monetary(
        string="Below the Smallest Payout", readonly=True,
        help="Parts of members whose SHU is below the smallest payout, where the rule gives them to the reserve.",
    )
    amount_booked = fields.Monetary(string="Amount", compute='_compute_amount_booked', store=True)
    denominator = fields.Float(
        string="Divided By", readonly=True, digits=(20, 2),
        help="Capital (times days, if averaged) or business of all who share in it.",
    )
    account_id = fields.Many2one(
        comodel_name='account.account', readonly=True, check_company=True, ondelete='restrict', index='btree_not_null',
    )

    # === COMPUTE METHODS === #

    @api.depends('amount', 'rounding_amount', 'others_amount', 'forgone_amount')
    def _compute_amount_booked(self):
        for share in self:
            share.amount_booked = (
                share.amount + share.rounding_amount + share.others_amount + share.forgone_amount
            )

    # === SELECTION METHODS === #

    @api.model
    def _selection_base(self):
        return self.env['coop.shu.rule.share']._selection_base()

    # === BUSINESS METHODS === #

    def _is_for_members(self):
        self.ensure_one()
        return self.kind in ('capital', 'patronage')
