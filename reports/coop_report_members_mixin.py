from odoo import fields, models


class CoopReportMembersMixin(models.AbstractModel):
    """A report on a period for chosen members, each with a part of its own; asked for by one, it bears the name."""
    _name = 'coop.report.members.mixin'
    _inherit = ['coop.report.period.mixin']
    _description = "Cooperative Report on Members"

    membership_ids = fields.Many2many(
        comodel_name='coop.membership', string="Members", required=True,
        default=lambda self: self._default_membership_ids(), domain="[('company_id', '=', company_id)]",
    )

    def _default_membership_ids(self):
        if self.env.context.get('active_model') != 'coop.membership':
            return False
        return self.env['coop.membership'].browse(self.env.context.get('active_ids')).exists()

    # === BUSINESS METHODS === #

    def _is_answerable(self):
        return super()._is_answerable() and bool(self.membership_ids)

    def _get_memberships(self):
        """Return the chosen members of the company, in the order of their numbers."""
        self.ensure_one()
        return self.env['coop.membership'].browse(self.membership_ids.ids).filtered(
            lambda membership: membership.company_id == self.company_id,
        ).sorted(lambda membership: membership._get_rank())

    def _get_subtitles(self, memberships):
        """Return the period and, where the report is about one member, whose it is."""
        self.ensure_one()
        subtitles = [self._get_period_label()]
        if len(memberships) == 1:
            subtitles += [memberships.display_name, memberships._get_address_line()]
        return subtitles
