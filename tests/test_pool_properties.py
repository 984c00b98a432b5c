from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_pool import PoolCommon

#: Member, quantity and tolerance, in the steps that are handed out.
WISHES = st.lists(
    st.tuples(st.integers(0, 2), st.integers(1, 90), st.integers(0, 40)), min_size=1, max_size=3,
    unique_by=lambda wish: wish[0],
)
#: Parts of what was ordered, in percent; more than 100 together is an over-delivery.
DELIVERIES = st.lists(st.integers(0, 80), min_size=1, max_size=3)


@tagged('post_install', '-at_install')
class TestPoolShares(PoolCommon):
    """Whatever members wish and vendors deliver: what is given and what is left over is what came."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.members = [cls.siti, cls.budi, cls.ani]
        kilogram, dozen = cls.env.ref('uom.product_uom_kgm'), cls.env.ref('uom.product_uom_dozen')
        sack = cls.env['uom.uom'].create({
            'name': "Sack of 50 kg", 'relative_factor': 50, 'relative_uom_id': kilogram.id,
        })
        cls.kinds = {
            'piece': (cls._create_product("Hoe", {cls.vendor: {1: 10}}), {}),
            'case': (cls._create_product("Jar", {cls.vendor: {1: 10}}), {'pack': 4}),
            'dozen': cls._create_kind("Egg tray", {}, dozen),
            'sack': cls._create_kind("Urea", {'uom_id': kilogram.id}, sack, step=0.5),
            'lot': (cls._create_product("Serum", {cls.vendor: {1: 10}}, tracking='lot'), {}),
        }

    @classmethod
    def _create_kind(cls, name, values, vendor_unit, **line):
        product = cls._create_product(name, {}, **values)
        product.seller_ids = [Command.create({
            'partner_id': cls.vendor.id, 'product_uom_id': vendor_unit.id, 'price': 100,
        })]
        return product, line

    @settings(max_examples=12, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(('piece', 'case', 'dozen', 'sack', 'lot')), WISHES, DELIVERIES)
    def _check_round(self, kind, wishes, deliveries):
        with self.env.cr.savepoint() as savepoint:
            product, line_values = self.kinds[kind]
            pool = self._create_pool({product: line_values})
            step = pool.line_ids.step
            self._request(pool, {
                self.members[who]: (quantity * step, tolerance * step) for who, quantity, tolerance in wishes
            })
            pool.action_close()
            if pool.line_ids.quantity:
                self._assert_ordered_is_wanted(pool)
                pool.action_order()
                pool.purchase_order_ids.button_confirm()
                self._deliver(pool, deliveries)
            savepoint.rollback()
        self.env.invalidate_all()

    def _assert_ordered_is_wanted(self, pool):
        line = pool.line_ids
        self.assertLessEqual(line.quantity, line.quantity_requested + line.tolerance_total)
        if line.pack:
            self.assertEqual(line.quantity % line.pack, 0)

    def _deliver(self, pool, deliveries):
        line, came = pool.line_ids, 0.0
        for number, percent in enumerate(deliveries):
            quantity = line._from_steps(line._to_steps(line.quantity * percent / 100))
            pickings = pool.purchase_order_ids.picking_ids
            picking = pickings.filtered(lambda picking: picking.state not in ('done', 'cancel'))
            if not quantity or not picking:
                continue
            if line.product_id.tracking == 'lot':
                half = quantity // 2
                self._receive_lots(picking, {f'L{number}': quantity - half, 'shared': half}, backorder=True)
            else:
                in_unit = line.uom_id._compute_quantity(quantity, picking.move_ids.product_uom, round=False)
                self._receive(picking, in_unit, backorder=True)
            came += quantity
            self.assertEqual(line.quantity_received, came)
            for rule in ('in_order', 'equal', 'proportional'):
                pool.allocation_rule = rule
                self._assert_shared_out(pool, came)

    def _assert_shared_out(self, pool, came):
        line, shares = pool.line_ids, pool.allocation_ids
        self.assertEqual(sum(shares.mapped('quantity')) + line.quantity_left, came)
        self.assertGreaterEqual(line.quantity_left, 0)
        for share in shares:
            self.assertLessEqual(share.quantity, share.quantity_requested + share.tolerance)
            self.assertEqual(share.quantity % line.step, 0)
        if line.quantity_left:
            self.assertEqual(sum(shares.mapped('quantity')), line.quantity_requested + line.tolerance_total)
        if line.product_id.tracking == 'lot':
            self._assert_lots_shared_out(line)

    def _assert_lots_shared_out(self, line):
        by_lot = line.allocation_ids.lot_ids.grouped('lot_id')
        left = 0.0
        for lot, held in line._get_received()[line].items():
            given_out = sum(share.quantity for share in by_lot.get(lot, ()))
            self.assertGreaterEqual(held, given_out)
            left += held - given_out
        self.assertEqual(left, line.quantity_left)
        for share in line.allocation_ids:
            self.assertEqual(sum(share.lot_ids.mapped('quantity')), share.quantity)

    def test_what_is_given_and_what_is_left_over_is_what_came(self):
        self._check_round()
