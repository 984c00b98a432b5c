from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.producer_cooperative.models.stock_move import OF_DOCUMENTS

#: Proof, in the context, that a document of ours makes moves, or that Odoo finishes them. A Python object and not a
#: value: nobody can send it over RPC.
MOVING_TOKEN = object()


def as_moving(records):
    """Return ``records`` for a document that asks for goods, or for Odoo when it finishes a transfer."""
    return records.with_context(coop_moving_token=MOVING_TOKEN)


class StockMove(models.Model):
    """Intake and return slips say how much moves; a transfer belongs to one only where the slip itself made it."""
    _inherit = 'stock.move'

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        # Looked at once they are there: values come from defaults in the context and from copies as well.
        if not moves._coop_is_moving():
            moves.filtered(lambda move: any(move[name] for name in OF_DOCUMENTS))._coop_refuse_other_document()
            moves.filtered(lambda move: move.state == 'done')._coop_refuse_done_by_hand()
        return moves

    def write(self, vals):
        if not self._coop_is_moving():
            for name in OF_DOCUMENTS:
                if name in vals:
                    changed = self.filtered(lambda move, name=name: move[name].id != (vals[name] or False))
                    changed._coop_refuse_other_document()
            if vals.get('state') == 'done':
                self.filtered(lambda move: move.state != 'done')._coop_refuse_done_by_hand()
        return super().write(vals)

    # === BUSINESS METHODS === #

    def _coop_is_moving(self):
        """Whether a document, Odoo's own validation or the system makes the change."""
        return self.env.su or self.env.context.get('coop_moving_token') is MOVING_TOKEN

    def _coop_refuse_other_document(self):
        """Refuse to make these moves a slip's that did not ask for them, or to take them away from theirs.

        :raises UserError: saying to write a slip.
        """
        if self:
            raise UserError(self.env._(
                "Intake slips, return slips and write-offs ask the warehouse for their goods themselves; no other"
                " transfer of %s becomes one of theirs. For more goods, write a slip of its own.",
                self[0].product_id.display_name,
            ))

    def _coop_refuse_done_by_hand(self):
        """Refuse to call moves of members' goods done that moved nothing: their sale would count as delivered.

        :raises UserError: saying to validate the transfer.
        """
        for move in self:
            if move.product_id.coop_consigned and move.company_id.coop_is_cooperative:
                raise UserError(self.env._(
                    "The transfer of %(product)s (%(transfer)s) is done once it is validated, and not by marking it"
                    " so.", product=move.product_id.display_name,
                    transfer=move.picking_id.name or move.display_name,
                ))

    # === BUSINESS METHODS - CONFIRMED AND DONE === #

    def _action_done(self, cancel_backorder=False):
        moves = super(StockMove, as_moving(self))._action_done(cancel_backorder=cancel_backorder)
        moves = moves.with_env(self.env)
        # sudo: how much the slips say, whoever moves their goods
        moves.sudo().coop_consignment_line_id._check_not_above_net(moves)
        moves.sudo().coop_return_line_id._check_not_above_slip(moves)
        return moves

    def _create_backorder(self):
        # What is split off a transfer of a slip still is the slip's.
        return super(StockMove, as_moving(self))._create_backorder().with_env(self.env)

    def _coop_check_returned(self):
        self._coop_check_refunded()
        return super()._coop_check_returned()

    def _coop_check_refunded(self):
        """Refuse goods that come back from a customer, or go there again, while their sale stays as it is.

        Their owner would have the goods and be paid for them, or lose them and never be paid.

        :raises UserError: saying how to return them.
        """
        for move in self:
            if not move.product_id.coop_consigned or not move.company_id.coop_is_cooperative or move.to_refund:
                continue
            comes_back = move.location_id._coop_is_customer()
            goes_again = move.location_dest_id._coop_is_customer() and move.origin_returned_move_id
            if comes_back or goes_again:
                raise UserError(self.env._(
                    "%(product)s would be returned while its sale stays as it is, so that its owner is paid wrongly."
                    " Cancel this return and make it again with \"Update quantities on SO/PO\" ticked. To exchange"
                    " goods, use Exchange on the return, or deliver others on the same order.",
                    product=move.product_id.display_name,
                ))


class StockLocation(models.Model):
    _inherit = 'stock.location'

    # === BUSINESS METHODS === #

    def _coop_is_customer(self):
        """Whether goods that are here count as delivered to a customer, as Odoo's delivered quantities see it."""
        self.ensure_one()
        return self.usage == 'customer' or (self.usage == 'transit' and not self.company_id)
