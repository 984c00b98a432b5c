from odoo import api, fields, models
from odoo.tools import format_date


class CoopLeaving(models.Model):
    """Leavings that are dated before things that only a member does."""
    _inherit = 'coop.leaving'

    date_warning = fields.Char(
        compute='_compute_date_warning', compute_sudo=True,
        help="Says what the member did, or was counted in, after the day of leaving.",
    )

    # === COMPUTE METHODS === #

    @api.depends('date', 'membership_id', 'state')
    def _compute_date_warning(self):
        # sudo (compute_sudo): days of the member's own savings and SHU, for officers without access to the books
        for leaving in self:
            leaving.date_warning = leaving.state in ('draft', 'approved') and " ".join(leaving._get_date_warnings())

    # === BUSINESS METHODS === #

    def _get_date_warnings(self):
        """Return sentences about what came after the day of leaving; the manager decides by approving."""
        self.ensure_one()
        warnings = []
        last = self.date and self.membership_id._get_last_savings_day()
        if last and last > self.date:
            warnings.append(self.env._("The savings moved until %s.", format_date(self.env, last)))
        counted = self.date and self.env['coop.shu.member.line'].search([
            ('membership_id', '=', self.membership_id.id), ('state', '!=', 'cancelled'), ('date_to', '>=', self.date),
        ], order='date_to DESC', limit=1)
        if counted:
            warnings.append(self.env._(
                "%(shu)s counted the member until %(date)s.",
                shu=counted.allocation_id.display_name, date=format_date(self.env, counted.date_to),
            ))
        return warnings
