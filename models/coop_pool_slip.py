from odoo import models
from odoo.tools import formatLang

from odoo.addons.producer_cooperative.tools.ordering import natural_key


class CoopPool(models.Model):
    """What stands on the papers of a round: hand-out lists without money, and the closing report."""
    _inherit = 'coop.pool'

    # === BUSINESS METHODS - HANDING OUT === #

    def _get_slips(self):
        """Return what is handed out at each drop point, for the warehouse: names, goods and quantities, no money.

        :return: list of ``{'drop_point', 'members': [{'member', 'rows'}], 'totals'}``, members in order of their
            numbers; a row is ``{'product', 'lots', 'quantity', 'unit'}``.
        """
        self.ensure_one()
        # sudo: numbers and names of members and the lots of their deliveries, for whoever may read the shares
        shares = self.allocation_ids.sudo().filtered(
            lambda share: share.charge_id and share.uom_id.compare(share.quantity, 0.0) > 0,
        )
        lots = self._get_lots_by_share(shares)
        by_point = shares.grouped(lambda share: share.request_id.drop_point_id)
        slips = []
        for point in sorted(by_point, key=lambda point: (not point, point.sequence, point.name or '', point.id)):
            by_member = by_point[point].grouped('membership_id')
            slips.append({
                'drop_point': point,
                'members': [
                    {'member': member, 'rows': [self._prepare_slip_row(share, lots) for share in by_member[member]]}
                    for member in sorted(by_member, key=lambda member: (natural_key(member.number), member.id))
                ],
                'totals': self._sum_by_product(by_point[point]),
            })
        return slips

    def _prepare_slip_row(self, share, lots):
        return {
            'product': share.product_id, 'lots': self._format_lots(lots.get(share, {})), 'quantity': share.quantity,
            'unit': share.uom_id.name,
        }

    def _format_lots(self, lots):
        """Return the names of the lots; of several also how much of each."""
        if len(lots) < 2:
            return "".join(lots)
        digits = self.env['decimal.precision'].precision_get('Product Unit')
        return ", ".join(
            f"{lot}: {formatLang(self.env, quantity, digits=digits)}" for lot, quantity in lots.items()
        )

    def _get_lots_by_share(self, shares):
        """Return the lots that the members' deliveries take, as ``{share: {lot name: quantity}}``.

        Where a delivery names none, those that were shared out.
        """
        lots = {}
        share_of = {(share.charge_id.order_id, share.product_id): share for share in shares}
        for item in self.sudo().sale_order_ids.picking_ids.move_ids.filtered(
            lambda move: move.state != 'cancel' and move.location_dest_id.usage == 'customer',
        ).move_line_ids.filtered('lot_id'):
            share = share_of.get((item.move_id.sale_line_id.order_id, item.product_id))
            if share:
                of_share = lots.setdefault(share, {})
                quantity = item.product_uom_id._compute_quantity(item.quantity, share.uom_id, round=False)
                of_share[item.lot_id.name] = of_share.get(item.lot_id.name, 0.0) + quantity
        for share in shares.filtered('lot_ids'):
            lots.setdefault(share, {part.lot_id.name: part.quantity for part in share.lot_ids})
        return lots

    def _sum_by_product(self, shares):
        return [
            {'product': product, 'unit': product.uom_id.name,
             'quantity': product.uom_id.round(sum(of_product.mapped('quantity')))}
            for product, of_product in shares.grouped('product_id').items()
        ]

    def _get_picking_list(self):
        """Return what the warehouse prepares: per product and lot the quantity for each drop point.

        :return: ``{'points': drop points, 'rows': [{'product', 'lot', 'unit', 'quantities': {drop point: quantity},
            'total'}]}``; goods whose lot is not known yet stand in a row without lot.
        """
        self.ensure_one()
        # sudo: see _get_slips
        shares = self.allocation_ids.sudo().filtered(
            lambda share: share.charge_id and share.uom_id.compare(share.quantity, 0.0) > 0,
        )
        lots = self._get_lots_by_share(shares)
        rows = {}
        for share in shares:
            of_share = dict(lots.get(share, {}))
            rest = share.uom_id.round(share.quantity - sum(of_share.values()))
            if rest > 0 or not of_share:
                of_share[''] = rest
            for lot, quantity in of_share.items():
                row = rows.setdefault((share.product_id, lot), {
                    'product': share.product_id, 'lot': lot, 'unit': share.uom_id.name, 'quantities': {}, 'total': 0.0,
                })
                point = share.request_id.drop_point_id
                row['quantities'][point] = share.uom_id.round(row['quantities'].get(point, 0.0) + quantity)
                row['total'] = share.uom_id.round(row['total'] + quantity)
        points = shares.request_id.drop_point_id.sorted(lambda point: (point.sequence, point.name, point.id))
        if any(not share.request_id.drop_point_id for share in shares):
            points = [*points, points.browse()]
        return {
            'points': points,
            'rows': sorted(rows.values(), key=lambda row: (row['product'].display_name, row['lot'])),
        }

    # === BUSINESS METHODS - CLOSING REPORT === #

    def _get_closing_lines(self):
        """Return per product what came, was rejected, handed out and is left, with prices and cost."""
        self.ensure_one()
        lines = []
        rejected = self._get_rejected()
        for line in self.line_ids:
            given = line.quantity_allocated
            alone = sum(line.allocation_ids.mapped('amount_alone'))
            cost = line._get_cost_of(given) if line.quantity_basis else 0
            whole = line._get_cost_of(line.quantity_received) if line.quantity_basis else 0
            lines.append({
                'line': line,
                'rejected': rejected.get(line, 0.0),
                'price_alone': alone / given if given else 0.0,
                'saving': alone - sum(line.allocation_ids.mapped('amount')),
                'cost_left': float(whole) - float(cost),
                'stock_left': self.currency_id.round(line.quantity_left * line._get_stock_price()),
            })
        return lines

    def _get_rejected(self):
        """Return ``{line: quantity}`` of what came and was thrown away or sent back, in the product's unit.

        What the vendor replaced on the same return is no longer rejected.
        """
        self.ensure_one()
        # sudo: quantities of the round's own receipts, for whoever reads its report
        rejected = {}
        for line in self.line_ids.sudo():
            moves = line._get_purchase_lines().move_ids.filtered(lambda move: move.state == 'done')
            sent_back = moves.filtered(lambda move: move.location_dest_id.usage == 'supplier')
            replaced = moves.filtered(lambda move, back=sent_back: move.origin_returned_move_id in back)
            thrown_away = line.reject_move_ids.filtered(lambda move: move.state == 'done')
            quantity = sum((sent_back | thrown_away).mapped('product_qty')) - sum(replaced.mapped('product_qty'))
            rejected[line.sudo(self.env.su)] = line._round(quantity)
        return rejected

    def _get_closing_orders(self):
        """Return ``[{'vendor', 'order', 'date', 'bills'}]`` of the confirmed orders; bills as text, with the vendor's
        own numbers."""
        self.ensure_one()
        # sudo: names and dates of the round's own orders and bills, for whoever reads its report
        orders = self.sudo().purchase_order_ids.filtered(lambda order: order.state == 'purchase').sorted('id')
        return [{
            'vendor': order.partner_id.display_name,
            'order': order.name,
            'date': order.date_approve.date(),
            'bills': ", ".join(
                f"{bill.name} ({bill.ref})" if bill.ref else bill.name
                for bill in order.invoice_ids.filtered(lambda bill: bill.state == 'posted').sorted('id')
            ),
        } for order in orders]

    def _get_closing_corrections(self):
        """Return ``[(label, count, amount)]`` of the corrections by kind."""
        self.ensure_one()
        labels = dict(self.env['coop.pool.correction']._fields['kind']._description_selection(self.env))
        return [
            (labels[kind], len(corrections), sum(corrections.mapped('amount_total')))
            for kind, corrections in self.correction_ids.grouped('kind').items()
        ]

    def _get_charges_by_number(self):
        """Return the round's charges in order of the members' numbers."""
        self.ensure_one()
        return self.charge_ids.sorted(lambda charge: charge.membership_id._get_rank())
