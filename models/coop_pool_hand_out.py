from odoo import models
from odoo.exceptions import UserError

#: How many members a message names.
NAMED_MEMBERS = 5


class CoopPool(models.Model):
    """Handing out to the end: a round is done when every member has what the charge says, no less and no more."""
    _inherit = 'coop.pool'

    # === BUSINESS METHODS === #

    def _check_can_be_done(self):
        super()._check_can_be_done()
        self._check_handed_out()

    def _check_handed_out(self):
        """Refuse to end a round whose goods wait for a member, or of which a member was handed out too much.

        :raises UserError: naming the members, the goods and what to do with them.
        """
        self.ensure_one()
        charged = self.allocation_ids.filtered('charge_id')
        waiting = charged.filtered(lambda share: share.uom_id.compare(share.quantity_collected, share.quantity) < 0)
        if waiting:
            raise UserError(self.env._(
                "%(pool)s is not done yet: goods wait for %(members)s. Hand them out, or record them as not collected.",
                pool=self.display_name, members=waiting._list_by_member('quantity_waiting'),
            ))
        beyond = charged.filtered(lambda share: share.uom_id.compare(share.quantity_collected, share.quantity) > 0)
        if beyond:
            raise UserError(self.env._(
                "%(pool)s is not done yet: more than the share was handed out to %(members)s. Let them return what is"
                " too much through the delivery.",
                pool=self.display_name, members=beyond._list_by_member('quantity_collected'),
            ))


class CoopPoolAllocation(models.Model):
    _inherit = 'coop.pool.allocation'

    # === BUSINESS METHODS === #

    def _list_by_member(self, field):
        """Name members and goods with the quantity in ``field``, the first few of them."""
        ranked = self.sorted(lambda share: share.membership_id._get_rank())
        names = [
            self.env._(
                "%(member)s (%(quantity)s %(unit)s of %(product)s)", member=share.membership_id.display_name,
                quantity=share.line_id._format(share[field]), unit=share.uom_id.name,
                product=share.product_id.display_name,
            ) for share in ranked[:NAMED_MEMBERS]
        ]
        if len(ranked) > NAMED_MEMBERS:
            names.append(self.env._("%s more", len(ranked) - NAMED_MEMBERS))
        return ", ".join(names)


class CoopPoolCharge(models.Model):
    _inherit = 'coop.pool.charge'

    # === BUSINESS METHODS === #

    def _check_something_waits(self):
        """Refuse to take goods back from members who have collected all of theirs.

        :raises UserError: naming the deliveries that the goods are returned through.
        """
        for charge in self:
            shares = charge.allocation_ids
            if shares and not any(share.uom_id.compare(share.quantity_waiting, 0.0) > 0 for share in shares):
                # sudo: the numbers of the member's own deliveries, for whoever takes the goods back
                deliveries = charge.sudo().order_id.picking_ids.filtered(lambda picking: picking.state == 'done')
                raise UserError(self.env._(
                    "%(member)s has collected everything. Return the goods through their delivery first"
                    " (%(deliveries)s, button “Return”); then they can be taken back here.",
                    member=charge.membership_id.display_name, deliveries=", ".join(deliveries.mapped('name')) or "–",
                ))
