from markupsafe import Markup
from reportlab.graphics import renderSVG
from reportlab.graphics.barcode import createBarcodeDrawing

from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.producer_cooperative.models.coop_consignment import MONEY_GROUPS

#: Room for the bars on a label, in points.
LABEL_WIDTH = 150


class StockLot(models.Model):
    """A lot, or a unique piece, that a member brought."""
    _inherit = 'stock.lot'

    coop_consignment_line_ids = fields.One2many(
        comodel_name='coop.consignment.line', inverse_name='lot_id', string="Intake Slip Lines", readonly=True,
    )
    coop_brought_by_id = fields.Many2one(
        comodel_name='res.partner', string="Brought By", compute='_compute_coop_intake', compute_sudo=True,
    )
    coop_label_price = fields.Float(
        string="Label Price", compute='_compute_coop_intake', compute_sudo=True, groups=MONEY_GROUPS,
        help="What the member asks for the piece; where none is noted, the sales price of the product.",
    )

    # === COMPUTE METHODS === #

    def _compute_coop_intake(self):
        for lot in self:
            lines = lot.coop_consignment_line_ids.filtered(lambda line: line.state in ('confirmed', 'received'))
            last = lines.sorted('id')[-1:]
            lot.coop_brought_by_id = last.partner_id
            lot.coop_label_price = last.price_now or lot.product_id.lst_price

    # === CRUD METHODS === #

    def write(self, vals):
        if {'name', 'product_id'} & vals.keys() and not self.env.su:
            for lot in self:
                # sudo: whether a slip carries the number, for warehouse staff who see no slips of others
                lines = lot.sudo().coop_consignment_line_ids
                slip = lines.consignment_id.filtered(lambda slip: slip.state in ('confirmed', 'received'))[:1]
                is_other = vals.get('name', lot.name) != lot.name or vals.get('product_id', lot.product_id.id) != (
                    lot.product_id.id)
                if slip and is_other:
                    raise UserError(self.env._(
                        "%(slip)s, which the member took home, carries the number %(lot)s: it stays.",
                        slip=slip.display_name, lot=lot.name,
                    ))
        return super().write(vals)

    # === BUSINESS METHODS === #

    def _coop_get_maker_label(self):
        """Return the number and name of the member who brought the piece, or what tells it apart."""
        self.ensure_one()
        partner = self.coop_brought_by_id
        # sudo: the number of the one member whose label is printed
        membership = self.env['coop.membership'].sudo()._get_in_force(partner, self.company_id or self.env.company)
        description = self.coop_consignment_line_ids.sorted('id')[-1:].description
        return " · ".join(filter(None, [membership[:1].number, partner.name, description]))

    def _coop_get_barcode_svg(self):
        """Return the number of the lot as a Code 128 barcode; drawn as lines, so that it needs no picture library."""
        self.ensure_one()
        # As wide as the label allows: each character takes 11 bars, start, check and stop together about three more.
        bar = min(1.2, LABEL_WIDTH / (11 * (len(self.name) + 3) + 2))
        drawing = createBarcodeDrawing(
            'Code128', value=self.name, barWidth=bar, barHeight=30, quiet=False, humanReadable=False,
        )
        svg = renderSVG.drawToString(drawing)
        return Markup(svg[svg.index('<svg'):])  # bars and numbers only, the library escapes the rest
