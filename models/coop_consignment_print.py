from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang

from odoo.addons.producer_cooperative.models.coop_consignment import MONEY_GROUPS


class CoopConsignment(models.Model):
    """The papers that come with a slip: corrections of it, labels of unique pieces, bills that are still open."""
    _inherit = 'coop.consignment'

    correction_count = fields.Integer(compute='_compute_correction_count')
    has_lots = fields.Boolean(compute='_compute_has_lots')
    has_open_bill = fields.Boolean(compute='_compute_has_open_bill', compute_sudo=True)
    goods_summary = fields.Char(
        string="Goods", compute='_compute_goods_summary', help="The net of each product.",
    )
    has_pieces = fields.Boolean(compute='_compute_has_pieces')
    has_weights = fields.Boolean(compute='_compute_has_pieces')

    # === COMPUTE METHODS === #

    def _compute_correction_count(self):
        for slip in self:
            slip.correction_count = len(slip.line_ids.correction_ids)

    def _compute_has_lots(self):
        for slip in self:
            slip.has_lots = bool(slip.line_ids.lot_id)

    @api.depends('line_ids.product_id', 'line_ids.net')
    @api.depends_context('lang')
    def _compute_goods_summary(self):
        for slip in self:
            goods = []
            for product, lines in slip.line_ids.grouped('product_id').items():
                net = product.uom_id.round(sum(lines.mapped('net')))
                quantity = formatLang(slip.env, net, digits=0 if net == int(net) else 2)
                goods.append(f"{quantity} {product.uom_id.name} {product.name}")
            slip.goods_summary = ", ".join(goods)

    @api.depends('line_ids.product_id', 'line_ids.deal')
    def _compute_has_pieces(self):
        for slip in self:
            pieces = slip.line_ids.filtered(lambda line: line.goods_product_id.tracking == 'serial')
            slip.has_pieces = bool(pieces)
            slip.has_weights = not slip.line_ids or pieces != slip.line_ids

    def _compute_has_open_bill(self):
        for slip in self:
            slip.has_open_bill = any(bill.state != 'cancelled' for bill in slip.bill_ids)

    # === ACTIONS === #

    def action_correct_weight(self):
        """Open a correction slip for the goods, or let the user choose which of several.

        :raises UserError: when all goods are unique pieces, which are returned instead.
        """
        self.ensure_one()
        lines = self.line_ids.filtered(lambda line: line.goods_product_id.tracking != 'serial')
        if not lines:
            raise UserError(self.env._(
                "%s has unique pieces only, which have no weight to correct: return a piece to the member instead.",
                self.display_name,
            ))
        if len(lines) == 1:
            return lines.action_correct()
        view = self.env.ref('producer_cooperative.coop_consignment_line_view_list_correct')
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Which weight is wrong?"),
            'res_model': lines._name,
            'view_mode': 'list',
            'views': [(view.id, 'list')],
            'domain': [('id', 'in', lines.ids)],
            'target': 'new',
        }

    def action_view_corrections(self):
        """Open the correction slips of these slips."""
        return self.line_ids.correction_ids._get_records_action(name=self.env._("Correction Slips"))

    def action_print_labels(self):
        """Print a label with barcode, member and price for each lot and unique piece of these slips.

        :raises UserError: when no goods of them have numbers.
        """
        lots = self.line_ids.filtered(lambda line: line.state in ('confirmed', 'received')).lot_id
        if not lots:
            raise UserError(self.env._(
                "No goods of this slip have a lot or serial number. Labels are for products that are tracked by"
                " number.",
            ))
        return self.env.ref('producer_cooperative.coop_label_action_report').report_action(lots)

    # === BUSINESS METHODS === #

    def _is_print_for_member(self):
        """Whether the print may be handed to the member; whoever only looks at slips prints them for themselves."""
        return self.env.su or self.env.user.has_group('producer_cooperative.group_coop_officer')

    def _get_bought_total(self):
        """Return what the goods that are bought outright come to at the slip's prices, rounded line by line."""
        self.ensure_one()
        return sum(line._get_bought_amount() for line in self.line_ids)

    def _shows_money(self):
        """Whether the user may see what the goods are to fetch; the warehouse prints slips without prices."""
        return self.env.su or any(self.env.user.has_group(group) for group in MONEY_GROUPS.split(','))


class CoopConsignmentLine(models.Model):
    """What a line comes to on the paper."""
    _inherit = 'coop.consignment.line'

    def _get_bought_amount(self):
        """Return the net at the purchase price, in the company's currency; nothing where goods are left for sale."""
        self.ensure_one()
        return self.currency_id.round(self.net * self.price) if self.deal == 'buy' else 0.0
