from odoo import fields, models


class SaleOrder(models.Model):
    _inherit = 'sale.order'

    coop_pool_id = fields.Many2one(
        comodel_name='coop.pool', string="Pooled Purchase", readonly=True, copy=False, index='btree_not_null',
        check_company=True, ondelete='restrict',
    )

    # === ACTIONS === #

    def action_open_coop_pool(self):
        """Open the pooled purchase that this order belongs to."""
        self.ensure_one()
        return self.coop_pool_id._get_records_action()

    # === BUSINESS METHODS === #

    def _prepare_invoice(self):
        return {**super()._prepare_invoice(), 'coop_pool_id': self.coop_pool_id.id}

    def _get_invoice_grouping_keys(self):
        return [*super()._get_invoice_grouping_keys(), 'coop_pool_id']
