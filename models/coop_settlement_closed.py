from odoo import models


class CoopSettlement(models.Model):
    """Which sale lines need no more looking at: closed when settled completely, open again when that is undone."""
    _inherit = 'coop.settlement'

    # === BUSINESS METHODS === #

    def _post_entries(self):
        res = super()._post_entries()
        for company, settlements in self.grouped('company_id').items():
            self._close_settled_lines(company, settlements.line_ids.sale_line_id)
        return res

    def _reverse_entries(self):
        res = super()._reverse_entries()
        self.line_ids.sale_line_id._coop_reopen()
        return res
