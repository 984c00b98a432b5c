from odoo import Command

from odoo.addons.producer_cooperative.tests.common_consignment import ConsignmentCommon


class IntakeCommon(ConsignmentCommon):
    """Rice in kg with an own twin, and batik in unique pieces."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rice.uom_id = cls.env.ref('uom.product_uom_kgm')
        cls.rice.product_tmpl_id.action_create_coop_twin()
        cls.own_rice = cls.rice._coop_get_twin()
        cls.batik = cls._create_product("Batik", coop_consigned=True, tracking='serial')
        cls.nobody = cls.env['res.partner']

    # === FIXTURES === #

    @classmethod
    def _write_slip(cls, member, *lines, **values):
        """Return a draft slip; lines are of rice unless they say otherwise."""
        return cls.env['coop.consignment'].create({
            'membership_id': member.id,
            'line_ids': [Command.create({'product_id': cls.rice.id, **line}) for line in lines], **values,
        })

    @classmethod
    def _take_in(cls, member, *lines, **values):
        """Return a confirmed and received slip."""
        slip = cls._write_slip(member, *lines, **values)
        slip.action_confirm()
        cls._receive(slip)
        return slip

    @classmethod
    def _receive(cls, slip):
        for picking in slip.picking_ids.filtered(lambda picking: picking.state not in ('done', 'cancel')):
            picking.move_ids.picked = True
            picking._action_done()

    @classmethod
    def _create_quality_list(cls, bands, **values):
        return cls.env['coop.quality.price'].create({
            'product_id': cls.rice.id, 'measure': "Moisture (%)", 'date_from': '2020-01-01',
            'band_ids': [Command.create(band) for band in bands], **values,
        })

    # === READING === #

    def _stock_of(self, product):
        """Return ``{owner: quantity}`` in the warehouse."""
        quants = self.env['stock.quant'].search([
            ('product_id', '=', product.id), ('location_id', 'child_of', self.warehouse.view_location_id.id),
        ])
        owned = {}
        for quant in quants:
            owned[quant.owner_id] = owned.get(quant.owner_id, 0) + quant.quantity
        return {owner: quantity for owner, quantity in owned.items() if quantity}
