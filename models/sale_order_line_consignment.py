from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.producer_cooperative.tools.entitlement import (
    Delivered,
    Document,
    entitlements_by_document,
    net_deliveries,
)
from odoo.addons.producer_cooperative.tools.errors import InputRefusal
from odoo.addons.producer_cooperative.tools.units import to_decimal, to_units


class SaleOrderLine(models.Model):
    """What was sold of whose goods, read back from the deliveries and the posted invoices."""
    _inherit = 'sale.order.line'

    coop_consigned = fields.Boolean(related='product_id.coop_consigned', string="Sold for Members")
    coop_owner_id = fields.Many2one(
        comodel_name='res.partner', string="Goods Of", check_company=True, index='btree_not_null', ondelete='restrict',
        domain="[('is_coop_member', '=', True), ('parent_id', '=', False)]",
        help="The member whose goods are sold. Left empty, the goods that came in first go out first, whoever owns"
             " them.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains('coop_owner_id', 'product_id')
    def _check_coop_owner(self):
        for line in self.filtered('coop_owner_id'):
            if not line.product_id.coop_consigned:
                raise ValidationError(self.env._(
                    "%s is not sold for members: the line cannot name an owner.", line.product_id.display_name,
                ))

    # === CRUD METHODS === #

    def write(self, vals):
        if 'coop_owner_id' in vals:
            for line in self:
                is_moving = line.move_ids.filtered(lambda move: move.state != 'cancel')
                if is_moving and line.coop_owner_id.id != vals['coop_owner_id']:
                    raise UserError(self.env._(
                        "The delivery of %s is being prepared. Set this line's quantity to zero and add another line"
                        " for the goods of another member.", line.product_id.display_name,
                    ))
        return super().write(vals)

    # === ACTIONS === #

    def action_view_coop_stock(self):
        """Open the goods of this line's product by owner, with what is free; on an open line to choose a member."""
        self.ensure_one()
        action = self.env['coop.consignment.stock']._get_action(
            [('product_id', '=', self.product_id.id), ('company_id', '=', self.company_id.id)],
            name=self.env._("Whose %s Is Here", self.product_id.display_name),
        )
        return {
            **action, 'target': 'new',
            'context': {'coop_sale_line_id': self.id, 'coop_choose': self.state in ('draft', 'sent')},
        }

    # === BUSINESS METHODS === #

    def _prepare_procurement_values(self):
        values = super()._prepare_procurement_values()
        if self.coop_owner_id and self.product_id.coop_consigned:
            values['restrict_partner_id'] = self.coop_owner_id.id
        return values

    def _coop_get_deliveries(self, date=None):
        """Return what went to the customer and came back, in the product's unit, in order of the moment it was done.

        Owners are ids of partners; 0 stands for goods without an owner.

        :param date: only what was done until the end of that day.
        """
        self.ensure_one()
        line = self.with_context(accrual_entry_date=date) if date else self
        outgoing, incoming = line._get_outgoing_incoming_moves()
        moves = (outgoing | incoming).filtered(lambda move: move.state == 'done')
        unit = self.product_id.uom_id
        deliveries = []
        for move_line in moves.move_line_ids.sorted(lambda move_line: (move_line.date, move_line.id)):
            quantity = to_decimal(unit.round(move_line.quantity_product_uom))
            sign = 1 if move_line.move_id in outgoing else -1
            deliveries.append(Delivered(move_line.owner_id.id or 0, sign * quantity))
        return deliveries

    def _coop_check_deliveries(self):
        """Refuse returns that give an owner back more than went out.

        :raises UserError: naming the product and the owner.
        """
        self.ensure_one()
        try:
            net_deliveries(self._coop_get_deliveries())
        except InputRefusal as refusal:
            raise UserError(self._coop_returned_error_message(refusal)) from refusal

    def _coop_returned_error_message(self, refusal):
        owner = self.env['res.partner'].browse(refusal.params['owner'] or [])
        return self.env._(
            "%(missing)s %(unit)s of %(product)s more came back to %(owner)s on %(order)s than had been delivered. Say"
            " on the return whose goods really came back.",
            missing=refusal.params['missing'], unit=self.product_id.uom_id.name, product=self.product_id.display_name,
            owner=owner.display_name or self.env._("nobody"), order=self.order_id.name,
        )

    def _coop_get_documents(self, date=None):
        """Return the posted invoices and credit notes of the line, oldest first, as the arithmetic wants them.

        Each is told apart by the day whose terms hold (of a credit note: the day of the invoice that it corrects) and
        by the account that it was booked on. An invoice that credit notes cancel as a whole is left out with them.

        :param date: only what is booked until that day.
        """
        self.ensure_one()
        rounding = self.company_id.currency_id.rounding
        unit = self.product_id.uom_id
        invoice_lines = self.invoice_lines.filtered(
            lambda line: line.parent_state == 'posted' and line.display_type == 'product'
            and (not date or line.date <= date),
        ).sorted(lambda line: (line.move_id.invoice_date or line.date, line.move_id.id, line.id))
        documents = {}
        for line in invoice_lines:
            origin = line.move_id.reversed_entry_id or line.move_id
            quantity = unit.round(line.product_uom_id._compute_quantity(line.quantity, unit, round=False))
            sign = -1 if line.move_id.move_type == 'out_refund' else 1
            key = (origin.invoice_date or origin.date, line.account_id.id)
            documents.setdefault(origin, []).append(
                (line, Document(key, sign * to_decimal(quantity), to_units(-line.balance, rounding))),
            )
        kept = [pair for pairs in documents.values() if not _is_cancelled(pairs) for pair in pairs]
        order = {line: position for position, line in enumerate(invoice_lines)}
        return [document for line, document in sorted(kept, key=lambda pair: order[pair[0]])]

    def _coop_get_entitlements(self, ties, date=None):
        """Return what each owner has earned on the line so far.

        :param ties: sortable key of each owner's id; of equal remainders the lower one gets the unit.
        :param date: as of the end of that day.
        :return: ``{owner id: {(day of the terms, account id): Entitlement}}``; quantities in the product's unit,
            amounts in whole rounding units of the company's currency.
        :raises UserError: when more came back to an owner than had been delivered.
        """
        self.ensure_one()
        deliveries = self._coop_get_deliveries(date)
        try:
            return entitlements_by_document(deliveries, self._coop_get_documents(date), ties)
        except InputRefusal as refusal:
            if refusal.code != 'returned_more_than_delivered':
                raise
            raise UserError(self._coop_returned_error_message(refusal)) from refusal


def _is_cancelled(pairs):
    """Whether an invoice and the credit notes that name it come to nothing, in quantity and on every account."""
    amounts = {}
    for _line, document in pairs:
        amounts[document.key] = amounts.get(document.key, 0) + document.amount
    return len(pairs) > 1 and not any(amounts.values()) and not sum(document.quantity for _line, document in pairs)
