from odoo import api, fields, models
from odoo.fields import Command


class CoopPoolAskVendors(models.TransientModel):
    """Ask which vendors quote for which products of a pool, and send each a request of its own."""
    _name = 'coop.pool.ask.vendors'
    _description = "Ask Several Vendors"

    pool_id = fields.Many2one(comodel_name='coop.pool', required=True, readonly=True)
    line_ids = fields.Many2many(
        comodel_name='coop.pool.line', string="Products", compute='_compute_line_ids', store=True, readonly=False,
        domain="[('pool_id', '=', pool_id)]",
    )
    vendor_ids = fields.Many2many(
        comodel_name='res.partner', string="Vendors", compute='_compute_vendor_ids', store=True, readonly=False,
        help="By default those in the price lists of the products; others may be asked as well.",
    )

    # === COMPUTE METHODS === #

    @api.depends('pool_id')
    def _compute_line_ids(self):
        for wizard in self:
            wizard.line_ids = wizard.pool_id.line_ids.filtered('quantity_requested')

    @api.depends('line_ids')
    def _compute_vendor_ids(self):
        for wizard in self:
            # sudo: who sells the products, no price is shown
            vendors = wizard.sudo().line_ids.product_id.seller_ids.partner_id
            asked = wizard.pool_id._get_open_quotes().partner_id
            wizard.vendor_ids = [Command.set((vendors - asked).ids)]

    # === ACTIONS === #

    def action_ask(self):
        """Make the requests for quotation and open them.

        :raises UserError: when nothing is asked for, or a vendor was asked already.
        """
        self.ensure_one()
        return self.pool_id._ask_vendors(self.vendor_ids, self.line_ids)._get_records_action(
            name=self.env._("Quotes Asked For"),
        )
