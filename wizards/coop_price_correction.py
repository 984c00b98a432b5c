from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_amount, format_date

from odoo.addons.producer_cooperative.models.account_move import OWNER_TOKEN


class CoopPriceCorrection(models.TransientModel):
    """Changes prices of goods that were sold for members and invoiced already: by a credit note, or a further invoice.

    The goods stay invoiced as they are; only the money changes, and with it what the owners get.
    """
    _name = 'coop.price.correction'
    _description = "Correct Prices"

    move_id = fields.Many2one(
        comodel_name='account.move', string="Invoice", required=True, readonly=True, ondelete='cascade',
    )
    company_id = fields.Many2one(related='move_id.company_id')
    currency_id = fields.Many2one(related='move_id.currency_id')
    date = fields.Date(required=True, default=fields.Date.context_today)
    reason = fields.Char(required=True, help="Printed on the credit note or invoice, and told to the owners.")
    line_ids = fields.One2many(
        comodel_name='coop.price.correction.line', inverse_name='correction_id', string="Goods",
        compute='_compute_line_ids', store=True, readonly=False,
    )

    # === COMPUTE METHODS === #

    @api.depends('move_id')
    def _compute_line_ids(self):
        for correction in self:
            correction.line_ids = [Command.clear(), *(
                Command.create(values) for values in correction._prepare_line_values()
            )]

    # === ACTIONS === #

    def action_confirm(self):
        """Post the credit note for prices that went down, and an invoice for those that went up.

        :raises UserError: without a reason, on an invoice that is not posted, or when no price changes.
        """
        self.ensure_one()
        self._check_complete()
        self._check_prices_still_hold()
        changed = self.line_ids.filtered(lambda line: not line.currency_id.is_zero(line._get_difference()))
        if not changed:
            raise UserError(self.env._("No price changes: write the new price beside the goods that it is about."))
        lower = changed.filtered(lambda line: line.price_new < line.price)
        correcting = self.env['account.move'].with_context(coop_correction_token=OWNER_TOKEN)
        moves = correcting.create([
            self._prepare_move_values(lines, move_type)
            for lines, move_type in ((lower, 'out_refund'), (changed - lower, 'out_invoice')) if lines
        ]).with_env(self.env)
        moves.action_post()
        self._match_credit_note(moves.filtered(lambda move: move.move_type == 'out_refund'))
        moves._coop_tell_owners()
        self.move_id.message_post(body=self.env._(
            "Prices corrected with %(documents)s: %(reason)s", documents=", ".join(moves.mapped('name')),
            reason=self.reason,
        ))
        return moves._get_records_action(name=self.env._("Price Correction"))

    # === BUSINESS METHODS === #

    def _check_complete(self):
        move = self.move_id
        if move.move_type != 'out_invoice' or move.state != 'posted':
            raise UserError(self.env._(
                "%s is no posted invoice; prices of a draft are changed on the draft itself.", move.display_name,
            ))
        if self.date < (move.invoice_date or move.date):
            raise UserError(self.env._(
                "%(invoice)s is of %(date)s; its prices cannot be corrected on an earlier day.",
                invoice=move.name, date=format_date(self.env, move.invoice_date or move.date),
            ))
        if self.line_ids.move_line_id.move_id - move:
            raise UserError(self.env._("Only goods of %s are corrected here.", move.name))
        if not self.reason.strip():
            raise UserError(self.env._("Say why the prices change."))
        if any(line.price_new < 0 for line in self.line_ids):
            raise UserError(self.env._("A price cannot be negative."))

    def _check_prices_still_hold(self):
        """Refuse to change a price that somebody else has changed since the window was opened.

        Two windows that are confirmed at the same moment both write the sale lines (see ``coop_open_changes``): one of
        them starts over, and finds the new price here.

        :raises UserError: naming the goods.
        """
        for line in self.line_ids:
            quantity, amount = self._get_what_is_left(line.move_line_id)
            same = not line.uom_id.compare(quantity, line.quantity)
            if not same or not line.currency_id.is_zero(amount - line.price * line.quantity):
                raise UserError(self.env._(
                    "%(product)s of %(invoice)s was corrected or credited since this window was opened. Close it and"
                    " open it anew to see what holds now.",
                    product=line.product_id.display_name, invoice=self.move_id.name,
                ))

    def _prepare_line_values(self):
        """Return the consigned goods of the invoice with the price in force.

        That is what is left of their amount, by corrections and by plain credit notes, on what is still invoiced.
        """
        self.ensure_one()
        items = self.move_id.invoice_line_ids.filtered(
            lambda item: item.display_type == 'product' and item.product_id.coop_consigned
            and not item.coop_corrected_line_id,
        )
        values_list = []
        for item in items:
            quantity, amount = self._get_what_is_left(item)
            if item.product_uom_id.compare(quantity, 0.0) > 0:
                price = amount / quantity
                values_list.append({'move_line_id': item.id, 'quantity': quantity, 'price': price, 'price_new': price})
        return values_list

    def _get_what_is_left(self, item):
        """Return the quantity and amount of an invoice line that its credit notes and corrections leave.

        A plain credit note takes goods back at the price that was paid, or that is in force by then; any other price on
        it is a reduction.
        """
        notes = self.move_id.reversal_move_ids.filtered(lambda move: move.state == 'posted')
        credited = notes.invoice_line_ids.filtered(
            lambda line: not line.coop_corrected_line_id and line.product_id == item.product_id
            and line.sale_line_ids == item.sale_line_ids,
        )
        quantity, amount = item.quantity, self._get_amount(item)
        changes = credited | item._coop_get_corrections()
        for line in changes.sorted(lambda line: (line.date, line.move_id.id, line.id)):
            if line in credited and line.quantity and quantity:
                taken = line.product_uom_id._compute_quantity(line.quantity, item.product_uom_id, round=False)
                price = self._get_amount(line) / taken
                if any(self.currency_id.is_zero(price - paid) for paid in (
                    self._get_amount(item) / item.quantity, amount / quantity,
                )):
                    quantity -= taken
            amount -= self._get_amount(line) * line.move_id.direction_sign
        return quantity, amount

    def _get_amount(self, line):
        """Return quantity x price of an invoice line, in the terms of its price: before or with tax."""
        return line.quantity * line.price_unit * (1 - line.discount / 100)

    def _prepare_move_values(self, lines, move_type):
        """Return the credit note, or the further invoice, over what the prices of the lines change by."""
        self.ensure_one()
        move = self.move_id
        sign = -1 if move_type == 'out_refund' else 1
        return {
            'move_type': move_type,
            'company_id': move.company_id.id,
            'journal_id': move.journal_id.id,
            'partner_id': move.partner_id.id,
            'partner_shipping_id': move.partner_shipping_id.id,
            'currency_id': move.currency_id.id,
            'invoice_currency_rate': move.invoice_currency_rate,
            'fiscal_position_id': move.fiscal_position_id.id,
            'invoice_date': self.date,
            'date': self.date,
            'invoice_payment_term_id': False,
            'invoice_origin': move.invoice_origin,
            'ref': self.env._("Price of %(invoice)s: %(reason)s", invoice=move.name, reason=self.reason),
            'reversed_entry_id': move.id if move_type == 'out_refund' else False,
            'invoice_line_ids': [Command.create({
                'product_id': line.move_line_id.product_id.id,
                'name': line._get_description(),
                'quantity': line.quantity,
                'product_uom_id': line.move_line_id.product_uom_id.id,
                'price_unit': sign * (line.price_new - line.price),
                'tax_ids': [Command.set(line.move_line_id.tax_ids.ids)],
                'account_id': line.move_line_id.account_id.id,
                'sale_line_ids': [Command.set(line.move_line_id.sale_line_ids.ids)],
                'coop_categ_id': line.move_line_id.coop_categ_id.id,
                'coop_corrected_line_id': line.move_line_id.id,
            }) for line in lines],
        }

    def _match_credit_note(self, note):
        """Take a credit note off what is still to be paid of the invoice."""
        receivables = (self.move_id | note).line_ids.filtered(
            lambda line: line.account_type == 'asset_receivable' and not line.reconciled,
        )
        if note and receivables.move_id == self.move_id | note:
            receivables.reconcile()


class CoopPriceCorrectionLine(models.TransientModel):
    _name = 'coop.price.correction.line'
    _description = "Price to Correct"

    correction_id = fields.Many2one(comodel_name='coop.price.correction', required=True, ondelete='cascade')
    currency_id = fields.Many2one(related='correction_id.currency_id')
    move_line_id = fields.Many2one(
        comodel_name='account.move.line', string="Invoice Line", required=True, ondelete='cascade',
    )
    product_id = fields.Many2one(related='move_line_id.product_id')
    uom_id = fields.Many2one(related='move_line_id.product_uom_id', string="Unit")
    quantity = fields.Float(digits='Product Unit', readonly=True)
    price = fields.Float(min_display_digits='Product Price', readonly=True)
    price_new = fields.Float(string="New Price", min_display_digits='Product Price')

    # === BUSINESS METHODS === #

    def _get_difference(self):
        self.ensure_one()
        return (self.price_new - self.price) * self.quantity

    def _get_description(self):
        self.ensure_one()
        return self.env._(
            "%(product)s: price %(new)s instead of %(old)s, invoice %(invoice)s",
            product=self.product_id.display_name, new=self._format_price(self.price_new),
            old=self._format_price(self.price),
            invoice=self.move_line_id.move_id.name,
        )

    def _format_price(self, price):
        """Return a price in the customer's language: it is printed on the customer's paper."""
        env = self.with_context(lang=self.correction_id.move_id.partner_id.lang or self.env.lang).env
        return format_amount(env, price, self.currency_id)
