from odoo import models
from odoo.exceptions import UserError

from odoo.addons.producer_cooperative.tools.obstacle import Obstacle

#: How many members a sentence names.
NAMED = 5


class CoopShuBaseValue(models.Model):
    """Numbers follow the rule by which the surplus of their period is shared.

    A number belongs to a share, and so to a rule. When the meeting changes the bylaws after numbers were entered, those
    stay with the rule as it was, and would count for nobody.
    """
    _inherit = 'coop.shu.base.value'

    # === ACTIONS === #

    def action_move_to_rule(self):
        """Move the numbers to the same share of the rule by which the surplus of their period is shared.

        :raises UserError: when that rule has no such share, the member has a number there already, or the surplus is
            decided.
        """
        rules = {}
        for value in self:
            key = value.company_id, value.date_to
            if key not in rules:
                rules[key] = value._find_rule_of_period()
            if value.rule_id != rules[key]:
                value.share_id = value._find_same_share(rules[key])

    # === BUSINESS METHODS === #

    def _find_rule_of_period(self):
        """Return the rule of the allocation for the number's last day; else the one in force then."""
        self.ensure_one()
        # sudo: by which rule the surplus is shared, whoever enters numbers
        allocation = self.env['coop.shu.allocation'].sudo().search([
            ('company_id', '=', self.company_id.id), ('state', '!=', 'cancelled'), ('rule_id', '!=', False),
            ('date_from', '<=', self.date_to), ('date_to', '>=', self.date_to),
        ], limit=1)
        return allocation.rule_id.sudo(False) or self.env['coop.shu.rule']._get_in_force(self.company_id, self.date_to)

    def _find_same_share(self, rule):
        """Return the share of ``rule`` that goes by a number: the only one, or the one of the same name.

        :raises UserError: naming the share and the rule.
        """
        self.ensure_one()
        shares = rule.share_ids.filtered(lambda share: share.base == 'imported')
        if len(shares) > 1:
            shares = shares.filtered(lambda share: share.name == self.share_id.name)
        if len(shares) != 1:
            raise UserError(self.env._(
                "%(rule)s has no share by a number that is called “%(share)s”. Choose the share on the numbers"
                " themselves, or delete those that no longer count.",
                rule=rule.display_name or self.env._("No rule in force"), share=self.share_id.name,
            ))
        return shares


class CoopShuAllocation(models.Model):
    """No number entered per member is lost."""
    _inherit = 'coop.shu.allocation'

    # === BUSINESS METHODS === #

    def _get_todo(self, with_advice=True):
        return [*self._get_number_obstacles(), *super()._get_todo(with_advice)]

    def _get_number_obstacles(self):
        """Return the numbers of the period that the rule would pass over, because they stand under another one."""
        if not self.rule_id.has_numbers:
            return []
        domain = [
            ('company_id', '=', self.company_id.id), ('rule_id', '!=', self.rule_id.id),
            ('date_to', '>=', self.date_from), ('date_to', '<=', self.date_to),
        ]
        # sudo: whose numbers, for whoever prepares the surplus
        values = self.env['coop.shu.base.value'].sudo().search(domain)
        if not values:
            return []
        members = values.membership_id
        return [Obstacle(
            self.env._(
                "%(count)s numbers entered for the period stand under another rule than %(rule)s and would not count:"
                " %(members)s. Choose them and “Move to the Rule of the Year”, or delete them.",
                count=len(values), rule=self.rule_id.display_name,
                members=", ".join(members[:NAMED].mapped('display_name')) + (" …" if len(members) > NAMED else ""),
            ), 'coop.shu.base.value', domain, action='coop_shu_base_value_action',
        )]
