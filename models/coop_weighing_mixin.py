from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.producer_cooperative.models.coop_consignment import MONEY_GROUPS
from odoo.addons.producer_cooperative.tools.errors import InputRefusal
from odoo.addons.producer_cooperative.tools.units import to_decimal
from odoo.addons.producer_cooperative.tools.weighing import percent_of, read_sacks


class CoopWeighingMixin(models.AbstractModel):
    """Goods as they are brought: what lay on the scale, what is taken off, what counts, and on which deal.

    A model that inherits it says where company, currency and date come from. Quantities are in the product's unit.
    """
    _name = 'coop.weighing.mixin'
    _description = "Weighed Goods"

    company_id = fields.Many2one(comodel_name='res.company')
    currency_id = fields.Many2one(comodel_name='res.currency')
    date = fields.Date()
    product_id = fields.Many2one(
        comodel_name='product.product', required=True, index=True, check_company=True, ondelete='restrict',
        domain="[('coop_consigned', '=', True)] if deal == 'consign' else [('type', '=', 'consu')]",
    )
    uom_id = fields.Many2one(related='product_id.uom_id', string="Unit")
    deal = fields.Selection(
        selection=[('consign', "Left for Sale"), ('buy', "Bought Outright")], required=True, default='consign',
        help="Goods that are left for sale (titip) stay the member's until a customer buys them. Goods that are bought"
             " outright (beli putus) are the cooperative's once they are received, and are billed at once.",
    )
    goods_product_id = fields.Many2one(
        comodel_name='product.product', string="Taken In As", compute='_compute_goods_product_id',
        help="Goods that are bought outright are taken in as the cooperative's own twin of the product.",
    )
    sacks = fields.Char(help="The weight of each sack, in a row: 52,5 51 49,8. 3x50 stands for three sacks of 50.")
    sack_count = fields.Integer(string="Number of Sacks", compute='_compute_sack_count', store=True)
    sack_tare = fields.Float(string="Tare per Sack", digits='Product Unit', help="What one empty sack weighs.")
    first_weight = fields.Float(digits='Product Unit', help="Weighed in: of a vehicle, for example, with the goods.")
    first_weight_at = fields.Datetime(string="First Weighing", copy=False)
    second_weight = fields.Float(digits='Product Unit', help="Weighed out: of the same vehicle without the goods.")
    second_weight_at = fields.Datetime(string="Second Weighing", copy=False)
    gross = fields.Float(
        digits='Product Unit', compute='_compute_gross', store=True, readonly=False,
        help="As it lay on the scale, or as it was counted; worked out where sacks or two weighings are given.",
    )
    tare = fields.Float(
        digits='Product Unit', compute='_compute_tare', store=True, readonly=False,
        help="Weight of sacks, crates and baskets.",
    )
    refused = fields.Float(
        digits='Product Unit', help="Not taken in, out of the gross: the member takes it home again.",
    )
    refused_reason = fields.Char(string="Why Refused")
    measured = fields.Char(
        help="What was measured, e.g. 14,5 for the moisture. The quality price list of the product proposes the"
             " deduction or the price.",
    )
    quality_price_id = fields.Many2one(
        comodel_name='coop.quality.price', string="Quality Price List", compute='_compute_quality_price_id',
        compute_sudo=True,
    )
    is_overridden = fields.Boolean(
        string="Not as Listed", compute='_compute_is_overridden', compute_sudo=True,
        help="Another deduction or price than the quality price list in force gives.",
    )
    quality_reason = fields.Char(
        string="Why Not as Listed", copy=False,
        help="Why deduction or price are not what the quality price list in force gives.",
    )
    grade = fields.Char(compute='_compute_grade', store=True, readonly=False)
    deduction_rate = fields.Float(
        string="Deduction (%)", digits=(5, 2), compute='_compute_deduction_rate', store=True, readonly=False,
        help="Of what is left after tare and refused goods.",
    )
    deduction = fields.Float(
        digits='Product Unit',
        help="Taken off by quantity for moisture, dirt or quality (rafaksi).",
    )
    deducted = fields.Float(
        digits='Product Unit', compute='_compute_deducted', store=True,
        help="The deduction by quantity and the one in per cent together.",
    )
    net = fields.Float(digits='Product Unit', compute='_compute_net', store=True, help="What counts.")
    lot_name = fields.Char(
        string="Lot/Serial", copy=False, help="Of a product that is tracked; empty: a number is drawn on confirming.",
    )
    asking_price = fields.Monetary(
        groups=MONEY_GROUPS, help="What the member hopes for per unit; it binds nobody.",
    )
    net_price = fields.Monetary(
        compute='_compute_net_price', store=True, readonly=False, groups=MONEY_GROUPS,
        help="What the member gets for every unit sold, whatever the customer pays (harga titip); empty where the"
             " agreement's commission holds.",
    )
    price = fields.Monetary(
        string="Purchase Price", compute='_compute_price', store=True, readonly=False, groups=MONEY_GROUPS,
        help="What the cooperative pays for each unit of goods that it buys outright.",
    )

    # === COMPUTE METHODS === #

    @api.depends('product_id', 'deal')
    def _compute_goods_product_id(self):
        for goods in self:
            product = goods.product_id
            is_twin = goods.deal == 'buy' and product.coop_consigned
            goods.goods_product_id = product._coop_get_twin() if is_twin else product

    @api.depends('sacks')
    def _compute_sack_count(self):
        for goods in self:
            goods.sack_count = len(goods._read_sacks())

    @api.depends('sacks', 'first_weight', 'second_weight', 'product_id', 'deal')
    def _compute_gross(self):
        for goods in self:
            if goods.sacks or (goods.first_weight and goods.second_weight):
                goods.gross = goods._get_weighed_gross()
            elif goods.goods_product_id.tracking == 'serial':
                goods.gross = goods.gross or 1.0  # a unique piece is one; nobody weighs it
            else:
                goods.gross = goods.gross

    @api.depends('sack_count', 'sack_tare')
    def _compute_tare(self):
        for goods in self:
            goods.tare = goods.sack_count * goods.sack_tare if goods.sack_tare else goods.tare

    @api.depends('product_id', 'date', 'company_id')
    def _compute_quality_price_id(self):
        lists = self._get_quality_lists()
        for goods in self:
            goods.quality_price_id = lists(goods)

    @api.depends('product_id', 'measured', 'date')
    def _compute_grade(self):
        lists = self._get_quality_lists()
        for goods in self:
            price_list = lists(goods)
            band = price_list._find(goods.measured, None) if price_list and price_list.basis == 'measure' else None
            goods.grade = band and band.grade or goods.grade

    @api.depends('product_id', 'measured', 'grade', 'date')
    def _compute_deduction_rate(self):
        lists = self._get_quality_lists()
        for goods in self:
            band = goods._find_quality(lists(goods), 'deduction')
            goods.deduction_rate = band.deduction_rate if band else goods.deduction_rate

    @api.depends('deduction', 'deduction_rate', 'gross', 'tare', 'refused', 'product_id')
    def _compute_deducted(self):
        for goods in self:
            base = max(goods._round(goods.gross - goods.tare - goods.refused), 0.0)
            share = percent_of(base, goods.deduction_rate, goods.uom_id.rounding or 0.01)
            goods.deducted = goods._round(goods.deduction + float(share))

    @api.depends('gross', 'tare', 'refused', 'deducted', 'product_id')
    def _compute_net(self):
        for goods in self:
            goods.net = goods._round(goods.gross - goods.tare - goods.refused - goods.deducted)

    @api.depends('product_id', 'measured', 'grade', 'date', 'deal')
    def _compute_price(self):
        lists = self._get_quality_lists()
        for goods in self:
            band = goods._find_quality(lists(goods), 'price')
            if goods.deal != 'buy':
                goods.price = 0.0
            else:
                goods.price = band.price if band else goods.price

    @api.depends('product_id', 'measured', 'grade', 'date', 'deal')
    def _compute_net_price(self):
        lists = self._get_quality_lists()
        for goods in self:
            price_list = lists(goods)
            band = price_list.is_net_price and goods._find_quality(price_list, 'price')
            if goods.deal == 'buy':
                goods.net_price = 0.0
            else:
                goods.net_price = band.price if band else goods.net_price

    @api.depends('product_id', 'measured', 'grade', 'date', 'deal', 'deduction_rate', 'price', 'net_price')
    def _compute_is_overridden(self):
        for goods in self:
            goods.is_overridden = goods._is_off_list()

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._stamp_weighings(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._stamp_weighings(vals))

    @api.model
    def _stamp_weighings(self, vals):
        """Note when the scale was read, unless somebody says so."""
        now = fields.Datetime.now()
        times = {
            f'{name}_at': now for name in ('first_weight', 'second_weight')
            if vals.get(name) and f'{name}_at' not in vals
        }
        return {**vals, **times}

    # === BUSINESS METHODS === #

    def _round(self, quantity):
        self.ensure_one()
        return self.uom_id.round(quantity) if self.uom_id else quantity

    def _read_sacks(self):
        """Return the weights of the sacks.

        :raises UserError: naming what cannot be read.
        """
        self.ensure_one()
        try:
            return read_sacks(self.sacks or "")
        except InputRefusal as refusal:
            raise UserError(self.env._(
                "“%s” is no weight of a sack. Write them like 52,5 51 49,8: at most two decimals, a space in between.",
                refusal.params['text'],
            )) from refusal

    def _get_weighed_gross(self):
        """Return the gross as the sacks, or the two weighings, say."""
        self.ensure_one()
        if self.sacks:
            return float(sum(self._read_sacks()))
        return float(abs(to_decimal(self.first_weight) - to_decimal(self.second_weight)))

    def _get_quality_lists(self):
        """Return a function ``goods -> quality price list in force``; one look-up for each company and day."""
        Price = self.env['coop.quality.price']
        by_day = {
            key: Price._get_in_force(key[0], goods.product_id._origin, key[1])
            for key, goods in self.grouped(lambda goods: (goods.company_id, goods.date)).items() if all(key)
        }

        def get_list(goods):
            return by_day.get((goods.company_id, goods.date), {}).get(goods.product_id._origin, Price.sudo())

        return get_list

    def _find_quality(self, price_list, result):
        """Return the line of a quality price list that these goods fall in; empty where it gives something else."""
        self.ensure_one()
        if price_list.result != result:
            return price_list.band_ids[:0]
        return price_list._find(self.measured, self.grade)

    def _check_goods(self):
        """Check what was brought before it is taken in.

        :raises UserError: naming the product, what is wrong and what to do.
        """
        self.ensure_one()
        self._check_deal()
        self._check_weighing()
        self._check_quality()
        product, unit = self.product_id.display_name, self.uom_id
        if unit.compare(self.refused, 0.0) > 0 and not (self.refused_reason or "").strip():
            raise UserError(self.env._(
                "Say why %(refused)s %(unit)s of %(product)s are refused: it stands on the slip.",
                refused=self.refused, unit=unit.name, product=product,
            ))
        if unit.compare(self.net, 0.0) <= 0 and not self._is_refused_whole():
            raise UserError(self.env._(
                "Nothing is left of %s after tare and deduction: check the weights.", product,
            ))
        if unit.compare(self.net, self.gross) > 0:
            raise UserError(self.env._(
                "%(product)s: the net of %(net)s is above the gross of %(gross)s. Check tare and deduction.",
                product=product, net=self.net, gross=self.gross,
            ))
        if self.goods_product_id.tracking == 'serial' and unit.compare(self.net, 1.0) and not self._is_refused_whole():
            raise UserError(self.env._(
                "%s is a unique piece: each has a line of its own. Use “Add Pieces” to write down many at once.",
                product,
            ))

    def _check_deal(self):
        self.ensure_one()
        product = self.product_id
        if self.deal == 'consign':
            if not product.coop_consigned:
                raise UserError(self.env._(
                    "%s is the cooperative's own product; only products that are sold for members are taken in here.",
                    product.display_name,
                ))
            return
        product._coop_check_can_be_bought()
        # sudo: only whether there is a price, for whoever confirms
        if self.currency_id.compare_amounts(self.sudo().price, 0.0) <= 0:
            raise UserError(self.env._(
                "%s is bought outright: say at which price per unit.", product.display_name,
            ))

    def _check_weighing(self):
        self.ensure_one()
        product = self.product_id.display_name
        if self.sacks and (self.first_weight or self.second_weight):
            raise UserError(self.env._(
                "%s is weighed either in sacks or in and out: take one of the two off.", product,
            ))
        if bool(self.first_weight) != bool(self.second_weight):
            raise UserError(self.env._(
                "%s was weighed once only: weigh it a second time, without the goods, before you confirm.", product,
            ))
        if self.sacks or self.first_weight:
            weighed = self._get_weighed_gross()
            if self.uom_id.compare(weighed, self.gross):
                raise UserError(self.env._(
                    "The gross of %(product)s is %(gross)s, but the scale said %(weighed)s. Correct the sacks or the"
                    " weighings instead of the gross.", product=product, gross=self.gross, weighed=weighed,
                ))

    def _check_quality(self):
        """Refuse goods whose product has a quality price list, but that were not measured or graded by it.

        Another deduction or price than the list gives needs a reason.
        """
        self.ensure_one()
        price_list = self.quality_price_id
        if not price_list or self._is_refused_whole():
            return
        if price_list._find(self.measured, self.grade):
            # sudo: the deduction or price that was typed against the one of the list, whoever confirms
            if self.sudo()._is_off_list() and not (self.quality_reason or "").strip():
                raise UserError(self.env._(
                    "Deduction or price of %s are not what the quality price list in force gives. Say why under “Why"
                    " Not as Listed”, or take what the list gives.", self.product_id.display_name,
                ))
            return
        if price_list.basis == 'measure':
            raise UserError(self.env._(
                "Measure %(product)s first: the list in force goes by %(measure)s.",
                product=self.product_id.display_name, measure=price_list.measure,
            ))
        raise UserError(self.env._(
            "The grade “%(grade)s” of %(product)s is not on the list in force. Choose one of these: %(grades)s.",
            grade=self.grade or "", product=self.product_id.display_name,
            grades=", ".join(price_list.band_ids.mapped('grade')),
        ))

    def _is_off_list(self):
        """Whether deduction or price were typed otherwise than the quality price list in force gives them."""
        self.ensure_one()
        price_list = self.quality_price_id
        try:
            band = price_list._find(self.measured, self.grade) if price_list else None
        except UserError:  # said where the goods are checked
            return False
        if not band:
            return False
        if price_list.result == 'deduction':
            return to_decimal(self.deduction_rate) != to_decimal(band.deduction_rate)
        if self.deal == 'buy':
            return bool(self.currency_id.compare_amounts(self.price, band.price))
        return price_list.is_net_price and bool(self.currency_id.compare_amounts(self.net_price, band.price))

    def _is_refused_whole(self):
        """Whether nothing was taken in because all of it was refused."""
        self.ensure_one()
        unit = self.uom_id
        return unit.compare(self.refused, 0.0) > 0 and unit.is_zero(self.gross - self.tare - self.refused)
