from odoo import api, fields, models

#: Who sees more of a member than number and state.
GLANCE_GROUPS = (
    'producer_cooperative.group_coop_officer,producer_cooperative.group_coop_cashier,'
    'producer_cooperative.group_coop_supervisor'
)


class ResPartner(models.Model):
    """What the cooperative knows of a member, on the partner's own page and on those of the contacts below.

    The amounts are those of the partner's membership in the active company. Nobody but the cooperative's own roles may
    read them, whatever the view shows.
    """
    _inherit = 'res.partner'

    coop_currency_id = fields.Many2one(
        related='coop_membership_id.currency_id', string="Cooperative Currency", groups=GLANCE_GROUPS,
    )
    coop_date_joined = fields.Date(
        related='coop_membership_id.date_joined', string="Member Since", groups=GLANCE_GROUPS,
    )
    coop_date_left = fields.Date(
        related='coop_membership_id.date_left', string="Membership Ended On", groups=GLANCE_GROUPS,
    )
    coop_savings_balance_ids = fields.One2many(
        related='coop_membership_id.savings_balance_ids', string="Savings by Type", groups=GLANCE_GROUPS,
    )
    coop_savings = fields.Monetary(
        related='coop_membership_id.savings_balance', string="Savings", currency_field='coop_currency_id',
        groups=GLANCE_GROUPS,
    )
    coop_arrears = fields.Monetary(
        related='coop_membership_id.arrears', string="Arrears", currency_field='coop_currency_id',
        groups=GLANCE_GROUPS,
    )
    coop_open_debt = fields.Monetary(
        related='coop_membership_id.open_debt', string="Open Debts", currency_field='coop_currency_id',
        groups=GLANCE_GROUPS,
    )
    coop_goods = fields.Char(
        related='coop_membership_id.consigned_goods', string="Goods in Stock", groups=GLANCE_GROUPS,
    )
    coop_goods_count = fields.Integer(
        related='coop_membership_id.consigned_product_count', string="Products in Stock", groups=GLANCE_GROUPS,
    )
    coop_settlement_count = fields.Integer(
        related='coop_membership_id.settlement_count', string="Settlements", groups=GLANCE_GROUPS,
    )
    coop_last_settlement_id = fields.Many2one(
        related='coop_membership_id.last_settlement_id', string="Last Settlement", groups=GLANCE_GROUPS,
    )
    coop_last_settlement_date = fields.Date(
        related='coop_membership_id.last_settlement_date', string="Settled On", groups=GLANCE_GROUPS,
    )
    coop_last_settlement_amount = fields.Monetary(
        related='coop_membership_id.last_settlement_amount', string="Proceeds", currency_field='coop_currency_id',
        groups=GLANCE_GROUPS,
    )
    coop_shu_total = fields.Monetary(
        related='coop_membership_id.shu_total', string="SHU", currency_field='coop_currency_id', groups=GLANCE_GROUPS,
    )
    coop_last_shu_line_id = fields.Many2one(
        related='coop_membership_id.last_shu_line_id', string="Last SHU", groups=GLANCE_GROUPS,
    )
    coop_last_shu_year = fields.Char(
        related='coop_membership_id.last_shu_year', string="SHU Year", groups=GLANCE_GROUPS,
    )
    coop_last_shu_amount = fields.Monetary(
        related='coop_membership_id.last_shu_amount', string="SHU of the Year", currency_field='coop_currency_id',
        groups=GLANCE_GROUPS,
    )
    coop_last_shu_residual = fields.Monetary(
        related='coop_membership_id.last_shu_residual', string="SHU Not Paid Yet", currency_field='coop_currency_id',
        groups=GLANCE_GROUPS,
    )
    coop_pool_request_count = fields.Integer(
        related='coop_membership_id.pool_request_count', string="Pool Requests", groups=GLANCE_GROUPS,
    )
    coop_open_pool_request_count = fields.Integer(
        related='coop_membership_id.open_pool_request_count', string="Open Pool Requests", groups=GLANCE_GROUPS,
    )
    coop_other_membership_ids = fields.Many2many(
        comodel_name='coop.membership', string="Other Memberships", compute='_compute_coop_other_membership_ids',
        groups=GLANCE_GROUPS,
        help="Memberships of other cooperatives that you work in, and earlier ones of this cooperative.",
    )

    # === COMPUTE METHODS === #

    @api.depends('coop_membership_id')
    @api.depends_context('uid', 'company', 'allowed_company_ids')
    def _compute_coop_other_membership_ids(self):
        by_partner = self.env['coop.membership'].search(
            [('partner_id', 'in', self.commercial_partner_id.ids)], order='company_id, id DESC',
        ).grouped('partner_id')
        for partner in self:
            memberships = by_partner.get(partner.commercial_partner_id._origin, self.env['coop.membership'])
            partner.coop_other_membership_ids = memberships - partner.coop_membership_id

    # === ACTIONS === #

    def action_view_coop_savings(self):
        """Open the movements on the member's savings accounts."""
        self.ensure_one()
        return self.coop_membership_id.action_view_savings()

    def action_view_coop_open_debts(self):
        """Open what the member has to pay."""
        self.ensure_one()
        return self.coop_membership_id.action_view_open_debts()

    def action_view_coop_goods(self):
        """Open the member's goods in the warehouse."""
        self.ensure_one()
        return self.coop_membership_id.action_view_consigned_stock()

    def action_view_coop_settlements(self):
        """Open the member's settlements."""
        self.ensure_one()
        return self.coop_membership_id.action_view_settlements()

    def action_view_coop_pool_requests(self):
        """Open what the member asked for in pooled purchases."""
        self.ensure_one()
        return self.coop_membership_id.action_view_pool_requests()
