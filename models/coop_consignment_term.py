from itertools import pairwise

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_amount, format_date

from odoo.addons.producer_cooperative.tools.commission import Band, commission_on, commission_per_unit
from odoo.addons.producer_cooperative.tools.units import exact, to_decimal, to_units


class CoopConsignmentTerm(models.Model):
    """The terms of an agreement from a day on; they hold for the invoices of that day and later."""
    _name = 'coop.consignment.term'
    _description = "Consignment Terms"
    _order = 'agreement_id, date_from DESC, id DESC'
    _check_company_auto = True

    agreement_id = fields.Many2one(
        comodel_name='coop.consignment.agreement', required=True, index=True, ondelete='cascade',
    )
    company_id = fields.Many2one(related='agreement_id.company_id', store=True)
    currency_id = fields.Many2one(related='agreement_id.currency_id')
    partner_id = fields.Many2one(related='agreement_id.partner_id', store=True, index='btree_not_null')
    date_from = fields.Date(string="Valid From", required=True, default=fields.Date.context_today)
    commission_kind = fields.Selection(
        selection=[('percent', "Percentage"), ('tiered', "Tiered Percentage"), ('unit', "Fixed per Unit")],
        string="Commission", required=True, default='percent',
    )
    commission_rate = fields.Float(string="Rate (%)", digits=(5, 2), help="Of the net untaxed sale.")
    commission_fee = fields.Monetary(string="Amount per Unit", help="For every unit of goods sold.")
    band_ids = fields.One2many(
        comodel_name='coop.consignment.band', inverse_name='term_id', string="Bands", copy=True,
        help="Bands of what the member sold under these terms since the first of January.",
    )
    band_method = fields.Selection(
        selection=[
            ('slice', "Each band's rate on its own slice"), ('whole', "The rate of the band reached on everything"),
        ],
        required=True, default='slice',
    )
    savings_type_id = fields.Many2one(
        comodel_name='coop.savings.type', string="Savings Withheld", check_company=True, ondelete='restrict',
        index='btree_not_null',
    )
    savings_rate = fields.Float(string="Savings (%)", digits=(5, 2), help="Of the proceeds after commission.")
    set_off_rate = fields.Float(
        string="Set-Off (%)", digits=(5, 2),
        help="The share of the proceeds after commission that may be set off against what the member owes.",
    )
    set_off_consent_date = fields.Date(
        string="Consent Signed On", help="Nothing is set off before the member has consented in writing.",
    )
    return_days = fields.Integer(
        string="Days Before Return",
        help="Goods that are not sold this many days after they came in go back to the member. Zero: they may stay.",
    )
    grace_days = fields.Integer(
        string="Days of Grace", help="Days that the member has to fetch the goods after being reminded.",
    )
    is_used = fields.Boolean(compute='_compute_is_used', help="Settled with already, and therefore fixed.")

    _date_uniq = models.Constraint('UNIQUE (agreement_id, date_from)', "There are terms from this day on already.")
    _rates_are_shares = models.Constraint(
        'CHECK (commission_rate BETWEEN 0 AND 100 AND savings_rate BETWEEN 0 AND 100'
        ' AND set_off_rate BETWEEN 0 AND 100)',
        "A rate is between 0 and 100 %.",
    )
    _days_not_negative = models.Constraint(
        'CHECK (return_days >= 0 AND grace_days >= 0)', "Days cannot be negative.",
    )
    _fee_not_negative = models.Constraint('CHECK (commission_fee >= 0)', "The commission cannot be negative.")

    # === COMPUTE METHODS === #

    @api.depends('date_from', 'commission_kind', 'commission_rate', 'commission_fee')
    def _compute_display_name(self):
        for term in self:
            term.display_name = self.env._(
                "%(commission)s from %(date)s", commission=term._get_commission_label(),
                date=format_date(self.env, term.date_from) if term.date_from else "…",
            )

    def _compute_is_used(self):
        used = self._get_used()
        for term in self:
            term.is_used = term._origin in used

    # === CONSTRAINT METHODS === #

    @api.constrains('commission_kind', 'band_ids')
    def _check_bands(self):
        for term in self.filtered(lambda term: term.commission_kind == 'tiered'):
            if 0 not in term.band_ids.mapped('lower'):
                raise ValidationError(self.env._(
                    "The bands of %(agreement)s must start at zero, so that every sale has its rate.",
                    agreement=term.agreement_id.display_name,
                ))

    @api.constrains('savings_type_id', 'savings_rate')
    def _check_savings(self):
        for term in self:
            if term.savings_rate and not term.savings_type_id:
                raise ValidationError(self.env._("Say which savings are withheld."))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        terms = super().create(vals_list)
        terms._check_not_settled_past()
        return terms

    def write(self, vals):
        self._check_not_used()
        days = {term: (term.agreement_id, term.date_from) for term in self}
        res = super().write(vals)
        moved = self.filtered(lambda term: days[term] != (term.agreement_id, term.date_from))
        moved._check_not_settled_past()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._check_not_used()

    def _check_not_used(self):
        """Refuse to touch terms that members were settled with.

        :raises UserError: saying to write down new terms instead.
        """
        used = self._get_used()
        if used:
            raise UserError(self.env._(
                "Members were settled under the terms “%s”; they stay as they are. Write down new terms from a later"
                " day on.", used[0].display_name,
            ))

    def _check_not_settled_past(self):
        """Refuse terms that would hold for sales that were settled under other terms, and settle them again.

        Terms for all members come after everybody's settlements, a member's own after that member's.

        :raises UserError: naming the first day that new terms may hold from.
        """
        for agreement, terms in self.grouped('agreement_id').items():
            agreement.membership_id._queue_up()
            last = agreement.company_id._coop_get_last_settled_day(agreement.partner_id or None)
            if last and min(terms.mapped('date_from')) <= last:
                raise UserError(self.env._(
                    "Sales of %(members)s are settled up to %(last)s, and what was settled stays. New terms may hold"
                    " from %(first)s on.",
                    members=agreement.display_name, last=format_date(self.env, last),
                    first=format_date(self.env, fields.Date.add(last, days=1)),
                ))

    # === BUSINESS METHODS === #

    def _get_used(self):
        """Return those of the terms that a posted settlement rests on."""
        # sudo: whether any settlement rests on the terms, of whatever member
        groups = self.env['coop.settlement.line'].sudo()._read_group(
            [('term_id', 'in', self._origin.ids), ('state', '=', 'posted')], ['term_id'],
        )
        return self.browse(term.id for term, in groups)

    def _in_force_on(self, day):
        """Return the newest of these terms that were valid on ``day``, or none."""
        return self.filtered(lambda term: term.date_from <= day).sorted('date_from')[-1:]

    def _get_commission(self, quantity, amount):
        """Return the commission on all that a member sold under these terms in one calendar year.

        :param quantity: exact, in the products' units.
        :param int amount: net untaxed sales in whole rounding units of the company's currency.
        :return: whole rounding units, rounded once, a half away from zero.
        """
        self.ensure_one()
        if self.commission_kind == 'unit':
            fee = exact(to_decimal(self.commission_fee)) / exact(to_decimal(self.currency_id.rounding))
            return commission_per_unit(quantity, fee)
        return commission_on(self._get_bands(), amount, whole=self.band_method == 'whole')

    def _get_bands(self):
        """Return the bands as the arithmetic wants them: from one threshold up to, not including, the next."""
        self.ensure_one()
        if self.commission_kind == 'percent':
            return [Band(0, None, to_decimal(self.commission_rate))]
        rounding = self.currency_id.rounding
        bands = self.band_ids.sorted('lower')
        lowers = [to_units(band.lower, rounding) for band in bands]
        return [
            Band(lower, upper, to_decimal(band.rate))
            for band, (lower, upper) in zip(bands, pairwise([*lowers, None]), strict=True)
        ]

    def _get_commission_label(self):
        """Return the commission in words, for the statement that the member gets."""
        self.ensure_one()
        if self.commission_kind == 'unit':
            return self.env._("%s per unit", format_amount(self.env, self.commission_fee, self.currency_id))
        if self.commission_kind == 'tiered':
            rates = " / ".join(f"{band.rate:g}" for band in self.band_ids.sorted('lower'))
            return self.env._("%s %% tiered", rates)
        return self.env._("%s %%", f"{self.commission_rate:g}")
