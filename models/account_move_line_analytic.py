from odoo import models


class AccountMoveLine(models.Model):
    """Analytic distributions of entries with an item for each of thousands of members.

    The documents of a cooperative book its members' balances, which hardly ever have one.
    """
    _inherit = 'account.move.line'

    # === COMPUTE METHODS === #

    def _compute_analytic_distribution(self):
        """Look once whether there is any model to look for; Odoo looks once for each partner."""
        of_documents = self.filtered(
            lambda line: line.move_id.move_type == 'entry' and line.move_id.coop_source_model
            and not line._related_analytic_distribution(),
        )
        if of_documents and not self.env['account.analytic.distribution.model'].search_count(
            [('company_id', 'in', [False, *of_documents.company_id.ids])], limit=1,
        ):
            for line in of_documents:
                line.analytic_distribution = line.analytic_distribution  # as Odoo does when it finds none
        else:
            of_documents = self.browse()
        return super(AccountMoveLine, self - of_documents)._compute_analytic_distribution()

    def _inverse_analytic_distribution(self):
        """Leave out items in which nothing is merged and which have no analytic items; Odoo writes each on its own."""
        to_merge = self.filtered(
            lambda line: not line.move_id.coop_source_model or line.parent_state == 'posted'
            or '__update__' in (line.analytic_distribution or {}),
        )
        return super(AccountMoveLine, to_merge)._inverse_analytic_distribution() if to_merge else None
