from odoo import api, fields, models

from odoo.addons.producer_cooperative.tools.cash import pay_down
from odoo.addons.producer_cooperative.tools.obstacle import Obstacle
from odoo.addons.producer_cooperative.tools.units import from_units, to_units


class ResCompany(models.Model):
    """How members are paid."""
    _inherit = 'res.company'

    coop_cash_unit = fields.Float(
        string="Smallest Cash Paid", compute='_compute_coop_cash_unit', store=True, readonly=False, digits=0,
        help="Members are paid in cash in whole multiples of this amount; the rest stays owed to them and is carried to"
             " the next payout.",
    )
    coop_transfer_format = fields.Selection(
        selection=[('csv', "CSV"), ('xlsx', "Excel (XLSX)")], string="Transfer File", default='csv', required=True,
        help="The file that the bank's bulk-transfer screen reads.",
    )
    coop_transfer_separator = fields.Selection(
        selection=[('comma', "Comma"), ('semicolon', "Semicolon"), ('tab', "Tab"), ('pipe', "Vertical Bar")],
        string="Separator in Transfer Files", default='comma', required=True,
    )
    coop_set_off_early = fields.Boolean(
        string="Set Off Debts Before They Are Due", tracking=True,
        help="Settlements and payouts then also settle invoices that fall due later. Choose this only when the members"
             " agreed to it in writing; otherwise only what is due is set off.",
    )

    _coop_cash_unit_positive = models.Constraint(
        'CHECK (coop_cash_unit > 0)', "The smallest amount paid in cash must be more than zero.",
    )

    # === COMPUTE METHODS === #

    @api.depends('currency_id')
    def _compute_coop_cash_unit(self):
        for company in self:
            currency = company.currency_id
            company.coop_cash_unit = 100.0 if currency.name == 'IDR' else currency.rounding or 0.01

    # === BUSINESS METHODS - COINS === #

    def _coop_split_cash(self, amount):
        """Return ``(what can be handed over in cash, what is carried for the member)``; both add up to ``amount``.

        What is handed over is the highest multiple of the smallest coin that is not above the amount. The rest is never
        booked as a gain: it stays where it is owed.

        :param amount: not below zero, in the company's currency.
        """
        self.ensure_one()
        rounding = self.currency_id.rounding
        unit = to_units(self.coop_cash_unit, rounding)
        [paid] = pay_down([to_units(amount, rounding)], unit)
        handed_over = float(from_units(paid, rounding))
        return handed_over, self.currency_id.round(amount - handed_over)

    # === BUSINESS METHODS - CLOSING === #

    def _coop_get_closing_obstacles(self, date_from, date_to):
        """Name payouts to members that are still drafts."""
        obstacles = super()._coop_get_closing_obstacles(date_from, date_to)
        # sudo: how many, for whoever closes the books
        domain = [
            ('company_id', '=', self.id), ('state', '=', 'draft'), ('date', '>=', date_from), ('date', '<=', date_to),
        ]
        drafts = self.env['coop.payout'].sudo().search_count(domain)
        if drafts:
            obstacles.append(Obstacle(
                self.env._("%s payouts to members are still drafts: post or delete them.", drafts), 'coop.payout',
                domain, action='coop_payout_action',
            ))
        return obstacles
