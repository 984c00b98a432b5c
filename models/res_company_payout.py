from odoo import api, fields, models

from odoo.addons.producer_cooperative.tools.obstacle import Obstacle


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
    coop_shu_payout_limit = fields.Monetary(
        string="One Person Pays SHU Up To", compute='_compute_coop_shu_payout_limit', store=True, readonly=False,
        tracking=True,
        help="Whoever wrote or last changed a payout with more SHU than this cannot post it, as long as SHU needs two"
             " people. Enter 0 to have two people for every payout of SHU.",
    )

    _coop_cash_unit_positive = models.Constraint(
        'CHECK (coop_cash_unit > 0)', "The smallest amount paid in cash must be more than zero.",
    )
    _coop_shu_payout_limit_positive = models.Constraint(
        'CHECK (coop_shu_payout_limit >= 0)', "What one person may pay out alone cannot be negative.",
    )

    # === COMPUTE METHODS === #

    @api.depends('currency_id')
    def _compute_coop_cash_unit(self):
        for company in self:
            currency = company.currency_id
            company.coop_cash_unit = 100.0 if currency.name == 'IDR' else currency.rounding or 0.01

    @api.depends('currency_id')
    def _compute_coop_shu_payout_limit(self):
        """About a member's part or two: the counter stays quick, while a list for everybody is looked at twice."""
        for company in self:
            company.coop_shu_payout_limit = 1_000_000.0 if company.currency_id.name == 'IDR' else 100.0

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
