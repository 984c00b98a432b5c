from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from odoo.addons.producer_cooperative.tools.commission import Band
from odoo.addons.producer_cooperative.tools.errors import InputRefusal, RuleRefusal
from odoo.addons.producer_cooperative.tools.units import to_decimal
from odoo.addons.producer_cooperative.tools.weighing import check_quality_bands, find_band, read_weight


class CoopQualityPrice(models.Model):
    """What the quality of goods means for their weight or price: a dated list for one product."""
    _name = 'coop.quality.price'
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _description = "Quality Price List"
    _order = 'product_id, date_from DESC, id DESC'
    _check_company_auto = True

    company_id = fields.Many2one(
        comodel_name='res.company', required=True, index=True, default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related='company_id.currency_id')
    active = fields.Boolean(default=True)
    product_id = fields.Many2one(
        comodel_name='product.product', required=True, index=True, check_company=True, ondelete='restrict',
        tracking=True, domain="[('type', '=', 'consu')]",
    )
    uom_id = fields.Many2one(related='product_id.uom_id', string="Unit")
    basis = fields.Selection(
        selection=[('measure', "A measured value"), ('grade', "The grade")], required=True, default='measure',
        tracking=True, help="What decides the line of the list: a value that is measured, or the grade as it is named.",
    )
    measure = fields.Char(help="What is measured, with its unit, e.g. Moisture (%).", tracking=True)
    result = fields.Selection(
        selection=[('deduction', "A deduction in per cent"), ('price', "A price per unit")], required=True,
        default='deduction', string="Gives", tracking=True,
    )
    is_net_price = fields.Boolean(
        string="Also for Goods Left for Sale", tracking=True,
        help="The price is also proposed as what the member gets for each unit of goods that are left for sale (harga"
             " titip). Otherwise it is the price of goods that are bought outright.",
    )
    date_from = fields.Date(string="Valid From", required=True, default=fields.Date.context_today, tracking=True)
    date_to = fields.Date(string="Valid Until", tracking=True, help="Last day; empty for no end.")
    band_ids = fields.One2many(
        comodel_name='coop.quality.band', inverse_name='price_id', string="Qualities", copy=True,
    )
    note = fields.Html(string="Remarks")

    _dates_ok = models.Constraint('CHECK (date_to >= date_from)', "The last day is before the first one.")

    # === COMPUTE METHODS === #

    @api.depends('product_id', 'date_from')
    def _compute_display_name(self):
        for price in self:
            price.display_name = self.env._(
                "%(product)s from %(date)s", product=price.product_id.display_name or "…",
                date=format_date(self.env, price.date_from) if price.date_from else "…",
            )

    # === CONSTRAINT METHODS === #

    @api.constrains('product_id', 'company_id', 'date_from', 'date_to', 'active')
    def _check_dates(self):
        for price in self.filtered('active'):
            other = self.search(price._get_overlap_domain(), limit=1)
            if other:
                raise ValidationError(self.env._(
                    "%(list)s overlaps %(other)s: only one list of a product holds on a day. End the other one on the"
                    " day before first.", list=price.display_name, other=other.display_name,
                ))

    @api.constrains('basis', 'measure', 'band_ids')
    def _check_bands(self):
        for price in self:
            if not price.band_ids:
                raise ValidationError(self.env._("%s is empty: add the qualities.", price.display_name))
            if price.basis == 'grade':
                price._check_grades()
            else:
                price._check_measured_bands()

    def _check_grades(self):
        self.ensure_one()
        names = [(band.grade or "").strip().casefold() for band in self.band_ids]
        if not all(names):
            raise ValidationError(self.env._("Name the grade on every line of %s.", self.display_name))
        twice = next((band.grade for band in self.band_ids if names.count(band.grade.strip().casefold()) > 1), None)
        if twice:
            raise ValidationError(self.env._(
                "%(list)s names the grade %(grade)s twice.", list=self.display_name, grade=twice,
            ))

    def _check_measured_bands(self):
        """Refuse bands with gaps or overlaps.

        :raises ValidationError: naming the bands.
        """
        self.ensure_one()
        if not (self.measure or "").strip():
            raise ValidationError(self.env._(
                "Say what is measured for %s, e.g. Moisture (%%).", self.product_id.display_name,
            ))
        try:
            check_quality_bands(self._get_bands())
        except RuleRefusal as refusal:
            raise ValidationError(self._explain_refusal(refusal)) from refusal

    def _explain_refusal(self, refusal):
        """Return what is wrong with the bands, in words that name them."""
        params = {name: f"{float(value):g}" for name, value in refusal.params.items()}
        if refusal.code == 'bands_gap':
            return self.env._(
                "%(list)s: no band covers %(previous)s up to %(lower)s. Let the band that ends at %(previous)s end at"
                " %(lower)s.", list=self.display_name, **params,
            )
        if refusal.code in ('bands_overlap', 'bands_out_of_order'):
            upper = params['previous'] if refusal.code == 'bands_overlap' else params['lower']
            return self.env._(
                "%(list)s: two bands cover %(lower)s up to %(upper)s. Let each band begin where the one before ends.",
                list=self.display_name, lower=params['lower'], upper=upper,
            )
        if refusal.code == 'band_after_open_end':
            return self.env._(
                "%(list)s: the band from %(lower)s follows one without an end. Only the last band has no end.",
                list=self.display_name, **params,
            )
        if refusal.code == 'band_empty':
            return self.env._(
                "%(list)s: the band from %(lower)s to %(upper)s is empty: it has to end above its beginning.",
                list=self.display_name, **params,
            )
        return self.env._("%(list)s: %(reason)s", list=self.display_name, reason=str(refusal))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        lists = super(CoopQualityPrice, self.with_context(coop_bands_together=True)).create(vals_list)
        return lists.with_env(self.env)

    def write(self, vals):
        return super(CoopQualityPrice, self.with_context(coop_bands_together=True)).write(vals)

    # === BUSINESS METHODS === #

    def _get_overlap_domain(self):
        self.ensure_one()
        domain = Domain([
            ('id', '!=', self.id), ('company_id', '=', self.company_id.id), ('product_id', '=', self.product_id.id),
            '|', ('date_to', '=', False), ('date_to', '>=', self.date_from),
        ])
        return domain & Domain('date_from', '<=', self.date_to) if self.date_to else domain

    def _get_bands(self):
        """Return the bands as the arithmetic wants them; an upper end of zero stands for no end."""
        self.ensure_one()
        return [
            Band(
                to_decimal(band.lower), to_decimal(band.upper) if band.upper else None, to_decimal(band.deduction_rate),
            )
            for band in self.band_ids.sorted(lambda band: (band.lower, not band.upper, band.upper))
        ]

    @api.model
    def _get_in_force(self, company, products, day):
        """Return ``{product: list in force}`` on a day; one look-up for all products."""
        # sudo: what a quality costs is told to whoever weighs; prices are shown by the fields that they go to
        lists = self.sudo().search([
            ('company_id', '=', company.id), ('product_id', 'in', products.ids), ('date_from', '<=', day),
            '|', ('date_to', '=', False), ('date_to', '>=', day),
        ])
        return {price.product_id.sudo(False): price for price in lists}

    def _find(self, measured, grade):
        """Return the line of the list for goods as they were measured or graded; empty where neither is known yet.

        :param str measured: as it was typed, e.g. ``14,5``.
        :raises UserError: for a value that is no number, or that no line covers.
        """
        self.ensure_one()
        if self.basis == 'grade':
            name = (grade or "").strip().casefold()
            return self.band_ids.filtered(lambda band: name and band.grade.strip().casefold() == name)
        if not (measured or "").strip():
            return self.band_ids[:0]
        try:
            value = read_weight(measured)
        except InputRefusal as refusal:
            raise UserError(self.env._(
                "“%(text)s” is no number for %(measure)s: write one like 14,5.", text=measured, measure=self.measure,
            )) from refusal
        bands = self.band_ids.sorted(lambda band: band.lower)
        position = find_band(self._get_bands(), value)
        if position is None:
            raise UserError(self._not_covered_message(measured))
        return bands[position]

    def _not_covered_message(self, measured):
        self.ensure_one()
        bands = self.band_ids.sorted('lower')
        if not bands[-1].upper:
            return self.env._(
                "No band of %(list)s covers %(measure)s of %(value)s: the bands begin at %(lower)s. Refuse the goods,"
                " or ask the board for another list.",
                list=self.display_name, measure=self.measure, value=measured, lower=f"{bands[0].lower:g}",
            )
        return self.env._(
            "No band of %(list)s covers %(measure)s of %(value)s: the bands go from %(lower)s up to, not including,"
            " %(upper)s. Refuse the goods, or ask the board for another list.",
            list=self.display_name, measure=self.measure, value=measured, lower=f"{bands[0].lower:g}",
            upper=f"{bands[-1].upper:g}",
        )
