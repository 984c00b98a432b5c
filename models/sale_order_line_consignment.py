from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.producer_cooperative.tools.entitlement import Delivered, net_deliveries
from odoo.addons.producer_cooperative.tools.errors import InputRefusal
from odoo.addons.producer_cooperative.tools.units import to_decimal


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
            # sudo: sales people may not read memberships; only whether there is one matters
            memberships = self.env['coop.membership'].sudo()._get_in_force(line.coop_owner_id, line.company_id)
            if line.company_id.coop_is_cooperative and not memberships:
                raise ValidationError(self.env._(
                    "%(owner)s is not a member of the cooperative and has no %(product)s here. Choose the member whose"
                    " goods are sold, or leave it empty.",
                    owner=line.coop_owner_id.display_name, product=line.product_id.display_name,
                ))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        typed = [bool(vals.get('qty_delivered')) for vals in vals_list]
        lines = super().create(vals_list)
        lines.browse(line.id for line, is_typed in zip(lines, typed, strict=True) if is_typed)._coop_refuse_typed()
        return lines

    def write(self, vals):
        if {'qty_delivered', 'qty_delivered_method'} & vals.keys():
            self.filtered(lambda line: any(
                name in vals and line[name] != vals[name] for name in ('qty_delivered', 'qty_delivered_method')
            ))._coop_refuse_typed()
        if 'coop_owner_id' in vals:
            for line in self:
                is_moving = line.move_ids.filtered(lambda move: move.state != 'cancel')
                if is_moving and line.coop_owner_id.id != vals['coop_owner_id']:
                    raise UserError(self.env._(
                        "The delivery of %s is being prepared. Set this line's quantity to zero and add another line"
                        " for the goods of another member.", line.product_id.display_name,
                    ))
        return super().write(vals)

    def _coop_refuse_typed(self):
        """Refuse delivered quantities of members' goods that somebody typed: nobody's goods would be sold by them.

        :raises UserError: saying to validate the delivery.
        """
        consigned = self.filtered(lambda line: line.product_id.coop_consigned and line.company_id.coop_is_cooperative)
        # What Odoo itself notes while a transfer is finished is what was moved.
        if consigned and not self.env['stock.move']._coop_is_moving():
            raise UserError(self.env._(
                "How much of %s was delivered is told by its deliveries, which say whose goods went. Validate the"
                " delivery, or return goods from it.", consigned[0].product_id.display_name,
            ))

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
