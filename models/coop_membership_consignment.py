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

    # === BUSINESS METHODS === #

    def _get_owned_stock_domain(self):
        return [
            ('owner_id', 'in', self.partner_id.ids), ('company_id', 'in', self.company_id.ids),
            ('location_id.usage', '=', 'internal'), ('quantity', '!=', 0),
        ]
