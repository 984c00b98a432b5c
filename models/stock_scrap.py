from odoo import models
from odoo.exceptions import UserError


class StockScrap(models.Model):
    """Members' goods are not scrapped on the side: somebody bears it."""
    _inherit = 'stock.scrap'

    def do_scrap(self):
        for scrap in self.filtered(lambda scrap: scrap.product_id.coop_consigned):
            if scrap.company_id.coop_is_cooperative:
                raise UserError(self.env._(
                    "%s is sold for members. Write it off under Cooperative > Consignment > Write-Offs, where the"
                    " reason, who bears it and somebody's approval are noted.", scrap.product_id.display_name,
                ))
        return super().do_scrap()
