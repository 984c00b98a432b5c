from odoo.tests import Form, tagged

from odoo.addons.producer_cooperative.tests.common_counter import CounterCommon


@tagged('post_install', '-at_install')
class TestCounterQueries(CounterCommon):
    """Serving a member costs the same however long the member has been one."""

    def _count(self, action):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        result = action()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before, result

    def _open(self, member):
        form = Form(self.env['coop.counter.receipt'].with_user(self.cashier))
        form.membership_id = member.with_env(form._env)
        return form

    def _serve_counted(self, member):
        """Return the queries of opening the member, and of posting."""
        self._owe(member, 30_000)
        opening, form = self._count(lambda: self._open(member))
        self._choose(form, {'invoice': 30_000, ('savings', self.voluntary): 10_000})
        receipt = form.save()
        posting, _nothing = self._count(receipt.action_post)
        return opening, posting

    def _serve_twice_counted(self):
        """Return the queries of the cheaper of two servings: what Odoo caches between them is no cost of the member."""
        return tuple(map(min, self._serve_counted(self.siti), self._serve_counted(self.siti)))

    def test_history_costs_no_queries(self):
        self._serve_counted(self.siti)
        few = self._serve_twice_counted()
        for _turn in range(12):
            self._owe(self.siti, 5_000)
            receipt = self._serve(self.siti, {'invoice': 5_000, ('savings', self.mandatory): 10_000})
        self._void(receipt)
        self._serve(self.siti, {'invoice': 5_000})
        self.assertEqual(self._serve_twice_counted(), few)
