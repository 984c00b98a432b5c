from __future__ import annotations

from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.fields import Domain

from odoo.addons.producer_cooperative.models.coop_membership import ADMITTED_STATES
from odoo.addons.producer_cooperative.tools.shu import number_key


class CoopShuAllocation(models.Model):
    """Who takes part, and for how long."""
    _inherit = 'coop.shu.allocation'

    # === BUSINESS METHODS - MEMBERS === #

    def _get_eligible_memberships(self):
        """Return who takes part, by member number: members on the last day, who joined and who left as the rule says.

        Candidates do not take part, and associates only where the rule lets them.
        """
        self.ensure_one()
        memberships = self.env['coop.membership'].search_fetch(
            self._get_eligible_domain(), ['number', 'partner_id', 'company_id', 'date_joined', 'date_left'],
        )
        if self.rule_id.joiners == 'months':
            memberships = memberships.filtered(self._is_member_long_enough)
        return memberships.sorted(lambda membership: number_key(membership.number))

    def _get_eligible_domain(self):
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

    def _is_member_long_enough(self, membership):
        """Whether the member completed the rule's months of membership by the end of the period, or by leaving."""
        self.ensure_one()
        day_after = fields.Date.add(self.date_to, days=1)
        end = min(day_after, membership.date_left or day_after)
        return membership.date_joined + relativedelta(months=self.rule_id.joiner_months) <= end
