from odoo import fields, models


class CoopLeavingLine(models.Model):
    """One thing that a leaving member has or owes: savings, a debt, an amount owed besides, goods, what may come."""
    _name = 'coop.leaving.line'
    _description = "Leaving Line"
    _order = 'leaving_id, kind, date, id'
    _check_company_auto = True

    leaving_id = fields.Many2one(comodel_name='coop.leaving', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='leaving_id.company_id', store=True, precompute=True)
    currency_id = fields.Many2one(related='leaving_id.currency_id')
    kind = fields.Selection(
        selection=[
            ('savings', "Returned"), ('kept', "Stays with the Cooperative"), ('debt', "Debt"),
            ('payable', "Owed to the Member"), ('goods', "Goods"), ('coming', "Still to Come"),
        ],
        required=True, readonly=True,
    )
    name = fields.Char(string="Description", required=True, readonly=True)
    date = fields.Date(readonly=True)
    savings_type_id = fields.Many2one(
        comodel_name='coop.savings.type', string="Savings", readonly=True, check_company=True, ondelete='restrict',
        index='btree_not_null',
    )
    move_line_id = fields.Many2one(
        comodel_name='account.move.line', string="Journal Item", readonly=True, check_company=True,
        ondelete='set null', index='btree_not_null',
    )
    product_id = fields.Many2one(comodel_name='product.product', readonly=True, ondelete='restrict')
    quantity = fields.Float(digits='Product Unit', readonly=True)
    uom_id = fields.Many2one(comodel_name='uom.uom', string="Unit", readonly=True, ondelete='restrict')
    amount = fields.Monetary(readonly=True)
    amount_set_off = fields.Monetary(string="Set Off", readonly=True)

    # === ACTIONS === #

    def action_open(self):
        """Open the invoice, bill or entry that the amount stands in."""
        self.ensure_one()
        # sudo: which document it is; whether the user may read it is for the document to say
        return self.env['account.move'].browse(self.sudo().move_line_id.move_id.id)._get_records_action()
