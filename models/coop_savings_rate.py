from odoo import fields, models


class CoopSavingsRate(models.Model):
    """The amount of a savings type from a day on, as the members' meeting set it."""
    _name = 'coop.savings.rate'
    _description = "Savings Amount"
    _order = 'type_id, date_from DESC'

    type_id = fields.Many2one(comodel_name='coop.savings.type', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='type_id.company_id', store=True)
    currency_id = fields.Many2one(related='type_id.currency_id')
    date_from = fields.Date(required=True, default=fields.Date.context_today)
    amount = fields.Monetary(required=True)

    _date_uniq = models.Constraint('UNIQUE (type_id, date_from)', "There is an amount from this day on already.")
    _amount_positive = models.Constraint('CHECK (amount >= 0)', "The amount of savings cannot be negative.")
