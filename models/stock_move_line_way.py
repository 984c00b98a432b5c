from odoo import models


class StockMoveLine(models.Model):
    """Which ways members' goods come, go and come back; on any other they would be lost, or made up."""
    _inherit = 'stock.move.line'

    # === BUSINESS METHODS === #

    def _coop_way_error_message(self):
        """Return why members' goods do not come or go this way, or an empty text.

        They come by a receipt, an approved count, or back from a customer, and leave by a sale, to their owner, or
        written off; always into the warehouse, and out of it.
        """
        self.ensure_one()
        source, destination = self.location_id._coop_get_side(), self.location_dest_id._coop_get_side()
        return (
            self._coop_outside_error_message(source, destination)
            or self._coop_in_error_message(source)
            or self._coop_out_error_message(source, destination)
        )

    def _coop_outside_error_message(self, source, destination):
        """Return what is wrong with a way that passes by the warehouse, or differs from that of the transfer."""
        self.ensure_one()
        texts = {'product': self.product_id.display_name, 'owner': self.owner_id.display_name}
        if 'production' in (source, destination):
            return self.env._(
                "%(product)s is sold for members and is neither made nor used up by manufacturing: whose goods it"
                " were could not be told. Buy the goods from %(owner)s first, as the cooperative's own product.",
                **texts,
            )
        if 'inside' not in (source, destination):
            if source == 'customer':
                return self.env._(
                    "%(product)s of %(owner)s comes back from a customer: take it into the warehouse first. From there"
                    " it goes home by a return slip, or is written off under Cooperative > Consignment > Write-Offs.",
                    **texts,
                )
            if destination == 'customer':
                return self.env._(
                    "%(product)s of %(owner)s would go from %(place)s to a customer without ever having been in the"
                    " warehouse. Take the goods in by an intake slip, and deliver them from there.",
                    place=self.location_id.display_name, **texts,
                )
            return self.env._(
                "%(product)s of %(owner)s would go from %(place)s to %(target)s and never reach the warehouse. Choose"
                " a place of the warehouse instead.",
                place=self.location_id.display_name, target=self.location_dest_id.display_name, **texts,
            )
        move = self.move_id
        if move.location_id._coop_get_side() != source or move.location_dest_id._coop_get_side() != destination:
            # What is delivered and received is counted by the transfer, what is in stock by its lines.
            return self.env._(
                "%(product)s of %(owner)s would go from %(place)s to %(target)s, and the transfer says another way."
                " Make a transfer of its own for that way.",
                place=self.location_id.display_name, target=self.location_dest_id.display_name, **texts,
            )
        return ""

    def _coop_in_error_message(self, source):
        """Return why the goods do not come in from this side."""
        self.ensure_one()
        texts = {'product': self.product_id.display_name, 'owner': self.owner_id.display_name}
        if source == 'inventory' and not self._coop_is_written_off():
            return self.env._(
                "%(product)s of %(owner)s would come from nowhere. What a member brings is taken in by an intake slip;"
                " more than the books say is noted as a count under Cooperative > Consignment > Write-Offs, where the"
                " reason and somebody's approval are noted.", **texts,
            )
        if source == 'customer' and not self._coop_comes_back():
            return self.env._(
                "%(product)s of %(owner)s comes from a customer without having been delivered. Return it from the"
                " delivery, so that the sale is corrected too.", **texts,
            )
        return ""

    def _coop_out_error_message(self, source, destination):
        """Return why the goods do not leave to this side."""
        self.ensure_one()
        texts = {'product': self.product_id.display_name, 'owner': self.owner_id.display_name}
        if destination == 'inventory' and source == 'inside' and not self._coop_is_written_off():
            return self.env._(
                "%(product)s of %(owner)s is missing or spoilt: write it off under Cooperative > Consignment >"
                " Write-Offs, where the reason, who bears it and somebody's approval are noted.", **texts,
            )
        lot = self.move_id.sudo().coop_return_line_id.lot_id  # sudo: which lot the return slip names
        if lot and lot != self.lot_id:
            return self.env._(
                "The return slip of %(owner)s names lot %(lot)s of %(product)s, and no other.", lot=lot.name, **texts,
            )
        if destination == 'supplier' and not self._coop_goes_home():
            return self.env._(
                "%(product)s of %(owner)s leaves without a return slip. Write one, or return the receipt that the"
                " goods came in with.", **texts,
            )
        if destination == 'customer' and not self._coop_is_sold():
            return self._coop_unsold_error_message()
        return ""

    def _coop_unsold_error_message(self):
        """Return why a delivery sells nothing: there is no order for the goods, or none that is in force."""
        self.ensure_one()
        texts = {'product': self.product_id.display_name, 'owner': self.owner_id.display_name}
        line = self.move_id.sudo().sale_line_id  # sudo: only which order it is, for whoever delivers
        if line.product_id == self.product_id and line.state != 'sale':
            return self.env._(
                "%(product)s of %(owner)s would be delivered for %(order)s, which is not a confirmed order: it would"
                " never be invoiced, and nobody paid. Confirm the order first, or cancel this transfer.",
                order=line.order_id.name, **texts,
            )
        return self.env._(
            "%(product)s of %(owner)s leaves for a customer without a sales order for it, so that nobody would ever"
            " be paid. Sell consigned goods as such through a sales order.", **texts,
        )

    def _coop_is_written_off(self):
        """Whether an approved count or write-off moves the goods; it does so with more rights than any user has."""
        self.ensure_one()
        return self.env.su and bool(self.move_id.coop_loss_share_id)

    def _coop_goes_home(self):
        """Whether the goods go back to their owner: by a return slip, or by returning a receipt."""
        self.ensure_one()
        move = self.move_id.sudo()  # sudo: which slip the move belongs to, for whoever moves it
        return bool(
            move.coop_return_line_id or move.coop_consignment_line_id or self._coop_undoes('supplier', 'inside')
        )

    def _coop_is_brought(self):
        """Whether somebody brings the goods now: not on a slip that was confirmed before, and not as an undone return.
        """
        self.ensure_one()
        move = self.move_id.sudo()  # sudo: which slip the move belongs to, for whoever receives it
        if self.location_id._coop_get_side() != 'supplier' or self.location_dest_id._coop_get_side() != 'inside':
            return False
        return not move.coop_consignment_line_id and not self._coop_undoes('inside', 'supplier')

    def _coop_comes_back(self):
        """Whether the goods were delivered for the same sale before; for a room that sells otherwise to override."""
        self.ensure_one()
        move = self.move_id.sudo()  # sudo: see _coop_check_returned
        line, origin = move.sale_line_id, move.origin_returned_move_id
        if line.product_id != self.product_id:
            return False
        return not origin or (origin.sale_line_id == line and self._coop_undoes('inside', 'customer'))

    def _coop_undoes(self, source, destination):
        """Whether the line undoes a finished move of the same product that went from one side to the other."""
        self.ensure_one()
        origin = self.move_id.sudo().origin_returned_move_id  # sudo: which move it was, for whoever returns
        return (
            origin.state == 'done' and origin.product_id == self.product_id
            and origin.location_id._coop_get_side() == source
            and origin.location_dest_id._coop_get_side() == destination
        )

    def _coop_is_sold(self):
        """Whether the line delivers what a confirmed order sells; for a room that sells otherwise to override."""
        self.ensure_one()
        line = self.move_id.sudo().sale_line_id  # sudo: see _coop_check_returned
        return line.product_id == self.product_id and line.state == 'sale' and line.company_id == self.company_id


class StockLocation(models.Model):
    _inherit = 'stock.location'

    # === BUSINESS METHODS === #

    def _coop_get_side(self):
        """Return where goods here are: ``'inside'`` the company, with a ``'customer'``, or what the location is."""
        self.ensure_one()
        if self._coop_is_customer():
            return 'customer'
        return 'inside' if self.usage in ('internal', 'transit') else self.usage
