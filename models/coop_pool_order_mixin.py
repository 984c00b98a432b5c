from odoo import api, fields, models
from odoo.exceptions import AccessError

#: Proof, in the context, that a pool itself makes its orders. A Python object and not a value: nobody can send it over
#: RPC.
POOL_TOKEN = object()


class CoopPoolOrderMixin(models.AbstractModel):
    """What the orders that a pool makes share: the pool they belong to, which nobody else can give or take away."""
    _name = 'coop.pool.order.mixin'
    _description = "Order of a Pooled Purchase"
    #: Fields that say which pool an order belongs to.
    _coop_pool_fields = ('coop_pool_id',)

    coop_pool_id = fields.Many2one(
        comodel_name='coop.pool', string="Pooled Purchase", readonly=True, copy=False, index='btree_not_null',
        check_company=True, ondelete='restrict',
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._coop_check_pool_not_forged(vals)
        orders = self
        if not self._coop_is_pool():
            # A default in the context is no way around that check.
            defaults = {f'default_{name}' for name in self._coop_pool_fields}
            context = {key: value for key, value in self.env.context.items() if key not in defaults}
            orders = self.with_context(context)  # pylint: disable=context-overridden; the key has to go
        return super(CoopPoolOrderMixin, orders).create(vals_list)

    def write(self, vals):
        self._coop_check_pool_not_forged(vals)
        return super().write(vals)

    # === ACTIONS === #

    def action_open_coop_pool(self):
        """Open the pooled purchase that this order belongs to."""
        self.ensure_one()
        return self.coop_pool_id._get_records_action()

    # === BUSINESS METHODS === #

    def _coop_as_pool(self):
        """Return these orders for the pool that makes them."""
        return self.with_context(coop_pool_token=POOL_TOKEN)

    def _coop_is_pool(self):
        """Whether a pool itself, or the system, makes the change."""
        return self.env.su or self.env.context.get('coop_pool_token') is POOL_TOKEN

    def _coop_check_pool_not_forged(self, vals):
        """Refuse to make an order one of a pool's, or to take it away from its pool.

        :raises AccessError: for anybody but the pool.
        """
        if not vals.keys().isdisjoint(self._coop_pool_fields) and not self._coop_is_pool():
            raise AccessError(self.env._("Only a pooled purchase itself makes its orders."))
