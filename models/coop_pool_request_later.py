from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.producer_cooperative.models.coop_pool_order_mixin import POOL_TOKEN


class CoopPoolRequest(models.Model):
    """Requests after the closing: withdrawn with a reason, or made for goods that are offered again."""
    _inherit = 'coop.pool.request'

    withdrawn_quantity = fields.Float(
        digits='Product Unit', readonly=True, copy=False, help="What was asked for before it was withdrawn.",
    )
    withdraw_reason = fields.Char(string="Withdrawn Because", readonly=True, copy=False)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_withdrawal_not_forged(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._check_withdrawal_not_forged([vals])
        return super().write(vals)

    # === ACTIONS === #

    def action_withdraw(self):
        """Ask why these requests are withdrawn or refused."""
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Withdraw"), 'res_model': 'coop.pool.withdraw',
            'view_mode': 'form', 'target': 'new', 'context': {'default_request_ids': self.ids},
        }

    # === BUSINESS METHODS === #

    def _check_withdrawal_not_forged(self, vals_list):
        forged = any({'withdrawn_quantity', 'withdraw_reason'} & vals.keys() for vals in vals_list)
        if forged and not self.env.su:
            raise UserError(self.env._("A request is withdrawn through its own button, with a reason."))

    def _withdraw(self, reason):
        """Take requests out of a round that is closed, ordered or received; the others' shares follow.

        While the round is only closed, what is ordered is proposed anew. Once the order is made, the goods come all the
        same: they go to the other requests by the round's rule, what nobody takes stays in the cooperative's stock.

        :param str reason: why, for the auditors.
        :raises UserError: when the round is still open, or the goods have been distributed.
        """
        pools = self.pool_id
        pools.check_access('write')
        pools._queue_up()
        for pool in pools:
            if pool.state == 'open':
                raise UserError(self.env._("%s is still open: take the request back as usual.", pool.display_name))
            if pool.state not in ('closed', 'ordered', 'received'):
                raise UserError(self.env._(
                    "%s has been distributed: goods that a member does not take are recorded as not collected.",
                    pool.display_name,
                ))
        for request in self.filtered(lambda request: request.quantity or request.tolerance):
            quantity = request.quantity
            # sudo: the pool's own change after the closing; the access to the pool was checked
            late = request.sudo().with_context(coop_pool_token=POOL_TOKEN)
            late.write({
                'quantity': 0.0, 'tolerance': 0.0, 'withdrawn_quantity': quantity, 'withdraw_reason': reason,
            })
            request.pool_id.message_post(body=self.env._(
                "%(request)s: %(quantity)s %(unit)s withdrawn. %(reason)s", request=request.display_name,
                quantity=quantity, unit=request.uom_id.name, reason=reason,
            ))
        self.line_id.filtered(lambda line: line.pool_state == 'closed')._propose()
        pools.filtered(lambda pool: pool.state in ('ordered', 'received'))._reallocate()

    def _check_pool_is_open(self):
        if self.env.context.get('coop_pool_token') is not POOL_TOKEN:
            super()._check_pool_is_open()

    def _check_members_are_active(self):
        if self.env.context.get('coop_pool_token') is not POOL_TOKEN:
            super()._check_members_are_active()

    @api.model
    def _check_members_may_take(self, memberships):
        """Refuse members who do not take part in pooled purchases.

        :raises UserError: naming the member.
        """
        for membership in memberships:
            if membership.state != 'active':
                raise UserError(self.env._(
                    "%s is no active member; only active members take part in pooled purchases.",
                    membership.display_name,
                ))

    @api.model
    def _get_or_create_for_offer(self, line, membership):
        """Return the member's request for a product, an empty one where goods are offered after the distribution."""
        request = line.request_ids.filtered(lambda request: request.membership_id == membership)
        if request:
            return request
        # sudo: the pool's own change after the closing; the access to the pool was checked
        return self.sudo().with_context(coop_pool_token=POOL_TOKEN).create({
            'line_id': line.id, 'membership_id': membership.id, 'quantity': 0.0,
        })
