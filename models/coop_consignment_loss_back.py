from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.producer_cooperative.models import coop_consignment_loss as loss_file

#: A write-off whose goods are out of the books, booked or not.
TAKEN_OUT = ('approved', 'done')


class CoopConsignmentLoss(models.Model):
    """Taking a write-off back that was a mistake: the goods are the owners' again, and what was booked is reversed."""
    _inherit = 'coop.consignment.loss'

    _transitions = {
        'draft': ('submitted', 'cancelled'),
        'submitted': ('draft', 'approved', 'cancelled'),
        'approved': ('done', 'cancelled'),
        'done': ('cancelled',),
        'cancelled': (),
    }
    _guarded_fields = loss_file.CoopConsignmentLoss._guarded_fields | {'reversal_move_id'}

    reversal_move_id = fields.Many2one(
        comodel_name='account.move', string="Reversal", readonly=True, copy=False, index='btree_not_null',
        ondelete='restrict',
    )

    # === ACTIONS === #

    def action_view_entry(self):
        """Open the entry, and its reversal where there is one."""
        return (self.move_id | self.reversal_move_id)._get_records_action(name=self.env._("Journal Entries"))

    # === BUSINESS METHODS === #

    def _cancel_with_reason(self, reason):
        """Drop write-offs that are not approved; of others, bring the goods back and reverse the entry today.

        :raises AccessError: for anybody but the manager and the treasurer once it is approved, and anybody but the
            treasurer once it is booked.
        :raises UserError: when an owner was paid for the loss, what was found has been sold or handed back since, or
            the period is closed.
        """
        taken_out = self.filtered(lambda loss: loss.state in TAKEN_OUT)
        for loss in taken_out:
            loss._check_user_is(*(loss_file.ACCOUNTANT,) if loss.move_id else (loss_file.MANAGER, loss_file.ACCOUNTANT))
            loss._queue_up()
            loss._check_owners_not_paid()
            loss._check_found_goods_are_there()
            if loss.move_id:
                loss._check_period_is_open(
                    fields.Date.context_today(loss), loss.company_id._get_coop_journal('coop_journal_id'),
                )
            loss._update_state('cancelled', cancel_reason=reason)
            # sudo: the role and the quantities were checked; only so do goods come back as a write-off
            loss.sudo()._move_goods_back()
            loss.sudo()._reverse_entry()
        return super(CoopConsignmentLoss, self - taken_out)._cancel_with_reason(reason)

    def _check_owners_not_paid(self):
        """Refuse to take back what an owner was paid for.

        :raises UserError: naming the payment.
        """
        self.ensure_one()
        # sudo: what the entry was matched with, for whoever takes it back
        items = self.sudo().move_id.line_ids.filtered(lambda item: item.account_id.reconcile)
        partials = items.matched_debit_ids | items.matched_credit_ids
        others = (partials.debit_move_id | partials.credit_move_id).move_id - items.move_id
        if others:
            raise UserError(self.env._(
                "%(document)s has been paid with %(payments)s. Undo the payment first.",
                document=self.display_name, payments=", ".join(others.mapped('display_name')),
            ))

    def _check_found_goods_are_there(self):
        """Refuse to take goods away again that were found and are not there any more.

        :raises UserError: naming the goods and the owner.
        """
        self.ensure_one()
        for share in self.sudo().share_ids:  # sudo: quantities only
            if share.uom_id.compare(share.quantity, 0) >= 0:
                continue
            quants = self.env['stock.quant'].sudo()._gather(
                share.product_id, self.location_id, lot_id=share.lot_id or None, owner_id=share.owner_id, strict=True,
            )
            free = sum(quants.mapped('quantity')) - sum(quants.mapped('reserved_quantity'))
            if share.uom_id.compare(free, -share.quantity) < 0:
                raise UserError(self.env._(
                    "%(product)s of %(owner)s that was found is sold, reserved or gone since. Write another count"
                    " instead.", product=share.product_id.display_name, owner=share.owner_id.display_name,
                ))

    def _move_goods_back(self):
        """Move every owner's part back: in again what was lost, out again what was found."""
        self.ensure_one()
        values_list = []
        for share in self.share_ids.filtered('quantity'):
            values = share._prepare_move_values()
            line = values['move_line_ids'][0][2]
            places = {'location_id': values['location_dest_id'], 'location_dest_id': values['location_id']}
            line.update(places)
            values_list.append({
                **values, **places, 'inventory_name': self.env._("%s cancelled", self.name),
            })
        self.env['stock.move'].create(values_list)._action_done()

    def _reverse_entry(self):
        self.ensure_one()
        if self.move_id:
            self.reversal_move_id = self.move_id._coop_reverse_for(self, self.env._(
                "Cancelled: %(document)s, %(reason)s", document=self.name, reason=self.cancel_reason,
            ))
