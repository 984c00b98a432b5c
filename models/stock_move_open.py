from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.producer_cooperative.models.stock_move_document import as_moving

#: What an open transfer of members' goods was made for; its order or slip says so, and nobody else.
FIXED_WHEN_OPEN = ('sale_line_id', 'product_id', 'restrict_partner_id')
OFFICER = 'producer_cooperative.group_coop_officer'


class StockMove(models.Model):
    """Open transfers keep to the order or slip that they were made for, and to the goods that go out first."""
    _inherit = 'stock.move'

    # === CRUD METHODS === #

    def write(self, vals):
        if any(name in vals for name in FIXED_WHEN_OPEN) and not self._coop_is_moving():
            self.filtered(lambda move: move.state not in ('draft', 'done'))._coop_check_purpose(vals)
        return super().write(vals)

    # === BUSINESS METHODS === #

    def _action_assign(self, force_qty=False):
        # What Odoo reserves nobody chose by hand.
        return super(StockMove, as_moving(self))._action_assign(force_qty)

    def _set_quantity_done(self, qty):
        return super(StockMove, as_moving(self))._set_quantity_done(qty)

    def _coop_check_purpose(self, vals):
        """Refuse to make an open transfer of members' goods serve another order, product or owner.

        :raises UserError: saying what to do instead.
        """
        for move in self:
            # sudo: warehouse staff see no sales; only whether an order or a slip made the transfer
            line, slip_line = move.sudo().sale_line_id, move.sudo().coop_consignment_line_id
            document = line.order_id or slip_line.consignment_id or move.sudo().coop_return_line_id.return_id
            if not document or not move.product_id.coop_consigned or not move.company_id.coop_is_cooperative:
                continue
            changed = {
                name for name in FIXED_WHEN_OPEN if name in vals and move[name].id != (vals[name] or False)
            }
            if 'restrict_partner_id' in changed and move._coop_may_choose(vals['restrict_partner_id']):
                changed.remove('restrict_partner_id')
            if changed:
                raise UserError(self.env._(
                    "The transfer of %(product)s (%(transfer)s) was made for %(document)s, which says what goods and"
                    " whose. Cancel it and have another one made by an order or a slip, or ask an officer to choose"
                    " whose goods go.",
                    product=move.product_id.display_name, transfer=move.picking_id.name or move.display_name,
                    document=document.display_name,
                ))

    def _coop_may_choose(self, owner_id):
        """Whether the user may say that the goods of this owner go: those that the document names, or any that come
        back; an officer also where nobody is named."""
        self.ensure_one()
        named = self._coop_get_named_owner()
        if named:
            return owner_id == named.id
        return self.location_id._coop_get_side() != 'inside' or self.env.user.has_group(OFFICER)

    def _coop_sells_first_in(self):
        """Whether the move takes members' goods for an order that leaves it to the warehouse's order whose they are."""
        self.ensure_one()
        if not self.product_id.coop_consigned or not self.company_id.coop_is_cooperative:
            return False
        if self.location_id._coop_get_side() != 'inside' or self._coop_get_bound_owner():
            return False
        # sudo: warehouse staff see no sales; only whether the goods are on their way to a customer
        return bool(self.sudo()._get_sale_order_lines().filtered(lambda line: line.product_id == self.product_id))


class StockMoveLine(models.Model):
    """Whose goods are sold is the order of their coming, or an officer's choice."""
    _inherit = 'stock.move.line'

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        if self._coop_is_left_to_fifo():
            for line in lines.filtered('owner_id'):
                # The number of a piece says whose it is: whoever hands it out reads it there.
                if line.product_id.tracking == 'none':
                    line._coop_check_choice(line.owner_id, (line.move_id.move_line_ids - lines).owner_id)
        return lines

    def write(self, vals):
        if {'owner_id', 'quant_id'} & vals.keys() and self._coop_is_left_to_fifo():
            self._coop_check_rewritten_owner(vals)
        return super().write(vals)

    # === BUSINESS METHODS === #

    @api.model
    def _coop_is_left_to_fifo(self):
        """Whether a user who does not choose whose goods are sold makes the change, and not Odoo or a document."""
        return not self.env['stock.move']._coop_is_moving() and not self.env.user.has_group(OFFICER)

    def _coop_check_rewritten_owner(self, vals):
        if not vals.get('quant_id') and 'owner_id' not in vals:
            return
        quant = self.env['stock.quant'].browse(vals.get('quant_id'))
        owner = quant.owner_id if quant else self.env['res.partner'].browse(vals.get('owner_id'))
        lot = quant.lot_id if quant else self.env['stock.lot'].browse(vals.get('lot_id'))
        for line in self:
            other_piece = line.product_id.tracking != 'none' and lot and lot != line.lot_id
            if owner != line.owner_id and not other_piece:
                others = line.move_id.move_line_ids - self if not line.owner_id else self.browse()
                line._coop_check_choice(owner, others.owner_id)

    def _coop_check_choice(self, owner, reserved):
        """Refuse an owner that neither the order of coming nor an officer chose; done transfers have their own rules.

        :param owner: whose goods the line takes.
        :param reserved: owners whose goods the transfer takes already.
        :raises UserError: saying who chooses.
        """
        self.ensure_one()
        move = self.move_id
        if owner in reserved or move.state in ('done', 'cancel') or not move or not move._coop_sells_first_in():
            return
        raise UserError(self.env._(
            "%(transfer)s takes the %(product)s that came in first; the warehouse does not choose whose goods are sold."
            " Type the quantity on the transfer or check its availability again. To sell those of %(owner)s, ask an"
            " officer.",
            transfer=move.picking_id.name or move.display_name, product=move.product_id.display_name,
            owner=owner.display_name or self.env._("nobody"),
        ))
