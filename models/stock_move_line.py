from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.producer_cooperative.models.account_move import OWNER_TOKEN

#: What decides whose goods went where; fixed once a transfer of members' goods is done.
FIXED_WHEN_DONE = frozenset({
    'owner_id', 'lot_id', 'quant_id', 'product_id', 'product_uom_id', 'quantity', 'location_id', 'location_dest_id',
    'move_id', 'company_id', 'date',
})


class StockMoveLine(models.Model):
    """Consigned goods always have an owner; goods of the cooperative's own never have one."""
    _inherit = 'stock.move.line'

    coop_reminded_on = fields.Date(
        string="Owner Reminded On", readonly=True, copy=False,
        help="When the owner was asked to fetch what is left of these goods.",
    )

    _coop_owner_receipts_idx = models.Index("(product_id, owner_id) WHERE owner_id IS NOT NULL AND state = 'done'")

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get('move_id') and not vals.get('owner_id') and not vals.get('quant_id'):
                owner = self.env['stock.move'].browse(vals['move_id'])._coop_get_bound_owner()
                if owner:
                    vals['owner_id'] = owner.id
        lines = super().create(vals_list)
        done = lines.filtered(lambda line: line.state == 'done')
        done._coop_check_correctable()
        done._coop_check_done()
        return lines

    def write(self, vals):
        fixed = FIXED_WHEN_DONE & vals.keys()
        if self.env['stock.move']._coop_is_moving() or self.env.context.get('coop_done_token') is OWNER_TOKEN:
            # Odoo dates the lines once more with their move, maybe a second later.
            fixed -= {'date'}
        if fixed:
            self.filtered(
                lambda line: line.state == 'done' and line._coop_is_changed(fixed, vals),
            )._coop_check_correctable()
        was_open = self.filtered(lambda line: line.state != 'done')
        res = super().write(vals)
        if 'move_id' in vals:
            was_open.filtered(lambda line: line.state == 'done')._coop_check_correctable()
        if {'owner_id', 'lot_id', 'quant_id'} & vals.keys():
            self.filtered(lambda line: line.state not in ('draft', 'done', 'cancel'))._coop_check_reserved()
        if not self.env.su and 'coop_reminded_on' in vals:
            self._coop_check_correctable()
        if {'owner_id', 'quant_id', 'quantity', 'location_id', 'location_dest_id'} & vals.keys():
            self.filtered(lambda line: line.state == 'done')._coop_check_done()
        return res

    # === BUSINESS METHODS === #

    def _action_done(self):
        self.filtered('quantity')._coop_check_owners()
        res = super()._action_done()
        self.exists()._coop_check_owners_stock()
        return res

    def _coop_is_changed(self, names, vals):
        """Whether writing ``vals`` gives the line another value in one of these fields."""
        self.ensure_one()
        return any(
            self[name] != self._fields[name].convert_to_record(
                self._fields[name].convert_to_cache(vals[name], self), self,
            ) for name in names
        )

    def _coop_check_correctable(self):
        """Refuse to rewrite what was done with members' goods: it decides who is paid.

        :raises UserError: saying to correct it by a return.
        """
        consigned = self.filtered(lambda line: line.product_id.coop_consigned and line.company_id.coop_is_cooperative)
        if consigned and not self.env.su:
            raise UserError(self.env._(
                "The transfer of %(product)s of %(owner)s is done, and decides who is paid. Correct it by a return"
                " instead of changing it.",
                product=consigned[0].product_id.display_name,
                owner=consigned[0].owner_id.display_name or self.env._("Nobody"),
            ))

    def _coop_check_reserved(self):
        """Refuse to take goods of another owner, or another lot, that are not there or are reserved already.

        :raises UserError: naming the owner and what to do.
        """
        for line in self.filtered(
            lambda line: line.product_id.coop_consigned and line.company_id.coop_is_cooperative
            and line.location_id.usage in ('internal', 'transit'),
        ):
            # sudo: the quantities of exactly the goods that the transfer is to take
            quants = self.env['stock.quant'].sudo().search([
                ('product_id', '=', line.product_id.id), ('owner_id', '=', line.owner_id.id),
                ('lot_id', '=', line.lot_id.id), ('location_id', '=', line.location_id.id),
            ])
            missing = sum(quants.mapped('reserved_quantity')) - sum(quants.mapped('quantity'))
            if line.product_id.uom_id.compare(missing, 0) > 0:
                raise UserError(self.env._(
                    "%(missing)s %(unit)s of %(product)s of %(owner)s more would be reserved in %(location)s than are"
                    " there. Lower the quantity first, or free the goods from their other transfer.",
                    missing=line.product_id.uom_id.round(missing), unit=line.product_id.uom_id.name,
                    product=line.product_id.display_name, owner=line.owner_id.display_name or self.env._("nobody"),
                    location=line.location_id.display_name,
                ))

    def _coop_check_done(self):
        """Check lines of a transfer that was validated before, after somebody changed them."""
        self.filtered('quantity')._coop_check_owners()
        self._coop_check_owners_stock()
        self.move_id._coop_check_returned()

    def _coop_check_owners(self):
        """Check that goods and owners belong together before anything moves.

        :raises UserError: naming the product, and what to do about it.
        """
        lines = self.filtered(lambda line: line.product_id.is_storable and line.company_id.coop_is_cooperative)
        consigned = lines.filtered('product_id.coop_consigned')
        members = lines.filtered('owner_id')._coop_get_members()
        for line in lines:
            if line in consigned:
                message = line._coop_owner_error_message(members)
            else:
                message = line._coop_own_goods_error_message(members)
            if message:
                raise UserError(message)

    def _coop_get_members(self):
        """Return ``{(partner, company): whether active}`` of the owners who are, or were, admitted as members."""
        # sudo: warehouse staff may not read memberships; only whether there is one, and an active one, matters
        memberships = self.env['coop.membership'].sudo()._get_in_force(self.owner_id, self.company_id)
        members = {}
        for membership in memberships:
            key = (membership.partner_id, membership.company_id)
            members[key] = members.get(key, False) or membership.state == 'active'
        return members

    def _coop_owner_error_message(self, members):
        """Return what is wrong with a line of consigned goods, or an empty text."""
        self.ensure_one()
        product = self.product_id.display_name
        if not self.owner_id or self.owner_id == self.company_id.partner_id:
            return self.env._(
                "%(product)s is sold for members: say whose goods these are (Assign Owner) before the transfer of"
                " %(quantity)s %(unit)s is validated.",
                product=product, quantity=self.quantity, unit=self.product_uom_id.name,
            )
        if (self.owner_id, self.company_id) not in members:
            return self.env._(
                "%(owner)s is not a member of the cooperative and cannot be the owner of %(product)s.",
                owner=self.owner_id.display_name, product=product,
            )
        message = self._coop_way_error_message()
        if message:
            return message
        if not members[self.owner_id, self.company_id] and self._coop_is_brought():
            return self.env._(
                "%(owner)s is not an active member of the cooperative and brings no %(product)s any more. Give the"
                " goods back, or let the membership be active again first.",
                owner=self.owner_id.display_name, product=product,
            )
        bound_to = self.move_id._coop_get_bound_owner()
        if bound_to and bound_to != self.owner_id:
            return self.env._(
                "This transfer of %(product)s is about the goods of %(bound)s; goods of %(owner)s cannot go into it.",
                product=product, bound=bound_to.display_name, owner=self.owner_id.display_name,
            )
        return ""

    def _coop_own_goods_error_message(self, members):
        """Return what is wrong with a line of goods that are not consigned and come in as a member's.

        Goods of anybody else, a customer's for repair for instance, stay Odoo's own business; what lies here already,
        somebody's who became a member later for instance, may leave and come back.
        """
        self.ensure_one()
        inside = ('internal', 'transit')
        comes_in = self.location_dest_id.usage in inside and self.location_id.usage not in inside
        if not comes_in or (self.owner_id, self.company_id) not in members:
            return ""
        # sudo: whose goods the transfer had moved that is undone, for whoever returns them
        undone = self.move_id.sudo().origin_returned_move_id.move_line_ids
        if undone.filtered(lambda line: line.state == 'done' and line.owner_id == self.owner_id):
            return ""
        return self.env._(
            "%(product)s is the cooperative's own product and cannot be taken in as goods of %(owner)s. Take the owner"
            " off, or use a product that is sold for members.",
            product=self.product_id.display_name, owner=self.owner_id.display_name,
        )

    def _coop_check_owners_stock(self):
        """Refuse to hand out more of an owner's goods than there are: somebody else's would have gone.

        :raises UserError: naming the owner and the product.
        """
        self._coop_check_own_stock()
        consigned = self.filtered(lambda line: line.product_id.coop_consigned and line.company_id.coop_is_cooperative)
        short = consigned._coop_get_short([False, *consigned.owner_id.ids])
        if short:
            raise UserError(self.env._(
                "%(owner)s has %(missing)s %(unit)s of %(product)s less in %(location)s than this transfer takes.",
                owner=short[0].owner_id.display_name or self.env._("Nobody"), missing=-short[0].quantity,
                unit=short[0].product_uom_id.name, product=short[0].product_id.display_name,
                location=short[0].location_id.display_name,
            ))

    def _coop_check_own_stock(self):
        """Refuse to take the cooperative's own goods as a member's that has none here: they would become the member's.

        :raises UserError: naming the owner and the product.
        """
        own = self.filtered(
            lambda line: line.owner_id and line.product_id.is_storable and not line.product_id.coop_consigned
            and line.company_id.coop_is_cooperative,
        )
        members = own._coop_get_members()
        short = own.filtered(lambda line: (line.owner_id, line.company_id) in members)
        short = short._coop_get_short(short.owner_id.ids)
        if short:
            raise UserError(self.env._(
                "%(product)s is the cooperative's own product, and %(owner)s has none of it in %(location)s. Take the"
                " owner off: own goods do not become a member's on their way through the warehouse.",
                product=short[0].product_id.display_name, owner=short[0].owner_id.display_name,
                location=short[0].location_id.display_name,
            ))

    def _coop_get_short(self, owner_ids):
        """Return the stock of these goods, at the places that they left or reached, that is less than nothing."""
        if not self:
            return self.env['stock.quant']
        # sudo: the quantities of exactly the goods that were moved
        return self.env['stock.quant'].sudo().search([
            ('product_id', 'in', self.product_id.ids), ('owner_id', 'in', owner_ids),
            ('location_id', 'in', (self.location_id | self.location_dest_id).ids),
            ('location_id.usage', 'in', ('internal', 'transit')), ('quantity', '<', 0),
        ]).filtered(lambda quant: quant.product_uom_id.compare(quant.quantity, 0) < 0)
