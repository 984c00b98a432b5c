from odoo import fields, models

from odoo.addons.producer_cooperative.models.coop_membership import STAFF_GROUPS


class CoopMembership(models.Model):
    """From the member to the counter."""
    _inherit = 'coop.membership'

    counter_receipt_count = fields.Integer(
        string="Counter Receipts", compute='_compute_counter_receipt_count', groups=STAFF_GROUPS,
    )

    # === COMPUTE METHODS === #

    def _compute_counter_receipt_count(self):
        counts = dict(self.env['coop.counter.receipt']._read_group(
            [('membership_id', 'in', self.ids), ('state', '!=', 'draft')], ['membership_id'], ['__count'],
        ))
        for membership in self:
            membership.counter_receipt_count = counts.get(membership._origin, 0)

    # === ACTIONS === #

    def action_open_counter(self):
        """Open the counter with everything that is due to and from this member."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_counter_action')
        return {**action, 'context': {'default_membership_id': self.id, 'coop_counter_search': True}}

    def action_view_counter_receipts(self):
        """Open the member's receipts of the counter."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_counter_receipt_action')
        return {**action, 'domain': [('membership_id', '=', self.id)], 'context': {}}
