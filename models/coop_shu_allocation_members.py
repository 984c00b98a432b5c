from __future__ import annotations

from odoo import models
from odoo.fields import Domain

from odoo.addons.producer_cooperative.models.coop_membership import ADMITTED_STATES


class CoopShuAllocation(models.Model):
    """Who takes part."""
    _inherit = 'coop.shu.allocation'

    # === BUSINESS METHODS - MEMBERS === #

    def _get_eligible_domain(self):
        """Return who takes part, but for the months of membership that a rule may want.

        Candidates do not, and associates only where the rule lets them.
        """
        self.ensure_one()
        rule = self.rule_id
        stayed = Domain('date_left', '=', False) | Domain('date_left', '>', self.date_to)
        in_period = stayed if rule.leavers == 'none' else stayed | Domain('date_left', '>', self.date_from)
        domain = in_period & Domain([
            ('company_id', '=', self.company_id.id), ('state', 'in', ADMITTED_STATES),
            ('date_joined', '<=', self.date_from if rule.joiners == 'none' else self.date_to),
        ])
        if not rule.associates_included:
            domain &= self._get_full_member_domain(self.date_to)
        return domain

    def _get_full_member_domain(self, date):
        """Return who was a full member on ``date``; the same as ``coop.membership._get_category_on``."""
        changed_by_then = Domain('category_date', '=', False) | Domain('category_date', '<=', date)
        return (Domain('category', '=', 'full') & changed_by_then) | (
            Domain('category', '!=', 'full') & Domain('category_date', '>', date)
        )
