from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

OFFICER = 'producer_cooperative.group_coop_officer'


class ProductTemplate(models.Model):
    """The cooperative's own twin of goods that are sold for members, and what consigned goods keep out of."""
    _inherit = 'product.template'

    coop_twin_id = fields.Many2one(
        comodel_name='product.template', string="Own Twin", index='btree_not_null', check_company=True, copy=False,
        ondelete='restrict', tracking=True,
        domain="[('coop_consigned', '=', False), ('type', '=', 'consu'), ('uom_id', '=', uom_id), ('id', '!=', id)]",
        help="The cooperative's own product for the same goods. What is bought outright from members comes in as the"
             " twin, because a product is either the members' or the cooperative's.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains('coop_twin_id', 'coop_consigned', 'uom_id', 'is_storable')
    def _check_coop_twin(self):
        # A product may be the twin, or have one.
        of_twin = self.sudo().search([('coop_twin_id', 'in', self.ids)])  # sudo: links within the same catalogue
        for product in self.filtered('coop_twin_id') | of_twin:
            twin = product.coop_twin_id
            if twin.coop_consigned:
                raise ValidationError(self.env._(
                    "%s is sold for members itself and cannot be an own twin. Choose a product of the cooperative's.",
                    twin.display_name,
                ))
            if not product.coop_consigned:
                raise ValidationError(self.env._(
                    "%s is the cooperative's own already and needs no twin. Take the twin off first.",
                    product.display_name,
                ))
            if twin.uom_id != product.uom_id:
                raise ValidationError(self.env._(
                    "%(product)s is kept in %(unit)s and its twin in %(twin_unit)s. Both need the same unit.",
                    product=product.display_name, unit=product.uom_id.name, twin_unit=twin.uom_id.name,
                ))
            if not twin.is_storable:
                raise ValidationError(self.env._(
                    "%s must be goods whose inventory is tracked to be an own twin.", twin.display_name,
                ))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        products = super().create(vals_list)
        products._coop_check_not_in_pos()
        return products

    def write(self, vals):
        res = super().write(vals)
        if {'coop_consigned', 'available_in_pos'} & vals.keys():
            self._coop_check_not_in_pos()
        return res

    # === ACTIONS === #

    def action_create_coop_twin(self):
        """Create the own twin of goods that are sold for members: same unit, category and variants; open it.

        :raises AccessError: for anybody but officers and the board, and for products of other companies.
        :raises UserError: for a product that is the cooperative's own, or has a twin already.
        """
        self.ensure_one()
        self.check_access('read')
        if not self.env.su and not self.env.user.has_group(OFFICER):
            role = self.env.ref(OFFICER).sudo().name  # sudo: names of roles are no secret
            raise AccessError(self.env._("Only this role may do that: %s.", role))
        if self.company_id and self.company_id not in self.env.companies:
            raise AccessError(self.env._(
                "%(product)s belongs to %(company)s. Switch to that company first.",
                product=self.display_name, company=self.company_id.sudo().name,  # sudo: the name of a company
            ))
        if not self.coop_consigned:
            raise UserError(self.env._("%s is the cooperative's own already and needs no twin.", self.display_name))
        if self.coop_twin_id:
            raise UserError(self.env._(
                "%(product)s has the twin %(twin)s already.", product=self.display_name,
                twin=self.coop_twin_id.display_name,
            ))
        # sudo: officers may not create products; role and company were checked, and all values are the product's own.
        # A product that was just made may carry a context by which its copy would get no variants.
        product = self.sudo()
        product.coop_twin_id = product.with_context(create_product_product=True).copy({
            'name': self.env._("%s (own)", self.name), 'coop_consigned': False, 'default_code': False,
            'purchase_ok': True, 'supplier_taxes_id': False, 'purchase_method': 'receive',
        })
        return self.coop_twin_id._get_records_action()

    # === BUSINESS METHODS === #

    def _coop_is_in_pos(self):
        """Whether the product is offered at the point of sale; never where that is not installed."""
        self.ensure_one()
        return bool('available_in_pos' in self._fields and self['available_in_pos'])

    def _coop_check_not_in_pos(self):
        """Keep consigned goods out of the point of sale: it sells without saying whose goods went.

        :raises ValidationError: naming the product.
        """
        for product in self.filtered('coop_consigned'):
            if product._coop_is_in_pos():
                raise ValidationError(self.env._(
                    "%s is sold for members, and the point of sale does not say whose goods it sells: the owners would"
                    " not be paid. Sell it through a sales order, or take it out of the point of sale.",
                    product.display_name,
                ))


class ProductProduct(models.Model):
    _inherit = 'product.product'

    # === ACTIONS === #

    def action_create_coop_twin(self):
        """Create the own twin of the whole product; see :meth:`product.template.action_create_coop_twin`."""
        self.ensure_one()
        return self.product_tmpl_id.action_create_coop_twin()

    # === BUSINESS METHODS === #

    def _coop_get_twin(self):
        """Return the own product that goods of this one are bought as; empty where there is none.

        Of a product with variants it is the twin's variant of the same attribute values, or the only one.
        """
        self.ensure_one()
        variants = self.product_tmpl_id.coop_twin_id.product_variant_ids
        values = self.product_template_attribute_value_ids.product_attribute_value_id
        same = variants.filtered(
            lambda twin: twin.product_template_attribute_value_ids.product_attribute_value_id == values,
        )
        return same[:1] or (variants if len(variants) == 1 else self.browse())

    def _coop_check_can_be_bought(self):
        """Refuse to buy goods outright that cannot become the cooperative's.

        :raises UserError: saying how to get an own product.
        """
        self.ensure_one()
        if self.coop_consigned and not self._coop_get_twin():
            raise UserError(self.env._(
                "%s is sold for members and has no own twin to be bought as. Open the product and create its twin"
                " first.", self.display_name,
            ))
        if not self.coop_consigned and (self.type != 'consu' or not self.is_storable):
            raise UserError(self.env._("%s is no goods that are kept in stock.", self.display_name))
