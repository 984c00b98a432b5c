from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.producer_cooperative.models.coop_membership import STAFF_GROUPS


class CoopMembership(models.Model):
    """The end of a membership: the document of the leaving."""
    _inherit = 'coop.membership'

    leaving_ids = fields.One2many(
        comodel_name='coop.leaving', inverse_name='membership_id', string="Leavings", groups=STAFF_GROUPS,
    )
    leaving_id = fields.Many2one(
        comodel_name='coop.leaving', compute='_compute_leaving_id',
        groups=STAFF_GROUPS, help="The leaving that is prepared, approved or booked.",
    )

    # === COMPUTE METHODS === #

    @api.depends('leaving_ids.state')
    def _compute_leaving_id(self):
        for membership in self:
            membership.leaving_id = membership.leaving_ids.filtered(lambda leaving: leaving.state != 'cancelled')[:1]

    # === CONSTRAINT METHODS === #

    @api.constrains('partner_id', 'company_id', 'date_applied')
    def _check_earlier_leaving_is_booked(self):
        """Refuse a new application while the money of the earlier membership is still to be booked."""
        # sudo: all memberships of the partner in this company
        for memberships in self.sudo()._get_several(self.partner_id, self.company_id).values():
            waiting = memberships[:-1].sudo().leaving_ids.filtered(lambda leaving: leaving.state == 'approved')
            if waiting:
                raise ValidationError(self.env._(
                    "%(leaving)s of %(member)s is not booked yet. Let the treasurer book it before a new application.",
                    leaving=waiting[0].display_name, member=waiting[0].membership_id.display_name,
                ))

    # === ACTIONS === #

    def action_leave(self):
        """Open the leaving of the member; when none is prepared yet, an empty form that is kept only when saved."""
        self.ensure_one()
        leaving = self.env['coop.leaving'].search(
            [('membership_id', '=', self.id), ('state', '!=', 'cancelled')], limit=1,
        )
        if leaving:
            return leaving._get_records_action()
        values = {'membership_id': self.id, 'company_id': self.company_id.id}
        self.env['coop.leaving'].new(values)._check_member_can_leave()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Leaving of %s", self.display_name),
            'res_model': 'coop.leaving',
            'view_mode': 'form',
            'views': [(False, 'form')],
            'context': {f'default_{name}': value for name, value in values.items()},
        }

    # === BUSINESS METHODS === #

    def _get_last_day(self):
        """Return the last day that anything of this membership was booked on by its leaving."""
        last = super()._get_last_day()
        # sudo: see _check_earlier_leaving_is_booked
        booked = self.sudo().leaving_ids.filtered(lambda leaving: leaving.state == 'posted')
        return max([last, *booked.mapped('date_accounting'), *booked._get_return_days()]) if last else last

    def _get_last_savings_day(self):
        """Return the day of the last posted journal item on the member's savings, False when there is none."""
        if not self:
            return False
        self.ensure_one()
        accounts = {savings_type.account_id: savings_type for savings_type in self._get_savings_types()}
        # sudo: one day, for officers without access to the journal items
        last = self.env['account.move.line'].sudo().search(
            self._get_savings_domain(accounts, None), order='date DESC', limit=1,
        )
        return last.date
