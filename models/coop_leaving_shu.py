from odoo import models
from odoo.tools import format_amount


class CoopLeaving(models.Model):
    """What a leaving member may still get of the SHU."""
    _inherit = 'coop.leaving'

    # === BUSINESS METHODS === #

    def _prepare_coming_rows(self):
        """Add the last SHU, and what the rule in force says of the year of leaving."""
        return super()._prepare_coming_rows() + self._prepare_shu_rows()

    def _prepare_shu_rows(self):
        self.ensure_one()
        # sudo: figures of the member's own documents
        last = self.env['coop.shu.member.line'].sudo().search([
            ('membership_id', '=', self.membership_id.id), ('state', '!=', 'cancelled'),
        ], order='date_to DESC, id DESC', limit=1)
        rows = []
        if last:
            rows.append({
                'kind': 'coming', 'date': last.date_to, 'amount': last.amount_residual or 0.0,
                'name': self.env._(
                    "Not paid yet of the last SHU, %(shu)s, which is %(amount)s in all",
                    shu=last.allocation_id.display_name,
                    amount=format_amount(self.env, last.amount_total, last.currency_id),
                ),
            })
        rule = self.env['coop.shu.rule'].sudo()._get_in_force(self.company_id, self.date)
        if rule.leavers == 'included':
            text = self.env._("SHU of the year of leaving: the rule lets members who left share like others")
        elif rule.leavers == 'prorata':
            text = self.env._("SHU of the year of leaving: by the rule, for the days until the day of leaving")
        elif rule:
            text = self.env._("SHU of the year of leaving: by the rule, who left before its last day gets nothing")
        else:
            return rows
        return [*rows, {'kind': 'coming', 'name': text, 'date': self.date}]
