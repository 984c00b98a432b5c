from odoo.tests import tagged

from odoo.addons.producer_cooperative.tests.common_pool import PoolCommon


@tagged('post_install', '-at_install')
class TestPoolQueries(PoolCommon):
    """The number of queries depends on products and vendors, never on the number of requests."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.products = cls.env['product.product'].concat(*(
            cls._create_product(f"Product {number}", {cls.vendor: {1: 100}}) for number in range(5)
        ))
        partners = cls.env['res.partner'].create([{'name': f"Member {number}"} for number in range(100)])
        cls.members = cls.env['coop.membership'].create([
            {'partner_id': partner.id, 'number': f'X{number:03}', 'date_joined': '2026-01-05'}
            for number, partner in enumerate(partners)
        ])

    def _open(self, members):
        pool = self._create_pool({product: {} for product in self.products})
        self.env['coop.pool.request'].create([
            {'line_id': line.id, 'membership_id': member.id, 'quantity': 3}
            for line in pool.line_ids for member in members
        ])
        return pool

    def _count(self, step):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        step()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _count_round(self, members):
        """Return the queries for closing, ordering, and working the shares out anew."""
        pool = self._open(members)
        closing, ordering = self._count(pool.action_close), self._count(pool.action_order)
        pool.purchase_order_ids.button_confirm()
        receipt = pool.purchase_order_ids.picking_ids
        receipt.move_ids.quantity = len(members)
        receipt.move_ids.picked = True
        receipt.with_context(skip_backorder=True, picking_ids_not_to_backorder=receipt.ids).button_validate()
        return closing, ordering, self._count(pool._reallocate)

    def test_100_members_cost_no_more_queries_than_10(self):
        self._count_round(self.members[:3])
        few, many = self._count_round(self.members[:10]), self._count_round(self.members)
        self.assertEqual(few, many, "closing, ordering, sharing out")
