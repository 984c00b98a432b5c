from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.producer_cooperative.tools.apportion import apportion, apportion_capped
from odoo.addons.producer_cooperative.tools.units import from_units, to_units


class CoopConsignmentLossLine(models.Model):
    """One product (and lot) of which something is missing, found or spoilt at a place."""
    _name = 'coop.consignment.loss.line'
    _inherit = ['coop.kept.line.mixin']
    _description = "Write-Off Line"
    _order = 'loss_id, sequence, id'
    _check_company_auto = True
    _kept_by = 'loss_id'

    loss_id = fields.Many2one(
        comodel_name='coop.consignment.loss', string="Write-Off", required=True, index=True, ondelete='cascade',
    )
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(related='loss_id.company_id', store=True)
    currency_id = fields.Many2one(related='loss_id.currency_id')
    kind = fields.Selection(related='loss_id.kind')
    product_id = fields.Many2one(
        comodel_name='product.product', required=True, index=True, check_company=True, ondelete='restrict',
        domain="[('coop_consigned', '=', True)]",
    )
    lot_id = fields.Many2one(
        comodel_name='stock.lot', check_company=True, ondelete='restrict', index='btree_not_null',
        domain="[('product_id', '=', product_id)]",
    )
    owner_id = fields.Many2one(
        comodel_name='res.partner', ondelete='restrict', index='btree_not_null',
        domain="[('is_coop_member', '=', True), ('parent_id', '=', False)]",
        help="Whose goods they are, where they lie apart from the others'. Left empty, what is lost or found is shared"
             " among all owners by what they have here.",
    )
    uom_id = fields.Many2one(related='product_id.uom_id', string="Unit")
    book = fields.Float(
        string="In the Books", digits='Product Unit', compute='_compute_book', help="What should be here now.",
    )
    counted = fields.Float(digits='Product Unit', help="What was found.")
    spoilt = fields.Float(digits='Product Unit', help="What cannot be sold any more.")
    price = fields.Monetary(
        string="Per Unit", help="What an owner gets per unit when the cooperative bears the loss, where no price was"
        " agreed. Whose intake slip names a net price, or else an asking price, gets that one.",
    )

    _quantities_not_negative = models.Constraint(
        'CHECK (counted >= 0 AND spoilt >= 0 AND price >= 0)', "Quantities and prices cannot be negative.",
    )

    # === COMPUTE METHODS === #

    @api.depends('product_id', 'lot_id', 'owner_id', 'loss_id.location_id')
    def _compute_book(self):
        for line in self:
            line.book = sum(line._get_books().values()) if line.product_id else 0.0

    # === BUSINESS METHODS === #

    def _check_complete(self):
        """Check a line before it is shared.

        :raises UserError: naming the product and what is wrong.
        """
        self.ensure_one()
        product = self.product_id
        if not product.coop_consigned:
            raise UserError(self.env._(
                "%s is the cooperative's own product: count it under Inventory.", product.display_name,
            ))
        if product.tracking != 'none' and not self.lot_id:
            raise UserError(self.env._("Say which lot of %s is meant.", product.display_name))
        same = self.loss_id.line_ids.filtered(
            lambda line: line.product_id == product and line.lot_id == self.lot_id
            and (not line.owner_id or not self.owner_id or line.owner_id == self.owner_id),
        )
        if len(same) > 1:
            raise UserError(self.env._("%s is listed twice.", product.display_name))
        if self.uom_id.compare(self._get_lost(), 0) < 0 and not self.owner_id and not self._get_books():
            raise UserError(self.env._(
                "No member has %(product)s at %(location)s: say on the line whose goods were found.",
                product=product.display_name, location=self.loss_id.location_id.display_name,
            ))
        if self.uom_id.compare(self._get_lost(), self.book) > 0:
            raise UserError(self.env._(
                "Only %(book)s %(unit)s of %(product)s are in the books at %(location)s; no more can be spoilt.",
                book=self.book, unit=self.uom_id.name, product=product.display_name,
                location=self.loss_id.location_id.display_name,
            ))

    def _get_lost(self):
        """Return what is lost, in the product's unit; negative where more was found than should be here."""
        self.ensure_one()
        return self.uom_id.round(self.spoilt if self.kind == 'scrap' else self.book - self.counted)

    def _get_books(self):
        """Return ``{owner: quantity}`` that should be here, of all owners or of the one who is named."""
        self.ensure_one()
        domain = [
            *self.loss_id._get_quant_domain(), ('product_id', '=', self.product_id.id), ('lot_id', '=', self.lot_id.id),
        ]
        if self.owner_id:
            domain.append(('owner_id', '=', self.owner_id.id))
        # sudo: quantities only, for whoever counts
        groups = self.env['stock.quant'].sudo()._read_group(domain, ['owner_id'], ['quantity:sum'])
        return {
            owner.sudo(False): self.uom_id.round(quantity) for owner, quantity in groups
            if self.uom_id.compare(quantity, 0) > 0
        }

    def _prepare_shares(self):
        """Return the shares of the owners: what is lost or found, by largest remainder over what each has here.

        What is found is theirs first who were paid for what was lost here and is missing. In whole steps of the unit,
        of equal remainders the lower member number first; nobody loses more than is there. Of a named owner who has
        nothing here, all that is found is that owner's.
        """
        self.ensure_one()
        lost = self._get_lost()
        if self.uom_id.is_zero(lost):
            return []
        books, step = self._get_books(), self.uom_id.rounding
        if not books:
            return self._prepare_shares_of(self.owner_id, 0.0, lost)
        missing = self._get_missing_here() if lost < 0 and not self.owner_id else {}
        # sudo: member numbers decide ties, whoever counts
        memberships = self.env['coop.membership'].sudo()._get_in_force(
            self.env['res.partner'].union(*books, *missing), self.company_id,
        )
        ranks = {membership.partner_id: membership._get_rank() for membership in reversed(memberships)}
        owners = sorted({**books, **missing}, key=lambda owner: (owner not in ranks, ranks.get(owner, ()), owner.id))
        units = to_units(abs(lost), step)
        again = apportion_capped(units, [to_units(missing.get(owner, 0.0), step) for owner in owners])
        parts = apportion(units - sum(again), [to_units(books.get(owner, 0.0), step) for owner in owners])
        sign = 1 if lost > 0 else -1
        quantities = [sign * float(from_units(sum(pair), step)) for pair in zip(again, parts, strict=True)]
        return [
            values for owner, quantity in zip(owners, quantities, strict=True) if quantity
            for values in self._prepare_shares_of(owner, books.get(owner, 0.0), quantity)
        ]

    def _get_missing_here(self):
        """Return ``{owner: quantity}`` of missing goods that were paid for when they were lost at this place."""
        self.ensure_one()
        missing = {}
        for share, quantity in self._get_paid_for([('loss_id.location_id', '=', self.loss_id.location_id.id)]):
            missing[share.owner_id.sudo(False)] = missing.get(share.owner_id.sudo(False), 0.0) + quantity
        return missing

    def _prepare_shares_of(self, owner, book, quantity):
        """Return the shares of one owner: apart from each other what is found again of goods that were paid for."""
        self.ensure_one()
        shares, left = [], max(-quantity, 0.0)
        for origin, lost in self._get_paid_for([('owner_id', '=', owner.id)]) if left else ():
            found = min(left, lost)
            if not found:
                break
            left = self.uom_id.round(left - found)
            shares.append({
                **self._prepare_share(owner, 0.0 if shares else book, -found),
                'price': origin.price, 'amount': -origin._get_amount_of(found, lost), 'origin_share_id': origin.id,
            })
        if not shares or self.uom_id.compare(left, 0.0) > 0:
            shares.append(self._prepare_share(owner, 0.0 if shares else book, -left or quantity))
        return shares

    def _get_paid_for(self, domain):
        """Return ``[(share, quantity)]`` of goods that the cooperative owed the owners for and that are still missing.

        The newest first, which are the likeliest to be found again.
        """
        self.ensure_one()
        # sudo: what was written off before, for whoever counts; quantities and prices of the owner's own goods
        shares = self.env['coop.consignment.loss.share'].sudo().search([
            *domain, ('company_id', '=', self.company_id.id),
            ('product_id', '=', self.product_id.id), ('line_id.lot_id', '=', self.lot_id.id),
            ('state', 'in', ('approved', 'done')), ('amount', '>', 0),
        ], order='id DESC')
        missing = [(share, self.uom_id.round(share._get_missing())) for share in shares]
        return [(share, quantity) for share, quantity in missing if self.uom_id.compare(quantity, 0.0) > 0]

    def _prepare_share(self, owner, book, quantity):
        self.ensure_one()
        # What was found is the owner's to be sold: nothing is owed for it.
        price = self._get_price(owner) if self.loss_id.bearer == 'cooperative' and quantity > 0 else 0.0
        return {
            'line_id': self.id,
            'owner_id': owner.id,
            'book': book,
            'quantity': quantity,
            'price': price,
            'amount': self.currency_id.round(price * quantity),
            'origin_share_id': False,
        }

    def _get_price(self, owner):
        """Return what an owner gets per unit of the goods that are lost: the own agreed price, or else the line's.

        :raises UserError: when nothing was agreed.
        """
        self.ensure_one()
        # sudo: prices of the goods that are lost, for whoever hands it in
        unsold = self.env['coop.consignment.unsold'].sudo().search([
            ('owner_id', '=', owner.id), ('product_id', '=', self.product_id.id), ('lot_id', '=', self.lot_id.id),
            ('company_id', '=', self.company_id.id), ('consignment_line_id', '!=', False),
        ], limit=1)
        price = unsold.consignment_line_id.net_price or unsold.consignment_line_id.price_now or self.price
        if not price:
            raise UserError(self.env._(
                "No price of %(product)s was agreed with %(owner)s: say on the line what owners without an agreed price"
                " get per unit.", product=self.product_id.display_name, owner=owner.display_name,
            ))
        return price
