from odoo import models
from odoo.tools import format_amount


class CoopArrearsRemind(models.TransientModel):
    """Remind members of arrears of mandatory savings."""
    _name = 'coop.arrears.remind'
    _inherit = ['coop.remind.mixin']
    _description = "Remind of Arrears"

    _reminded_field = 'arrears_reminded_on'
    _template = 'producer_cooperative.mail_template_coop_arrears'
    _letter = 'producer_cooperative.coop_arrears_letter_action_report'

    # === BUSINESS METHODS - WHAT IT IS ABOUT === #

    def _get_rows(self, members):
        return self.env['coop.savings.arrears']._get_by_membership(members)

    def _get_rows_html(self, member, rows):
        return member._get_arrears_html(rows)

    def _get_summary(self, member, rows):
        return self.env._(
            "Arrears of %s", format_amount(self.env, sum(rows.mapped('amount')), member.currency_id),
        )

    def _get_log_text(self, method):
        return self.env._("Reminded of arrears: %s.", method)

    def _nobody_message(self):
        return self.env._(
            "Nobody to remind: these members owe nothing, or were reminded within the last %s days. Tick “Remind"
            " Again All the Same” to remind them once more.", self.days,
        )
