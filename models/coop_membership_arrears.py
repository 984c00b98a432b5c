from markupsafe import Markup

from odoo import fields, models
from odoo.tools import format_amount, format_date


class CoopMembership(models.Model):
    """What a member owes month by month, and when they were reminded of it."""
    _inherit = 'coop.membership'

    arrears_reminded_on = fields.Date(
        string="Last Reminded", readonly=True, copy=False, help="When the member was last reminded of arrears.",
    )

    # === ACTIONS === #

    def action_view_arrears(self):
        """Open what these members owe, month by month."""
        action = self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_savings_arrears_action')
        return {**action, 'domain': [('membership_id', 'in', self.ids)], 'context': {}}

    def action_remind_of_arrears(self):
        """Ask how these members are to be reminded."""
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Remind of Arrears"),
            'res_model': 'coop.arrears.remind',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_membership_ids': self.ids},
        }

    # === BUSINESS METHODS === #

    def _get_arrears_day(self):
        """Return the day that arrears are worked out for: today, where the user is."""
        return fields.Date.context_today(self)

    def _get_arrears_rows(self):
        """Return the arrears of this member month by month, oldest first."""
        self.ensure_one()
        return self.env['coop.savings.arrears'].search([('membership_id', '=', self.id)], order='month, id')

    def _get_arrears_html(self, rows):
        """Return these arrears of the member month by month as a list for messages."""
        self.ensure_one()
        return Markup("<ul>%s</ul>") % Markup().join(
            Markup("<li>%s %s: %s</li>") % (
                row.type_id.name, format_date(self.env, row.month, date_format='MMMM yyyy'),
                format_amount(self.env, row.amount, row.currency_id),
            ) for row in rows
        )

    def _is_guarded(self, name):
        return name == 'arrears_reminded_on' or super()._is_guarded(name)
