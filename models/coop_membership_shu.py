from odoo import api, fields, models

from odoo.addons.producer_cooperative.models.coop_shu_allocation import BOOKED_STATES


class CoopMembership(models.Model):
    """The SHU that the member got, year by year."""
    _inherit = 'coop.membership'

    shu_line_ids = fields.One2many(
        comodel_name='coop.shu.member.line', inverse_name='membership_id', string="SHU by Year",
    )
    shu_total = fields.Monetary(
        string="SHU", compute='_compute_shu_total', help="SHU of all years that are posted, paid or not.",
    )

    # === COMPUTE METHODS === #

    # Without the state: a step of an allocation would look up the memberships of all its members.
    @api.depends('shu_line_ids.amount_total')
    def _compute_shu_total(self):
        groups = self.env['coop.shu.member.line']._read_group(
            [('membership_id', 'in', self.ids), ('state', 'in', BOOKED_STATES)], ['membership_id'],
            ['amount_total:sum'],
        )
        totals = {membership.id: amount for membership, amount in groups}
        for membership in self:
            membership.shu_total = totals.get(membership._origin.id, 0.0)

    # === ACTIONS === #

    def action_view_shu(self):
        """Open the SHU of these members, year by year."""
        return {
            **self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_shu_member_line_action'),
            'domain': [('membership_id', 'in', self.ids)],
            'context': {'create': False, 'search_default_filter_booked': True},
        }
