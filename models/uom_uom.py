from odoo import models
from odoo.tools import formatLang


class UomUom(models.Model):
    _inherit = 'uom.uom'

    def _coop_format(self, quantity):
        """Return a quantity with its unit in the reader's language, e.g. for a message."""
        self.ensure_one()
        return f"{formatLang(self.env, quantity, dp='Product Unit')} {self.name}"
