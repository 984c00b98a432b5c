from odoo import fields, models


class ResPartner(models.Model):
    _inherit = 'res.partner'

    coop_minimum_order_value = fields.Float(
        string="Minimum Order Value", company_dependent=True, min_display_digits='Product Price',
        groups='purchase.group_purchase_user,account.group_account_readonly',
        help="The least this vendor delivers for, before tax and in company currency. Pooled purchases warn below it,"
             " or refuse to order. 0: no minimum.",
    )
