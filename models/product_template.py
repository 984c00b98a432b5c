from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class ProductTemplate(models.Model):
    """A product is either the cooperative's own or sold for members; never both."""
    _inherit = 'product.template'

    coop_consigned = fields.Boolean(
        string="Sold for Members", tracking=True,
        help="The goods belong to the members who brought them until a customer buys them (consignment, titip jual)."
             " Every receipt names the owner; sales go to a clearing account until they are settled with the owners.",
    )
    coop_owner_count = fields.Integer(string="Owners", compute='_compute_coop_owner_count')

    # === COMPUTE METHODS === #

    @api.depends('type', 'coop_consigned')
    def compute_is_storable(self):
        """Keep stock of consigned goods, always."""
        res = super().compute_is_storable()
        self.filtered(lambda product: product.coop_consigned and product.type == 'consu').is_storable = True
        return res

    @api.depends('type', 'coop_consigned')
    def _compute_invoice_policy(self):
        """Invoice consigned goods as they are delivered: only then is their owner known."""
        res = super()._compute_invoice_policy()
        self.filtered('coop_consigned').invoice_policy = 'delivery'
        return res

    @api.depends('coop_consigned')
    def _compute_valuation(self):
        """Keep consigned goods out of perpetual valuation: they are worth nothing in the cooperative's books."""
        res = super()._compute_valuation()
        self.filtered('coop_consigned').valuation = 'periodic'
        return res

    @api.depends_context('allowed_company_ids')
    def _compute_coop_owner_count(self):
        # sudo: how many members have goods here, for whoever sees the product
        groups = self.env['stock.quant'].sudo()._read_group(
            self._get_owned_stock_domain(), ['product_tmpl_id'], ['owner_id:count_distinct'],
        )
        counts = {product.id: count for product, count in groups}
        for product in self:
            product.coop_owner_count = counts.get(product.id, 0)

    # === CONSTRAINT METHODS === #

    @api.constrains('coop_consigned', 'type', 'is_storable', 'invoice_policy')
    def _check_consigned(self):
        for product in self.filtered('coop_consigned'):
            if product.type != 'consu' or not product.is_storable or product.invoice_policy != 'delivery':
                raise ValidationError(self.env._(
                    "%s is sold for members: it must be goods whose inventory is tracked and that are invoiced on"
                    " delivered quantities.", product.display_name,
                ))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get('coop_consigned', self.env.context.get('default_coop_consigned')):
                vals.setdefault('is_storable', True)
        return super().create(vals_list)

    def write(self, vals):
        if 'coop_consigned' in vals:
            changed = self.filtered(lambda product: product.coop_consigned != bool(vals['coop_consigned']))
            changed._check_can_switch_consigned()
        return super().write(vals)

    # === ACTIONS === #

    def action_view_coop_owners(self):
        """Open what every member has here of these products."""
        return self.env['coop.consignment.stock']._get_action([
            ('product_tmpl_id', 'in', self.ids), ('company_id', 'in', self.env.companies.ids),
        ])

    def action_view_coop_unsold(self):
        """Open the unsold goods of these products by age."""
        return {
            **self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_consignment_unsold_action'),
            'domain': [('product_id.product_tmpl_id', 'in', self.ids), ('company_id', 'in', self.env.companies.ids)],
            'context': {},
        }

    # === BUSINESS METHODS === #

    def _get_product_accounts(self):
        """Book sales of consigned goods on the clearing account: they are the members' revenue, not the cooperative's.

        On principal basis they are the cooperative's revenue, and go where those of other products go. So do down
        payments on either basis: the clearing account only holds real sales.
        """
        accounts = super()._get_product_accounts()
        company = self.company_id or self.env.company
        is_agent = company.coop_is_cooperative and company.coop_consignment_basis == 'agent'
        if self.coop_consigned and is_agent:
            clearing = company._get_coop_clearing_account()
            if clearing:
                accounts['downpayment'] = accounts.get('downpayment') or accounts['income']
                accounts['income'] = clearing
        return accounts

    def _get_owned_stock_domain(self):
        return [
            ('product_tmpl_id', 'in', self.ids), ('owner_id', '!=', False),
            ('location_id.usage', 'in', ('internal', 'transit')),
            ('company_id', 'in', self.env.companies.ids), ('quantity', '!=', 0),
        ]

    def _check_can_switch_consigned(self):
        """Refuse to make goods the members' or the cooperative's while there are any, or something is on its way.

        :raises UserError: naming the product and what has to be finished first.
        """
        for product in self:
            reason = product._consigned_switch_error_message()
            if reason:
                raise UserError(reason)

    def _consigned_switch_error_message(self):
        """Return what stands in the way of switching, or an empty text."""
        self.ensure_one()
        # sudo: stock and sales of every company forbid it
        variants = self.sudo().with_context(active_test=False).product_variant_ids
        if not variants:
            return ""
        has_stock = self.env['stock.quant'].sudo().search_count([
            ('product_id', 'in', variants.ids), ('location_id.usage', 'in', ('internal', 'transit')),
            ('quantity', '!=', 0),
        ], limit=1)
        if has_stock:
            return self.env._(
                "There is stock of %s. Whose goods they are cannot change while they lie in the warehouse: use another"
                " product, or clear the stock first.", self.display_name,
            )
        is_moving = self.env['stock.move'].sudo().search_count([
            ('product_id', 'in', variants.ids), ('state', 'not in', ('draft', 'done', 'cancel')),
        ], limit=1)
        is_uninvoiced = self.env['sale.order.line'].sudo().search_count([
            ('product_id', 'in', variants.ids), ('state', '=', 'sale'), ('invoice_status', '=', 'to invoice'),
        ], limit=1)
        if is_moving or is_uninvoiced:
            return self.env._(
                "Transfers or sales of %s are still under way. Finish and invoice them first.", self.display_name,
            )
        # Settlements look at products that are sold for members only; a credit note may come years later.
        was_sold = self.coop_consigned and self.env['stock.move.line'].sudo().search_count([
            ('product_id', 'in', variants.ids), ('state', '=', 'done'), ('owner_id', '!=', False),
            ('move_id.sale_line_id', '!=', False), ('company_id.coop_is_cooperative', '=', True),
        ], limit=1)
        if was_sold:
            return self.env._(
                "Goods of members were sold as %s: their owners are paid, and credit notes charged to them, as long as"
                " it stays a product that is sold for members. Use another product for the cooperative's own goods;"
                " this one can be archived.", self.display_name,
            )
        return ""
