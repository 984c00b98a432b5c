from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.producer_cooperative.tools.units import exact, to_decimal


class PurchaseOrder(models.Model):
    _name = 'purchase.order'
    _inherit = ['purchase.order', 'coop.pool.order.mixin']
    _coop_pool_fields = ('coop_pool_id', 'coop_quote_pool_id')

    coop_quote_pool_id = fields.Many2one(
        comodel_name='coop.pool', string="Quote for Pooled Purchase", readonly=True, copy=False,
        index='btree_not_null', check_company=True, ondelete='restrict',
        help="The pooled purchase that asked this vendor, among others, for prices.",
    )

    # === ACTIONS === #

    def button_confirm(self):
        for order in self:
            order._coop_check_quote_was_chosen()
        return super().button_confirm()

    def action_open_coop_pool(self):
        """Open the pooled purchase that this order, or this request for prices, belongs to."""
        self.ensure_one()
        return (self.coop_pool_id or self.coop_quote_pool_id)._get_records_action()

    def button_cancel(self):
        res = super().button_cancel()
        self._coop_update_pools()
        return res

    # === BUSINESS METHODS === #

    def _add_supplier_to_product(self):
        """Leave orders of pools out: what a vendor asks for the sum is no price for whoever buys alone."""
        return super(PurchaseOrder, self.filtered(lambda order: not order.coop_pool_id))._add_supplier_to_product()

    def _coop_check_quote_was_chosen(self):
        """Refuse to confirm a request for prices that the pool has not chosen: the goods would belong to nobody.

        :raises UserError: naming the pool.
        """
        self.ensure_one()
        # sudo: only which pool asked, for whoever confirms
        pool = self.sudo().coop_quote_pool_id
        if pool and not self.sudo().coop_pool_id:
            raise UserError(self.env._(
                "%(order)s asks for prices for %(pool)s. Choose this vendor there, and order from the pool.",
                order=self.name, pool=pool.display_name,
            ))

    def _coop_update_pools(self):
        """Tell the pools that something about their receipts changed."""
        # sudo: the pool follows its own order, whoever cancels it
        self.sudo().coop_pool_id._update_receipt()


class PurchaseOrderLine(models.Model):
    _inherit = 'purchase.order.line'

    def _coop_get_received_quantity(self):
        """Return what came less what went back to the vendor, in the product's unit."""
        self.ensure_one()
        return self.product_id.uom_id.round(sum(move._coop_get_received_quantity() for move in self.move_ids))

    def _coop_get_billed(self):
        """Return quantity (in the product's unit) and amount (company currency, before tax) of the posted bills.

        Credit notes count against the bills.
        """
        self.ensure_one()
        quantity, amount = 0.0, Decimal(0)
        for line in self.invoice_lines.filtered(lambda line: line.parent_state == 'posted'):
            sign = -1 if line.move_id.move_type == 'in_refund' else 1
            quantity += sign * line.product_uom_id._compute_quantity(line.quantity, self.product_id.uom_id, round=False)
            amount += to_decimal(line.balance)
        return self.product_id.uom_id.round(quantity), amount

    def _coop_get_received_cost(self, is_credit_expected=True):
        """Return what the goods that came cost: billed amounts, and the order's price for what is not billed.

        :param bool is_credit_expected: whether the vendor still owes goods or a credit note for what was billed and
            did not come. Where it does not, what came bears the whole bill.
        :return: before tax, in company currency, exactly.
        :rtype: Fraction
        """
        self.ensure_one()
        billed, amount = self._coop_get_billed()
        unit, received = self.product_id.uom_id, self._coop_get_received_quantity()
        if is_credit_expected and unit.compare(billed, received) > 0:
            return exact(amount) * exact(to_decimal(max(received, 0.0))) / exact(to_decimal(billed))
        unbilled = max(received - billed, 0.0)
        ordered = self.product_uom_id._compute_quantity(self.product_qty, self.product_id.uom_id, round=False)
        if not unbilled or not ordered:
            return exact(amount)
        subtotal = self.currency_id._convert(
            self.price_subtotal, self.company_id.currency_id, self.company_id, self.date_order, round=False,
        )
        share = exact(to_decimal(unit.round(unbilled))) / exact(to_decimal(unit.round(ordered)))
        return exact(amount) + exact(to_decimal(subtotal)) * share
