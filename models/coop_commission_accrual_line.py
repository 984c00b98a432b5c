from odoo import fields, models


class CoopCommissionAccrualLine(models.Model):
    """What is earned on one member's goods that were sold and not settled on the day of the accrual, by account."""
    _name = 'coop.commission.accrual.line'
    _description = "Commission Accrual Line"
    _order = 'accrual_id, id'
    _check_company_auto = True

    accrual_id = fields.Many2one(comodel_name='coop.commission.accrual', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='accrual_id.company_id', store=True)
    currency_id = fields.Many2one(related='accrual_id.currency_id')
    state = fields.Selection(related='accrual_id.state', store=True)
    date = fields.Date(related='accrual_id.date', store=True)
    membership_id = fields.Many2one(
        comodel_name='coop.membership', string="Member", required=True, readonly=True, index=True, check_company=True,
        ondelete='restrict',
    )
    account_id = fields.Many2one(
        comodel_name='account.account', required=True, readonly=True, check_company=True, ondelete='restrict',
        help="Commission, a levy that the cooperative keeps, or (on principal basis) the cost of the members' goods.",
    )
    amount_gross = fields.Monetary(string="Unsettled Sales", readonly=True)
    amount_commission = fields.Monetary(
        string="Earned", readonly=True, help="Credited to the account; what is a cost is negative.",
    )
