from odoo import api, fields, models

from odoo.addons.producer_cooperative.models.coop_pool import MONEY_GROUPS


class CoopPool(models.Model):
    """What the page of a pool answers at a glance."""
    _inherit = 'coop.pool'

    amount_committed = fields.Monetary(
        string="Committed", compute='_compute_glance', groups=MONEY_GROUPS,
        help="What all members ask for, at the best vendor prices for the sums. Margin and shared costs are not in it.",
    )
    next_steps_saving = fields.Monetary(
        string="Next Steps Would Save", compute='_compute_glance', groups=MONEY_GROUPS,
        help="What everything that is asked for now would cost less if each product reached its next price step.",
    )
    short_line_count = fields.Integer(
        string="Products Below the Minimum", compute='_compute_short_line_count',
        help="Products that somebody asked for, and that no vendor would deliver yet.",
    )
    inactive_request_count = fields.Integer(
        string="Requests of Members Who Are Not Active", compute='_compute_inactive_request_count', compute_sudo=True,
    )

    # === COMPUTE METHODS === #

    @api.depends('line_ids.amount_committed', 'line_ids.next_step_saving')
    def _compute_glance(self):
        for pool in self:
            pool.amount_committed = sum(pool.line_ids.mapped('amount_committed'))
            pool.next_steps_saving = sum(pool.line_ids.mapped('next_step_saving'))

    @api.depends('line_ids.missing_to_minimum')
    def _compute_short_line_count(self):
        for pool in self:
            pool.short_line_count = len(pool.line_ids.filtered(
                lambda line: line.quantity_requested and line.uom_id.compare(line.missing_to_minimum, 0.0) > 0,
            ))

    @api.depends('request_ids.membership_id.state', 'request_ids.quantity')
    def _compute_inactive_request_count(self):
        # sudo (compute_sudo): only how many, also for warehouse staff
        counts = dict(self.env['coop.pool.request']._read_group(
            self._get_inactive_requests_domain(), ['pool_id'], ['__count'],
        ))
        for pool in self:
            pool.inactive_request_count = counts.get(pool._origin, 0)

    # === ACTIONS === #

    def action_view_requests(self):
        """Open the requests of these pools."""
        action = self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_pool_request_action')
        pool = self if len(self) == 1 else self.browse()
        return {**action, 'domain': [('pool_id', 'in', self.ids)], 'context': {
            'default_pool_id': pool.id, 'create': pool.state == 'open',
        }}

    def action_view_inactive_requests(self):
        """Open the requests of members who were suspended or have left since."""
        action = self.action_view_requests()
        return {**action, 'domain': self._get_inactive_requests_domain(), 'context': {'create': False}}

    def action_view_members(self):
        """Open who takes part in these pools, with drop point and warnings."""
        action = self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_pool_member_action')
        return {**action, 'domain': [('pool_id', 'in', self.ids)], 'context': {
            'default_pool_id': self.id if len(self) == 1 else False,
        }}

    # === BUSINESS METHODS === #

    def _get_inactive_requests_domain(self):
        return [
            ('pool_id', 'in', self.ids), ('membership_id.state', '!=', 'active'),
            '|', ('quantity', '>', 0), ('tolerance', '>', 0),
        ]
