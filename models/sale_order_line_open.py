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

        It is a count and not a mark, so that every change writes the row: a settlement that runs at the same moment
        then starts over, instead of closing a line that it saw before the change.
        """
        consigned = self.filtered('product_id.coop_consigned')
        (self - consigned).coop_open_changes = 0
        for line in consigned:
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
