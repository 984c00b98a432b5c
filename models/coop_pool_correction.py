from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_amount


class CoopPoolCorrection(models.Model):
    """What changes a member's charge after the distribution: goods not collected, a variance passed on, and the like.

    A charge is never rewritten: it is what was distributed and the corrections to it. Only the pool makes them.
    """
    _name = 'coop.pool.correction'
    _inherit = ['coop.guard.mixin']
    _description = "Pool Charge Correction"
    _order = 'date DESC, id DESC'
    _check_company_auto = True

    name = fields.Char(string="Number", required=True, readonly=True, index='trigram')
    charge_id = fields.Many2one(
        comodel_name='coop.pool.charge', required=True, readonly=True, index=True, ondelete='restrict',
        check_company=True,
    )
    pool_id = fields.Many2one(related='charge_id.pool_id', store=True, index=True)
    membership_id = fields.Many2one(related='charge_id.membership_id', store=True, index=True)
    company_id = fields.Many2one(related='charge_id.company_id', store=True)
    currency_id = fields.Many2one(related='company_id.currency_id')
    date = fields.Date(required=True, readonly=True, default=fields.Date.context_today)
    user_id = fields.Many2one(
        comodel_name='res.users', string="By", required=True, readonly=True, default=lambda self: self.env.user,
    )
    kind = fields.Selection(
        selection=[
            ('not_collected', "Not Collected"), ('returned', "Brought Back"), ('offered', "Taken Over"),
            ('variance', "Variance"), ('cost_share', "Costs Shared Anew"), ('price', "Price Correction"),
            ('credit_note', "Credit Note"),
        ],
        required=True, readonly=True,
    )
    reason = fields.Char(required=True, readonly=True)
    line_ids = fields.One2many(
        comodel_name='coop.pool.correction.line', inverse_name='correction_id', string="Goods", readonly=True,
    )
    goods_amount = fields.Monetary(compute='_compute_amounts', store=True)
    cost_amount = fields.Monetary(string="Shared Costs", readonly=True)
    rounding_amount = fields.Monetary(string="Rounding", readonly=True)
    price_amount = fields.Monetary(
        string="Price Correction", readonly=True, help="What the margin bears, for example for damaged goods.",
    )
    amount_total = fields.Monetary(
        string="Correction", compute='_compute_amounts', store=True,
        help="Before tax: what the member is charged more, or less when it is negative.",
    )
    move_id = fields.Many2one(
        comodel_name='account.move', string="Invoice or Credit Note", readonly=True, index='btree_not_null',
        ondelete='set null',
    )

    # === COMPUTE METHODS === #

    @api.depends('line_ids.amount', 'line_ids.adjustment_amount', 'cost_amount', 'rounding_amount', 'price_amount')
    def _compute_amounts(self):
        for correction in self:
            lines = correction.line_ids
            correction.goods_amount = sum(lines.mapped('amount')) + sum(lines.mapped('adjustment_amount'))
            correction.amount_total = (
                correction.goods_amount + correction.cost_amount + correction.rounding_amount + correction.price_amount
            )

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_kept(self):
        raise UserError(self.env._("Corrections stay with the charge; make another one that goes the other way."))

    # === ACTIONS === #

    def action_open_move(self):
        """Open the invoice or credit note that carries the correction."""
        self.ensure_one()
        return self.move_id._get_records_action()

    # === BUSINESS METHODS === #

    @api.model
    def _make(self, kind, reason, values_list):
        """Number and write corrections, and let the members' shares, orders and invoices follow.

        :param str kind: key of ``kind``.
        :param str reason: in the words of whoever corrects.
        :param values_list: one dict per charge with ``charge_id`` and amounts or ``line_ids``.
        :return: the corrections.
        :raises UserError: when a member's order does not come to the charge afterwards.
        """
        charges = self.env['coop.pool.charge'].browse([values['charge_id'] for values in values_list])
        # sudo: corrections are worked out by the pool, whose action checked who may do so
        corrections = self.sudo().create([{
            **values,
            'name': charge.company_id._next_coop_number('coop.pool.correction', 'KPB/%(range_year)s/', gapless=True),
            'kind': kind,
            'reason': reason,
        } for charge, values in zip(charges, values_list, strict=True)])
        corrections._apply()
        return corrections.sudo(False)

    def _apply(self):
        """Bring shares, orders and invoices in line with the corrected charges."""
        self.line_ids._apply_to_shares()
        self._apply_to_orders()
        self.charge_id._check_orders_come_to_charges()
        self.charge_id._update_invoices()

    def _apply_to_orders(self):
        for correction in self:
            if correction.charge_id.order_id.state == 'cancel':
                # The charge decides: what the member still pays is ordered again, the rest stays at zero.
                correction.charge_id.order_id._coop_as_pool().action_draft()
        self.line_ids._apply_quantities_to_orders()
        values_list = [values for correction in self for values in correction._prepare_order_lines()]
        self.env['sale.order.line'].sudo().with_context(sale_no_log_for_new_lines=True).create(values_list)
        drafts = self.charge_id.order_id.filtered(lambda order: order.state == 'draft')
        if drafts:
            drafts.action_confirm()

    def _prepare_order_lines(self):
        """Return the lines that the correction adds to the member's order; a negative amount is a negative quantity.

        What belongs to a product is taxed like the product, the rest like the shared costs.
        """
        self.ensure_one()
        order = self.charge_id.order_id
        text = f"{self.name}: {self.reason}"
        rest = self.cost_amount + self.rounding_amount + self.price_amount
        parts = [
            (f"{text} ({line.product_id.display_name})", line.adjustment_amount, line._get_order_line().tax_ids)
            for line in self.line_ids
        ]
        parts.append((text, rest, self.charge_id._get_cost_taxes()))
        return [{
            'order_id': order.id,
            'product_id': self.env.ref('producer_cooperative.product_pool_costs').id,
            'name': name,
            'product_uom_qty': 1.0 if amount > 0 else -1.0,
            'price_unit': abs(amount),
            'tax_ids': [Command.set(taxes.ids)],
        } for name, amount, taxes in parts if not self.currency_id.is_zero(amount)]

    def _describe(self):
        """Say in one line what the correction does, for the chatter of the pool."""
        self.ensure_one()
        return self.env._(
            "%(number)s, %(member)s: %(reason)s, %(amount)s", number=self.name,
            member=self.membership_id.display_name, reason=self.reason,
            amount=format_amount(self.env, self.amount_total, self.currency_id),
        )
