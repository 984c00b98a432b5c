from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class SaleOrderLine(models.Model):
    """Which sale lines a settlement has to look at: those where something happened since they were settled."""
    _inherit = 'sale.order.line'

    coop_open_changes = fields.Integer(
        compute='_compute_coop_open_changes', store=True, copy=False, export_string_translation=False,
    )

    _coop_open_idx = models.Index("(company_id) WHERE coop_open_changes > 0")

    # === COMPUTE METHODS === #

    @api.depends(
        'product_id.coop_consigned', 'move_ids.state', 'move_ids.to_refund', 'move_ids.move_line_ids.owner_id',
        'move_ids.move_line_ids.quantity_product_uom', 'invoice_lines.parent_state', 'invoice_lines.balance',
        'invoice_lines.quantity', 'invoice_lines.move_id.amount_residual',
    )
    def _compute_coop_open_changes(self):
        """Count what happens to the line; settling it completely puts the count back to zero.

        A line of which nothing was delivered and invoiced, or settled before, has nothing to be looked at: a quotation,
        or an order that was cancelled.

        It is a count and not a mark, so that every change writes the row: a settlement that runs at the same moment
        then starts over, instead of closing a line that it saw before the change.
        """
        consigned = self.filtered('product_id.coop_consigned')
        sold = consigned.filtered(
            lambda line: 'done' in line.move_ids.mapped('state')
            and 'posted' in line.invoice_lines.mapped('parent_state'),
        )
        sold |= (consigned - sold)._coop_filter_settled()
        (self - sold).coop_open_changes = 0
        for line in sold:
            line.coop_open_changes += 1

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.su:
            return super().create(vals_list)
        # Not refused but dropped: it is counted, whatever is imported or copied along.
        context = {
            key: value for key, value in self.env.context.items() if key != 'default_coop_open_changes'
        }
        lines = super(
            SaleOrderLine, self.with_context(context),  # pylint: disable=context-overridden; the key has to go
        ).create([
            {name: value for name, value in vals.items() if name != 'coop_open_changes'} for vals in vals_list
        ])
        return lines.with_env(self.env)

    def write(self, vals):
        if 'coop_open_changes' in vals and not self.env.su:
            raise UserError(self.env._(
                "What settlements still have to look at is counted from deliveries and invoices, and is not written.",
            ))
        return super().write(vals)

    # === BUSINESS METHODS === #

    def _coop_filter_settled(self):
        """Return the lines that were settled: what is undone of them is owed back."""
        if not self.ids:
            return self.browse()
        # sudo: whether there are any, for whoever changes the order
        groups = self.env['coop.settlement.line'].sudo()._read_group([
            ('sale_line_id', 'in', self.ids), ('state', '=', 'posted'),
        ], ['sale_line_id'])
        settled = {sale_line.id for sale_line, in groups}
        return self.filtered(lambda line: line._origin.id in settled)

    def _coop_reopen(self):
        """Have the next settlement look at these lines."""
        for line in self.sudo():  # sudo: a technical count, for whoever undoes a settlement
            line.coop_open_changes += 1

    def _coop_close(self):
        """Have settlements not look at these lines again until something happens to them."""
        self.flush_recordset(['coop_open_changes'])
        if self.ids:
            self.env.execute_query(SQL(
                "UPDATE sale_order_line SET coop_open_changes = 0 WHERE id IN %s RETURNING id", tuple(self.ids),
            ))
            self.invalidate_recordset(['coop_open_changes'], flush=False)


class AccountPartialReconcile(models.Model):
    """A down payment that is paid, or unpaid again, changes what counts of the goods that it was taken off from."""
    _inherit = 'account.partial.reconcile'

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        partials._coop_get_lines_paid_ahead()._coop_reopen()
        return partials

    def unlink(self):
        sale_lines = self._coop_get_lines_paid_ahead()
        res = super().unlink()
        sale_lines._coop_reopen()
        return res

    # === BUSINESS METHODS === #

    def _coop_get_lines_paid_ahead(self):
        """Return the sale lines of members' goods in the orders whose down payments these reconciliations match."""
        # sudo: whoever takes the money, the settlement of the goods follows
        moves = (self.debit_move_id | self.credit_move_id).sudo().move_id
        invoices = moves.filtered(lambda move: move.is_sale_document(include_receipts=True))
        deposits = invoices.invoice_line_ids.sale_line_ids.filtered('is_downpayment')
        return deposits.order_id.order_line.filtered('product_id.coop_consigned')
