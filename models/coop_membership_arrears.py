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

    def _get_arrears_rows(self):
        """Return the arrears of this member month by month, oldest first."""
        self.ensure_one()
        return self.env['coop.savings.arrears'].search([('membership_id', '=', self.id)], order='month, id')

    def _get_arrears_total(self):
        """Return what this member owes altogether, in the company's currency."""
        self.ensure_one()
        return sum(self._get_arrears_rows().mapped('amount'))

    def _get_arrears_html(self, rows=None):
        """Return the arrears month by month as a list for messages.

        :param rows: the member's arrears, where they were looked up for many members at once.
        """
        self.ensure_one()
        rows = self._get_arrears_rows() if rows is None else rows
        return Markup("<ul>%s</ul>") % Markup().join(
            Markup("<li>%s %s: %s</li>") % (
                row.type_id.name, format_date(self.env, row.month, date_format='MMMM yyyy'),
                format_amount(self.env, row.amount, row.currency_id),
            ) for row in rows
        )

    def _is_guarded(self, name):
        return name == 'arrears_reminded_on' or super()._is_guarded(name)

    def _mark_reminded(self):
        """Keep that these members were reminded today."""
        # sudo: whoever may remind a member need not be allowed to change the membership
        self.sudo().write({'arrears_reminded_on': fields.Date.context_today(self)})
