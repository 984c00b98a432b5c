from odoo import api, fields, models

from odoo.addons.producer_cooperative.models.coop_pool import MONEY_GROUPS
from odoo.addons.producer_cooperative.tools.ordering import natural_key


class CoopMembership(models.Model):
    """The member's part in pooled purchases."""
    _inherit = 'coop.membership'

    drop_point_id = fields.Many2one(
        comodel_name='coop.drop.point', check_company=True, index='btree_not_null', ondelete='restrict', tracking=True,
        help="Where the member gets the goods of pooled purchases.",
    )
    pool_request_ids = fields.One2many(
        comodel_name='coop.pool.request', inverse_name='membership_id', string="Pool Requests",
    )
    pool_request_count = fields.Integer(compute='_compute_pool_request_count')
    pool_saving = fields.Monetary(
        string="Saved by Buying Together", compute='_compute_pool_saving', groups=MONEY_GROUPS,
        help="What the vendors' price lists ask for the member's quantities alone, less what the member was charged.",
    )
    pool_deposit_count = fields.Integer(compute='_compute_pool_saving', groups=MONEY_GROUPS)

    # === COMPUTE METHODS === #

    @api.depends('pool_request_ids')
    def _compute_pool_request_count(self):
        counts = dict(self.env['coop.pool.request']._read_group(
            [('membership_id', 'in', self._origin.ids)], ['membership_id'], ['__count'],
        ))
        for membership in self:
            membership.pool_request_count = counts.get(membership._origin, 0)

    @api.depends_context('uid')
    def _compute_pool_saving(self):
        groups = self.env['coop.pool.charge']._read_group(
            [('membership_id', 'in', self._origin.ids)], ['membership_id'], ['saving:sum'],
        )
        sums = dict(groups)
        deposits = dict(self.env['coop.pool.deposit']._read_group(
            [('membership_id', 'in', self._origin.ids), ('state', '!=', 'cancelled')], ['membership_id'], ['__count'],
        ))
        for membership in self:
            membership.pool_saving = sums.get(membership._origin, 0.0)
            membership.pool_deposit_count = deposits.get(membership._origin, 0)

    # === ACTIONS === #

    def action_view_pool_savings(self):
        """Open what pooled buying brought these members."""
        action = self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_pool_saving_report_action')
        return {**action, 'domain': [('membership_id', 'in', self.ids)], 'context': {}}

    def action_view_pool_deposits(self):
        """Open the deposits of these members."""
        action = self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_pool_deposit_action')
        return {**action, 'domain': [('membership_id', 'in', self.ids)], 'context': {'create': False}}

    def action_view_pool_requests(self):
        """Open what these members asked for in pooled purchases."""
        action = self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_pool_request_action')
        return {**action, 'domain': [('membership_id', 'in', self.ids)], 'context': {'create': False}}

    # === BUSINESS METHODS === #

    def _get_rank(self):
        """Return the key that decides between equal remainders: the lower member number comes first."""
        self.ensure_one()
        return natural_key(self.number), self.id
