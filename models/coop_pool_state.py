from odoo import models


class CoopPool(models.Model):
    """Why a round does not go to a state now, in words that say what to do first."""
    _inherit = 'coop.pool'

    # === BUSINESS METHODS === #

    def _state_error_message(self, target):
        self.ensure_one()
        return self._explain_done_already(target) or self._explain_step_before(target) or (
            super()._state_error_message(target)
        )

    def _explain_done_already(self, target):
        """Say that a step was taken already and where its result is, or return an empty text."""
        self.ensure_one()
        states = list(self._transitions)
        if self.state == 'cancelled' or target == 'cancelled' or states.index(self.state) < states.index(target):
            return ""
        if target == 'open' and self.state == 'open':
            return self.env._("%s is open already: enter the requests.", self.display_name)
        if target == 'closed':
            return self.env._("%s was closed already: requests are not taken any more.", self.display_name)
        if target == 'ordered':
            # sudo: the numbers of the pool's own orders, for whoever orders
            return self.env._(
                "%(pool)s was ordered already: see %(orders)s.", pool=self.display_name,
                orders=", ".join(self.sudo().purchase_order_ids.mapped('name')),
            )
        if target == 'distributed':
            return self.env._(
                "%s was distributed already: see the members' orders. Goods that nobody takes are recorded as not"
                " collected, and offered again.", self.display_name,
            )
        if target == 'done':
            return self.env._("%s is done already.", self.display_name)
        return ""

    def _explain_step_before(self, target):
        """Say which step comes first, or return an empty text."""
        self.ensure_one()
        if target == 'closed' and self.state == 'draft':
            return self.env._("%s is not open yet: open it and enter the requests first.", self.display_name)
        if target in ('ordered', 'distributed', 'done') and self.state in ('draft', 'open'):
            return self.env._(
                "%s is not closed yet. Close it first: then it is worked out what is ordered and from whom.",
                self.display_name,
            )
        if target in ('distributed', 'done') and self.state == 'closed':
            return self.env._("%s is not ordered yet: order the goods and receive them first.", self.display_name)
        if target in ('distributed', 'done') and self.state == 'ordered':
            return self._explain_what_is_expected()
        if target == 'done' and self.state == 'received':
            return self.env._("%s is not distributed yet: distribute the goods first.", self.display_name)
        return ""

    def _explain_what_is_expected(self):
        """Say which orders are to be confirmed, and which receipts to be finished."""
        self.ensure_one()
        # sudo: the numbers of the pool's own orders and receipts, for whoever waits for the goods
        pool = self.sudo()
        drafts = pool.purchase_order_ids.filtered(lambda order: order.state not in ('purchase', 'cancel'))
        if drafts:
            return self.env._(
                "%(pool)s: the goods are not ordered from the vendor yet. Confirm %(orders)s, and receive the goods.",
                pool=self.display_name, orders=", ".join(drafts.mapped('name')),
            )
        receipts = self.env['stock.picking'].sudo()  # sudo: see above
        for moves in pool.line_ids._get_goods_moves().values():
            receipts |= moves.filtered(
                lambda move: move.state not in ('done', 'cancel') and move._coop_brings_goods(),
            ).picking_id
        if not receipts:
            return ""
        return self.env._(
            "%(pool)s: goods are still expected with %(receipts)s. Validate that receipt first, or cancel it when"
            " nothing more is coming.", pool=self.display_name, receipts=", ".join(receipts.mapped('name')),
        )


class CoopPoolDeposit(models.Model):
    _inherit = 'coop.pool.deposit'

    # === BUSINESS METHODS === #

    def _state_error_message(self, target):
        self.ensure_one()
        if target == 'paid' and self.state in ('paid', 'settled'):
            return self.env._("%s was paid already. Print its receipt again, if it was lost.", self.display_name)
        if target == 'paid' and self.state == 'cancelled':
            return self.env._("%s was cancelled. Enter a new deposit for the member.", self.display_name)
        return super()._state_error_message(target)
