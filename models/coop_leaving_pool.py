from odoo import models
from odoo.tools import formatLang

#: Rounds whose goods are not handed out and invoiced yet.
OPEN_POOL_STATES = ('open', 'closed', 'ordered', 'received')


class CoopLeaving(models.Model):
    """What a leaving member has open in pooled purchases: deposits that are held, and requests."""
    _inherit = 'coop.leaving'

    # === BUSINESS METHODS === #

    def _prepare_coming_rows(self):
        """Add deposits that the cooperative still holds, and requests in rounds that are not over."""
        return super()._prepare_coming_rows() + self._prepare_pool_deposit_rows() + self._prepare_pool_request_rows()

    def _prepare_pool_deposit_rows(self):
        self.ensure_one()
        # sudo: figures of the member's own documents
        deposits = self.env['coop.pool.deposit'].sudo().search([
            ('membership_id', '=', self.membership_id.id), ('state', 'in', ('paid', 'settled')),
        ])
        return [
            {
                'kind': 'coming', 'date': deposit.date, 'amount': deposit.amount_left,
                'name': self.env._(
                    "Deposit %(deposit)s for %(pool)s, held until it is set off or paid back",
                    deposit=deposit.display_name, pool=deposit.pool_id.display_name,
                ),
            }
            for deposit in deposits if not self.currency_id.is_zero(deposit.amount_left)
        ]

    def _prepare_pool_request_rows(self):
        self.ensure_one()
        # sudo: see _prepare_pool_deposit_rows
        requests = self.env['coop.pool.request'].sudo().search([
            ('membership_id', '=', self.membership_id.id), ('pool_id.state', 'in', OPEN_POOL_STATES),
            ('quantity', '>', 0),
        ])
        return [
            {
                'kind': 'coming', 'product_id': request.product_id.id, 'quantity': request.quantity,
                'uom_id': request.uom_id.id,
                'name': self.env._(
                    "Asked for in %(pool)s: %(quantity)s %(unit)s of %(product)s",
                    pool=request.pool_id.display_name, unit=request.uom_id.name,
                    quantity=formatLang(self.env, request.quantity, dp='Product Unit'),
                    product=request.product_id.display_name,
                ),
            }
            for request in requests
        ]
