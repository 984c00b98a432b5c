from odoo import fields, models

from odoo.addons.producer_cooperative.models.coop_membership_statement import ConsignmentStatement


class CoopMembership(models.Model):
    """The member's own goods as they are today."""
    _inherit = 'coop.membership'

    # === BUSINESS METHODS === #

    def _get_goods_today(self):
        """Return ``[(product, GoodsRow)]`` of one member: all that ever came in, was sold, went back, and what is left.

        As the statement of consigned goods has them, from the first day to today, with what was invoiced and is not
        settled yet; in a number of queries that does not depend on how much there was.

        :raises AccessError: for a membership that the user may not read; the member reads the own goods.
        """
        self.check_access('read')
        if not self:
            return []
        self.ensure_one()
        found = self.sudo()  # sudo: the goods of this member only, whose membership the user may read
        today, statement = fields.Date.context_today(self), ConsignmentStatement()
        of_partner = {found.partner_id: statement}
        found._add_goods(of_partner, found.company_id, fields.Date.to_date('1900-01-01'), today)
        found._add_unsettled(of_partner, found.company_id, today)
        return sorted(statement.goods.items(), key=lambda pair: (pair[0].display_name, pair[0].id))
