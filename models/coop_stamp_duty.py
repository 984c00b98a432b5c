from odoo import api, fields, models
from odoo.fields import Domain


class CoopStampDuty(models.Model):
    """Stamp duty (bea meterai) on receipts, from a day on; Rp 10,000 above Rp 5,000,000 since 2021 (UU 10/2020)."""
    _name = 'coop.stamp.duty'
    _inherit = ['mail.thread']
    _description = "Stamp Duty on Receipts"
    _order = 'date_from DESC, company_id, id'

    company_id = fields.Many2one(
        comodel_name='res.company', index='btree_not_null', help="Only for this cooperative. Empty: for all.",
    )
    date_from = fields.Date(string="From", required=True, tracking=True, default=fields.Date.context_today)
    limit = fields.Float(
        string="Receipts Above", digits=0, required=True, tracking=True,
        help="A receipt of more than this amount bears a stamp, debts set off included. Savings do not count: the"
             " cooperative's savings papers are exempt.",
    )
    amount = fields.Float(
        string="Stamp", digits=0, required=True, tracking=True, help="0 from the day it is abolished.",
    )
    note = fields.Char(string="Source", help="The law that says so.")

    _amounts_ok = models.Constraint(
        'CHECK (amount >= 0 AND "limit" >= 0)', "Neither the limit nor the stamp can be less than zero.",
    )
    _date_uniq = models.UniqueIndex(
        "(date_from, COALESCE(company_id, 0))", "There is a stamp duty from this day on already.",
    )

    # === COMPUTE METHODS === #

    @api.depends('date_from')
    def _compute_display_name(self):
        for duty in self:
            duty.display_name = self.env._("Stamp duty from %s", duty.date_from or "")

    # === BUSINESS METHODS === #

    @api.model
    def _get_duty(self, company, date, amount):
        """Return the stamp that a receipt of ``amount`` bears on ``date``, in the company's currency; 0 for none.

        What the company has set for itself comes before what holds for all.
        """
        # sudo: the law, for whoever serves at the counter
        rules = self.sudo().search(Domain('date_from', '<=', date) & Domain('company_id', 'in', [False, company.id]))
        rule = (rules.filtered('company_id') or rules)[:1]
        return rule.amount if rule and company.currency_id.compare_amounts(amount, rule.limit) > 0 else 0.0
