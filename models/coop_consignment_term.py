from fractions import Fraction
from itertools import pairwise

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_amount, format_date

from odoo.addons.producer_cooperative.tools.commission import (
    Band,
    check_bands,
    commission_function,
    commission_per_unit,
)
from odoo.addons.producer_cooperative.tools.errors import RuleRefusal
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
    date_to = fields.Date(
        string="Valid Until", help="The last day. Left empty, the terms hold until the next ones begin.",
    )
    commission_kind = fields.Selection(
        selection=[
            ('percent', "Percentage"), ('tiered', "Tiered Percentage"), ('unit', "Fixed per Unit"),
            ('net', "Net Price"),
        ],
        string="Commission", required=True, default='percent',
        help="Percentage: a share of the net untaxed sale. Tiered: shares by bands of all that the member sold under"
             " these terms since the first of January. Fixed per unit: an amount for every unit sold. Net price: the"
             " member gets a fixed price for every unit sold, the cooperative keeps the rest (harga titip).",
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
        string="Method", required=True, default='slice',
    )
    price_ids = fields.One2many(
        comodel_name='coop.consignment.price', inverse_name='term_id', string="Net Prices", copy=True,
    )
    net_shortfall = fields.Selection(
        selection=[
            ('member', "The member gets what the sale brought"),
            ('cooperative', "The cooperative pays the net price all the same"),
        ],
        string="Sold Below the Net Price", required=True, default='member',
        help="What happens when goods with a net price, here or on the intake slip, are sold for less. The commission"
             " is zero in the first case, and a loss of the cooperative in the second.",
    )
    levy_ids = fields.One2many(
        comodel_name='coop.consignment.levy', inverse_name='term_id', string="Levies", copy=True,
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
        string="Consent Signed On",
        help="Nothing is set off before the member has consented in writing. In terms for all members: the day of the"
             " bylaw or of the meeting's resolution.",
    )
    set_off_consent_ref = fields.Char(
        string="Paper of Consent",
        help="Where the signed paper is found: its number, or the folder. In terms for all members: the bylaw or the"
             " resolution of the members' meeting by which all have consented.",
    )
    take_home_rate = fields.Float(
        string="Least Paid Out (%)", digits=(5, 2),
        help="The share of the proceeds after commission that is always paid out, whatever is saved or owed.",
    )
    take_home_amount = fields.Monetary(
        string="Least Paid Out",
        help="What is paid out of every settlement at least, before anything is saved or set off.",
    )
    settle_on = fields.Selection(
        selection=[('invoice', "When it is invoiced"), ('payment', "When the customer has paid")],
        string="A Sale Counts", required=True, default='invoice',
        help="When the customer has paid: of a part payment, that part of the sale counts.",
    )
    default_bearer = fields.Selection(
        selection=[('cooperative', "The cooperative"), ('member', "The member")],
        string="If the Customer Never Pays", required=True, default='cooperative',
        help="Who loses what is written off: what a journal entry books from the customer's receivable to an expense"
             " account. If the member does, it does not count as sold.",
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
    _dates_in_order = models.Constraint(
        'CHECK (date_to IS NULL OR date_to >= date_from)', "Terms cannot end before they begin.",
    )
    _rates_are_shares = models.Constraint(
        'CHECK (commission_rate BETWEEN 0 AND 100 AND savings_rate BETWEEN 0 AND 100'
        ' AND set_off_rate BETWEEN 0 AND 100)',
        "A rate is between 0 and 100 %.",
    )
    _take_home_is_share = models.Constraint(
        'CHECK (take_home_rate BETWEEN 0 AND 100 AND take_home_amount >= 0)',
        "What is always paid out is between 0 and 100 %, and never negative.",
    )
    _days_not_negative = models.Constraint(
        'CHECK (return_days >= 0 AND grace_days >= 0)', "Days cannot be negative.",
    )
    _fee_not_negative = models.Constraint('CHECK (commission_fee >= 0)', "The commission cannot be negative.")

    # === COMPUTE METHODS === #

    @api.depends('date_from', 'commission_kind', 'commission_rate', 'commission_fee', 'band_method', 'band_ids.rate')
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
            bands = term._get_bands()
            try:
                check_bands(bands)
            except RuleRefusal as refusal:
                raise ValidationError(term._bands_error_message(refusal)) from refusal
            if bands[-1].upper is not None:
                raise ValidationError(self.env._(
                    "The last band of %(agreement)s must have no end, so that every sale has its rate: empty its"
                    " “Below”.", agreement=term.agreement_id.display_name,
                ))

    @api.constrains('savings_type_id', 'savings_rate')
    def _check_savings(self):
        for term in self:
            if term.savings_rate and not term.savings_type_id:
                raise ValidationError(self.env._("Say which savings are withheld."))

    @api.constrains('agreement_id', 'set_off_rate', 'set_off_consent_date', 'set_off_consent_ref')
    def _check_consent_of_all(self):
        for term in self.filtered(lambda term: term.set_off_rate and term.set_off_consent_date):
            if not term.agreement_id.membership_id and not (term.set_off_consent_ref or "").strip():
                raise ValidationError(self.env._(
                    "No single member's signature can stand in the terms of %s. Under “Paper of Consent”, name the"
                    " bylaw or the resolution of the members' meeting by which all have consented to the set-off, or"
                    " note the consent in the agreement of each member.", term.agreement_id.display_name,
                ))

    @api.constrains('agreement_id', 'date_from', 'date_to')
    def _check_no_overlap(self):
        for term in self.agreement_id.term_ids.filtered('date_to'):
            later = term.agreement_id.term_ids.filtered(
                lambda other, term=term: other != term and term.date_from <= other.date_from <= term.date_to,
            )
            if later:
                raise ValidationError(self.env._(
                    "Terms of %(agreement)s overlap: those until %(end)s and those from %(start)s. End the first ones"
                    " earlier, or leave their end empty: they then end where the next ones begin.",
                    agreement=term.agreement_id.display_name, end=format_date(self.env, term.date_to),
                    start=format_date(self.env, later[0].date_from),
                ))

    @api.constrains('savings_rate', 'set_off_rate', 'take_home_rate', 'levy_ids')
    def _check_shares(self):
        for term in self:
            levies = sum(term.levy_ids.filtered(lambda levy: levy.kind == 'percent').mapped('rate'))
            kept = round(levies + term.savings_rate + term.take_home_rate, 2)
            if kept > 100:
                raise ValidationError(self.env._(
                    "Levies, savings and what is always paid out add up to %(sum)s %% of the proceeds; together they"
                    " are 100 %% at most.", sum=f"{kept:g}",
                ))
            if round(term.set_off_rate + term.take_home_rate, 2) > 100:
                raise ValidationError(self.env._(
                    "What may be set off and what is always paid out add up to %(sum)s %% of the proceeds; together"
                    " they are 100 %% at most.", sum=f"{term.set_off_rate + term.take_home_rate:g}",
                ))

    # === BUSINESS METHODS === #

    def _in_force_on(self, day):
        """Return the newest of these terms that were valid on ``day``, or none."""
        return self.filtered(
            lambda term: term.date_from <= day and (not term.date_to or term.date_to >= day),
        ).sorted('date_from')[-1:]

    def _get_signed_set_off(self):
        """Return ``(day of consent, rate in %)`` of the set-off that the member has signed in an agreement of the own.

        ``(False, 0.0)`` where nothing was signed, or where the terms are those of all members: what these say of sales
        for the member is no consent to set off what the cooperative buys.
        """
        term = self.filtered(lambda term: term.agreement_id.membership_id and term.set_off_consent_date)
        return (term.set_off_consent_date, term.set_off_rate) if term else (False, 0.0)

    def _get_commission_function(self, scale=1):
        """Return a function ``(quantity, amount) -> commission`` on all that a member sold under these terms in a year.

        Amount and commission are whole rounding units of the company's currency. The commission is rounded once, to a
        multiple of the company's rounding unit, a half away from zero.

        :param int scale: into how many parts the quantities divide the product's unit; they are whole numbers of them.
        """
        self.ensure_one()
        step = self.company_id._coop_get_rounding_step()
        if self.commission_kind == 'unit':
            fee = self._to_units_exact(self.commission_fee)
            return lambda quantity, amount: commission_per_unit(Fraction(quantity, scale), fee, step)
        compute = commission_function(self._get_bands(), whole=self.band_method == 'whole', step=step)
        return lambda quantity, amount: compute(amount)

    def _get_net_price(self, product):
        """Return what the member gets for a unit of the product by the price table.

        :return: in the company's currency.
        :raises UserError: naming the product when it has no price.
        """
        self.ensure_one()
        price = self.price_ids.filtered(lambda price: price.product_id == product).net_price
        if not price:
            raise UserError(self.env._(
                "The terms “%(term)s” of %(agreement)s name no net price of %(product)s. Write it into their price"
                " table, or note it on the intake slip.",
                term=self.display_name, agreement=self.agreement_id.display_name, product=product.display_name,
            ))
        return price

    def _get_bands(self):
        """Return the bands as the arithmetic wants them: from one threshold up to, not including, the next."""
        self.ensure_one()
        if self.commission_kind == 'percent':
            return [Band(0, None, to_decimal(self.commission_rate))]
        rounding = self.currency_id.rounding
        bands = self.band_ids.sorted('lower')
        lowers = [to_units(band.lower, rounding) for band in bands]
        return [
            Band(lower, to_units(band.upper, rounding) if band.upper else following, to_decimal(band.rate))
            for band, (lower, following) in zip(bands, pairwise([*lowers, None]), strict=True)
        ]

    def _to_units_exact(self, amount):
        """Return an amount per unit of goods in rounding units, not rounded."""
        return exact(to_decimal(amount)) / exact(to_decimal(self.currency_id.rounding))

    def _get_commission_label(self):
        """Return the commission in words, for the statement that the member gets."""
        self.ensure_one()
        if self.commission_kind == 'unit':
            return self.env._("%s per unit", format_amount(self.env, self.commission_fee, self.currency_id))
        if self.commission_kind == 'net':
            return self.env._("Net price")
        if self.commission_kind == 'tiered':
            rates = " / ".join(f"{band.rate:g}" for band in self.band_ids.sorted('lower'))
            if self.band_method == 'whole':
                return self.env._("%s %% tiered, on everything", rates)
            return self.env._("%s %% tiered, by bands", rates)
        return self.env._("%s %%", f"{self.commission_rate:g}")

    def _bands_error_message(self, refusal):
        """Return what is wrong with the bands, and what to do."""
        self.ensure_one()
        rounding = self.currency_id.rounding
        values = {
            key: format_amount(self.env, float(value) * rounding, self.currency_id)
            for key, value in refusal.params.items() if key in ('lower', 'upper', 'previous')
        }
        agreement = self.agreement_id.display_name
        if refusal.code == 'bands_gap':
            return self.env._(
                "The bands of %(agreement)s leave a gap from %(start)s to %(end)s: sales in it would have no rate.",
                agreement=agreement, start=values['previous'], end=values['lower'],
            )
        if refusal.code == 'bands_overlap':
            return self.env._(
                "Two bands of %(agreement)s overlap from %(start)s to %(end)s. A band ends where the next one begins.",
                agreement=agreement, start=values['lower'], end=values['previous'],
            )
        return self.env._(
            "The bands of %(agreement)s do not hold together: each begins where the one before ends, and ends above"
            " its beginning.", agreement=agreement,
        )
