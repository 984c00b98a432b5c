from odoo import models
from odoo.tools import format_amount


class CoopShuRemind(models.TransientModel):
    """Remind members of SHU that they have not come for."""
    _name = 'coop.shu.remind'
    _inherit = ['coop.remind.mixin']
    _description = "Remind of Unclaimed SHU"

    _reminded_field = 'shu_reminded_on'
    _template = 'producer_cooperative.mail_template_coop_shu_unclaimed'
    _letter = 'producer_cooperative.coop_shu_unclaimed_letter_action_report'

    # === BUSINESS METHODS - WHAT IT IS ABOUT === #

    def _get_rows(self, members):
        return self.env['coop.shu.unclaimed']._get_by_membership(members)

    def _get_rows_html(self, member, rows):
        return member._get_unclaimed_html(rows)

    def _get_summary(self, member, rows):
        return self.env._(
            "SHU of %s waits", format_amount(self.env, sum(rows.mapped('amount')), member.currency_id),
        )

    def _get_log_text(self, method):
        return self.env._("Reminded of SHU that waits: %s.", method)

    def _nobody_message(self):
        return self.env._(
            "Nobody to remind: these members are owed no SHU, or were reminded within the last %s days. Tick “Remind"
            " Again All the Same” to remind them once more.", self.days,
        )
