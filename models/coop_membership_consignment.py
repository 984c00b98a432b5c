from odoo import fields, models


class CoopMembership(models.Model):
    """The member's goods in the warehouse, and what was settled of them."""
    _inherit = 'coop.membership'

    settlement_ids = fields.One2many(comodel_name='coop.settlement', inverse_name='membership_id', string="Settlements")
    settlement_count = fields.Integer(compute='_compute_consignment_counts', compute_sudo=True)
    consigned_product_count = fields.Integer(
        string="Goods", compute='_compute_consignment_counts', compute_sudo=True,
        help="Products of the member that lie in the warehouse.",
    )

    amount_carried_forward = fields.Monetary(
        string="Carried Forward", compute='_compute_amount_carried_forward', compute_sudo=True,
        help="What the last settlement run did not pay out; it is part of the next settlement. Negative when more was"
             " credited back than sold.",
    )

    # === COMPUTE METHODS === #

    def _compute_consignment_counts(self):
        settlements = dict(self.env['coop.settlement']._read_group(
            [('membership_id', 'in', self.ids)], ['membership_id'], ['__count'],
        ))
        products = {
            (owner, company): count for owner, company, count in self.env['stock.quant']._read_group(
                self._get_owned_stock_domain(), ['owner_id', 'company_id'], ['product_id:count_distinct'],
            )
        }
        for membership in self:
            membership.settlement_count = settlements.get(membership, 0)
            membership.consigned_product_count = products.get((membership.partner_id, membership.company_id), 0)

    def _compute_amount_carried_forward(self):
        for company, memberships in self.grouped('company_id').items():
            carried = self.env['coop.settlement.run.line']._get_carried(company, memberships.partner_id)
            for membership in memberships:
                membership.amount_carried_forward = carried.get(membership.partner_id, 0.0)

    # === ACTIONS === #

    def action_view_consigned_stock(self):
        """Open the member's goods in the warehouse."""
        return self.env['stock.quant']._coop_get_owner_action(self._get_owned_stock_domain())

    def action_view_settlements(self):
        """Open the member's settlements."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_settlement_action')
        return {
            **action, 'domain': [('membership_id', '=', self.id)], 'context': {'default_membership_id': self.id},
        }

    def action_view_carried_forward(self):
        """Open what settlement runs have carried forward for the member."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_settlement_run_line_action')
        return {
            **action, 'domain': [('membership_id', '=', self.id)], 'context': {'search_default_filter_carried': 1},
        }

    # === BUSINESS METHODS === #

    def _get_owned_stock_domain(self):
        # What is on its way between the company's places still is here; other companies' transits have no company.
        return [
            ('owner_id', 'in', self.partner_id.ids), ('company_id', 'in', self.company_id.ids),
            ('location_id.usage', 'in', ('internal', 'transit')), ('quantity', '!=', 0),
        ]
