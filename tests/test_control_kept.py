from odoo import Command, fields
from odoo.tests import HttpCase, tagged
from odoo.tests.common import JsonRpcException
from odoo.tools import mute_logger

from odoo.addons.producer_cooperative.tests.common import CoopCommon
from odoo.addons.producer_cooperative.tests.common_control import ControlCommon
from odoo.addons.producer_cooperative.tests.common_counter import CounterCommon
from odoo.addons.producer_cooperative.tests.common_fund import FundCommon
from odoo.addons.producer_cooperative.tests.common_kept import KeptMixin
from odoo.addons.producer_cooperative.tests.common_leaving import LeavingCommon
from odoo.addons.producer_cooperative.tests.common_payout import PayoutCommon
from odoo.addons.producer_cooperative.tests.common_pool import PoolCommon
from odoo.addons.producer_cooperative.tests.common_stockroom import StockroomCommon

#: The documents whose test stands below, by room. Whatever else has a state is named in ``NO_DOCUMENTS``, with why.
MONEY = {
    'coop.savings.voucher', 'coop.payout', 'coop.settlement', 'coop.settlement.advance', 'coop.settlement.run',
    'coop.commission.accrual',
}
GOODS = {
    'coop.consignment', 'coop.consignment.bill', 'coop.consignment.buyout', 'coop.consignment.correction',
    'coop.consignment.delivery', 'coop.consignment.loss', 'coop.consignment.reduction', 'coop.consignment.return',
}
POOL = {'coop.pool', 'coop.pool.deposit', 'coop.due.change'}
SHU = {'coop.shu.allocation', 'coop.fund.spending', 'coop.shu.lapse', 'coop.shu.statement.run'}
OTHER = {'coop.leaving', 'coop.membership', 'coop.closing', 'coop.finding'}
COUNTER = {'coop.counter.receipt', 'coop.cash.count', 'coop.cash.handover', 'coop.approval', 'coop.approval.limit'}
NO_DOCUMENTS = {
    'coop.notice': "what members are told; the schedule alone writes it",
    'coop.practice': "which company is for practice; its actions alone write it",
}


@tagged('post_install', '-at_install')
class TestKeptCompleteness(CoopCommon):

    def test_every_document_of_ours_is_tried_below(self):
        documents = {
            name for name in self.env.registry for Model in [self.env[name]]
            if name.startswith('coop.') and Model._auto and not Model._abstract and not Model._transient
            and 'state' in Model._fields and Model._fields['state'].type == 'selection'
            and not Model._fields['state'].related
        }
        with_mixin = {
            name for name in self.env.registry for Model in [self.env[name]]
            if not Model._abstract and isinstance(Model, self.env.registry['coop.document.mixin'])
        }
        lines = {
            field.comodel_name for name in with_mixin for field in self.env[name]._fields.values()
            if field.type == 'one2many'
        }
        tried = MONEY | GOODS | POOL | SHU | OTHER | COUNTER
        self.assertEqual(with_mixin - tried - set(NO_DOCUMENTS), set(), "documents that nobody tries to delete")
        self.assertEqual(documents - tried - lines - set(NO_DOCUMENTS), set())

    def test_what_is_no_document_is_written_by_nobody(self):
        for name in NO_DOCUMENTS:
            for user in (self.officer, self.cashier, self.accountant, self.manager, self.supervisor):
                for operation in ('create', 'write', 'unlink'):
                    self.assertFalse(self.env[name].with_user(user).has_access(operation), (name, user.login))

    def test_every_document_says_how_it_is_undone(self):
        """A model of documents either takes a reason and undoes itself, or names what undoes it."""
        mixin = self.env.registry['coop.document.mixin']
        for name in self.env.registry:
            Model = self.env[name]
            if Model._abstract or not isinstance(Model, mixin):
                continue
            undoes = type(Model)._cancel_with_reason is not mixin._cancel_with_reason
            self.assertTrue(undoes or name in UNDONE_OTHERWISE, name)


#: Documents without a cancellation of their own, and what puts them right instead.
UNDONE_OTHERWISE = {
    'coop.commission.accrual': "reversed by itself the next day; accruing the same day again books the difference",
    'coop.settlement.run': "its settlements are cancelled one by one",
    'coop.shu.statement.run': "statements that were sent are sent; it books nothing",
    'coop.membership': "membership ends by a leaving, and a leaving is cancelled",
    'coop.practice': "made anew; the practice company before is put away",
    'coop.finding': "closed and opened again by the supervisors",
}


@tagged('post_install', '-at_install')
class TestKeptMoney(KeptMixin, PayoutCommon):
    """Nothing posted is deleted or quietly changed: vouchers, payouts, settlements, advances, accruals."""

    def test_savings_vouchers_stay(self):
        posted = self._save(self.siti, {self.voluntary: 50_000}, date=self.today)
        void = self._save(self.siti, {self.voluntary: 60_000}, date=self.today)
        void._cancel_with_reason("x")
        self.assertKept(posted, void)

    def test_payouts_stay(self):
        payout = self._pay()
        self.assertKept(payout)
        payout._cancel_with_reason("x")
        self.assertKept(payout)

    def test_settlements_stay(self):
        self.assertKept(self.of_siti)
        self.of_budi._cancel_with_reason("x")
        self.assertKept(self.of_budi)

    def test_advances_stay(self):
        advance = self.env['coop.settlement.advance'].create({
            'membership_id': self.siti.id, 'amount': 1_000, 'date': self.today, 'journal_id': self.cash_journal.id,
        })
        advance.action_post()
        self.assertKept(advance)
        advance._cancel_with_reason("x")
        self.assertKept(advance)

    def test_settlement_runs_stay(self):
        self._sold(self.siti, 60)
        run = self.env['coop.settlement.run'].create({'date': self.today})
        run.action_preview()
        run.with_user(self.accountant).action_start()
        while run.state == 'running':
            run._as_starter()._settle_next()
        self.assertEqual(run.state, 'done')
        self.assertKept(run)

    def test_accruals_stay(self):
        self._sold(self.siti, 60)
        accrual = self.env['coop.commission.accrual'].create({'date': self.today})
        accrual.action_compute()
        accrual.action_post()
        self.assertKept(accrual)

    def test_entries_of_documents_stay(self):
        """The journal entries behind them are undone by their documents only, whoever tries."""
        for document in (self._save(self.siti, {self.voluntary: 50_000}, date=self.today), self._pay(), self.of_siti):
            entry = document.move_id
            line = entry.line_ids.filtered('partner_id')[:1]
            for user in self._roles():
                attacked, item = entry.with_user(user), line.with_user(user)
                for action in (
                    attacked.button_draft, attacked.button_cancel,
                    lambda attacked=attacked: attacked.write({'state': 'draft'}),
                    lambda attacked=attacked: attacked.write({'state': 'cancel'}),
                ):
                    self.assertFalse(self._succeeds(entry, action, 'state'), (document, user.login))
                self.assertFalse(self._succeeds(entry, attacked.unlink), user.login)
                self.assertFalse(self._succeeds(line, item.unlink), user.login)
                for name in ('debit', 'account_id', 'partner_id', 'name', 'date_maturity'):
                    value = self._get_other_value(line, line._fields[name])
                    self.assertFalse(self._succeeds(
                        line, lambda item=item, name=name, value=value: item.write({name: value}), name,
                    ), (name, user.login))


@tagged('post_install', '-at_install')
class TestKeptGoods(KeptMixin, StockroomCommon):
    """Nothing weighed, received, returned or written off is deleted or quietly changed."""

    FREE = {
        'coop.consignment': {'paper_number': "the number of the slip written in a power cut is filled in later"},
        'coop.consignment.return': {'fetched_by': "who fetches the goods is known when they are handed out"},
    }

    def test_slips_stay(self):
        received = self._bring(self.siti, 100)
        confirmed = self.env['coop.consignment'].create({
            'membership_id': self.siti.id, 'line_ids': [Command.create({'product_id': self.rice.id, 'gross': 10})],
        })
        confirmed.action_confirm()
        void = confirmed.copy()
        void.action_confirm()
        void._cancel_with_reason("x")
        self.assertKept(received, confirmed, void)

    def test_corrections_stay(self):
        slip = self._bring(self.siti, 100)
        values = {'line_id': slip.line_ids.id, 'new_net': 90, 'reason': "Wet"}
        posted = self.env['coop.consignment.correction'].with_user(self.officer).create(values)
        posted.action_request()
        self.assertKept(posted.with_env(self.env))
        posted.with_user(self.manager).action_post()
        self.assertKept(posted.with_env(self.env))

    def test_returns_stay(self):
        self._bring(self.siti, 100)
        slip = self.env['coop.consignment.return'].create({
            'membership_id': self.siti.id, 'reason': 'unsold',
            'line_ids': [Command.create({'product_id': self.rice.id, 'quantity': 10})],
        })
        slip.action_confirm()
        self.assertKept(slip)
        self._do(slip.picking_ids)
        self.assertKept(slip)

    def test_write_offs_stay(self):
        self._bring(self.siti, 100)
        loss = self.env['coop.consignment.loss'].with_user(self.officer).create({
            'reason': "Mice", 'bearer': 'cooperative', 'line_ids': [Command.create({
                'product_id': self.rice.id, 'counted': 90, 'price': 5,
            })],
        })
        loss.action_submit()
        self.assertKept(loss.with_env(self.env))
        loss.with_user(self.manager).action_approve()
        self.assertKept(loss.with_env(self.env))
        if loss.state == 'approved':
            loss.with_user(self.accountant).action_book()
        self.assertKept(loss.with_env(self.env))

    def test_reductions_stay(self):
        slip = self.env['coop.consignment'].create({
            'membership_id': self.siti.id, 'line_ids': [Command.create({
                'product_id': self.rice.id, 'gross': 10, 'asking_price': 12,
            })],
        })
        slip.action_confirm()
        reduction = self.env['coop.consignment.reduction'].create({
            'membership_id': self.siti.id,
            'line_ids': [Command.create({'consignment_line_id': slip.line_ids.id, 'price': 9})],
        })
        self.assertKept(self._force(reduction, 'confirmed', name="TH/1"))
        self.assertKept(self._force(reduction, 'cancelled'))

    def test_joint_deliveries_stay(self):
        delivery = self.env['coop.consignment.delivery'].create({
            'line_ids': [Command.create({'membership_id': self.siti.id, 'product_id': self.rice.id, 'gross': 10})],
        })
        self.assertKept(self._force(delivery, 'confirmed', name="PB/1"))
        self.assertKept(self._force(delivery, 'cancelled'))

    def test_purchases_of_goods_stay(self):
        self._bring(self.siti, 100)
        buyout = self.env['coop.consignment.buyout'].create({
            'membership_id': self.siti.id,
            'line_ids': [Command.create({'product_id': self.rice.id, 'quantity': 10, 'price': 8})],
        })
        self.assertKept(self._force(buyout, 'done', name="BLI/1"))

    def test_bills_of_members_stay(self):
        slip = self._bring(self.siti, 100)
        bill = self.env['coop.consignment.bill'].sudo().create({
            'partner_id': self.siti.partner_id.id, 'consignment_id': slip.id, 'company_id': self.company.id,
        })
        self.assertKept(self._force(bill, 'posted', name="TB/1"))
        self.assertKept(self._force(bill, 'cancelled'))


@tagged('post_install', '-at_install')
class TestKeptPool(KeptMixin, PoolCommon):
    """Nothing asked for, ordered, shared out or paid in a round is deleted or quietly changed."""

    FREE = {
        'coop.pool': {'title': "a name", 'user_id': "whoever looks after it", 'note': "remarks"},
        'coop.pool.line': {'sequence': "order on the screen"},
        'coop.pool.member': {'drop_point_id': "where the goods are handed out", 'note': "a remark"},
    }

    def _invoiced(self, **values):
        pool = self._create_pool(**values)
        self._request(pool, {self.siti: 10, self.budi: 50})
        self.env['coop.pool.cost'].create({'pool_id': pool.id, 'name': "Freight", 'amount': 600})
        self._run(pool, 60)
        self._hand_out(pool)
        pool.action_create_invoices()
        pool.invoice_ids.invoice_date = '2026-11-02'
        pool.invoice_ids.action_post()
        return pool

    def test_rounds_stay(self):
        pool = self._invoiced()
        self.assertEqual(pool.state, 'distributed')
        lines = (pool.line_ids.request_ids[:1], pool.allocation_ids[:1], pool.charge_ids[:1], pool.cost_ids)
        for record in lines:
            for user in self._roles():
                attacked = record.with_user(user)
                self.assertFalse(self._succeeds(attacked, attacked.unlink), record)
        self.assertKept(self._force(pool, 'done'))
        self.assertKept(*lines[:3])

    def test_cancelled_rounds_stay(self):
        pool = self._create_pool()
        self._request(pool, {self.siti: 10})
        pool._cancel_with_reason("x")
        self.assertKept(pool)

    def test_deposits_stay(self):
        pool = self._create_pool(deposit_kind='percent', deposit_percent=50)
        self._request(pool, {self.siti: 10})
        deposit = self.env['coop.pool.deposit'].sudo().create({
            'pool_id': pool.id, 'membership_id': self.siti.id, 'amount': 100, 'journal_id': self.cash_journal.id,
        })
        entry = self._save(self.siti, {self.voluntary: 1_000}).move_id
        for state in ('paid', 'settled', 'cancelled'):
            self.assertKept(self._force(deposit, state, name="UMP/1", move_id=entry.id))

    def test_moved_due_dates_stay(self):
        season = self.env['coop.season'].create({'name': "Wet season", 'date_end': '2027-03-31'})
        self._invoiced(season_id=season.id)
        change = self.env['coop.due.change'].with_user(self.officer).create({
            'season_id': season.id, 'date_due': '2027-08-31', 'reason': "Drought",
        })
        change.action_request()
        change.with_user(self.manager).action_approve()
        self.assertKept(change.with_env(self.env))


@tagged('post_install', '-at_install')
class TestKeptShu(KeptMixin, FundCommon):
    """Nothing that the meeting decided, or that was paid on it, is deleted or quietly changed."""

    FREE = {
        'coop.shu.member.line': {'payout_method': "the member chooses until it is paid"},
    }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.allocation = cls._post(1_000_000)

    def test_allocations_stay(self):
        self.assertEqual(self.allocation.state, 'posted')
        self.assertKept(self.allocation)
        self.assertKept(self._force(self.allocation, 'paid'))
        self.assertKept(self._force(self.allocation, 'cancelled'))

    def test_payouts_of_shu_stay(self):
        self.assertKept(self._pay(self.allocation))

    def test_fund_spendings_stay(self):
        spending = self._spend(self.social, (None, "Flood", 10_000))
        self.assertKept(spending)
        spending._cancel_with_reason("x")
        self.assertKept(spending)

    def test_lapses_stay(self):
        lapse = self.env['coop.shu.lapse'].create({'meeting_date': '2026-01-01', 'meeting_number': "1"})
        for state in ('posted', 'cancelled'):
            self.assertKept(self._force(lapse, state, name="KDL/1"))

    def test_sendings_of_statements_stay(self):
        run = self.env['coop.shu.statement.run'].create({'allocation_id': self.allocation.id})
        for state in ('running', 'done'):
            self.assertKept(self._force(run, state, name="KIR/1"))


@tagged('post_install', '-at_install')
class TestKeptMembers(KeptMixin, LeavingCommon):
    """No member, leaving, checklist or finding is deleted once it counts."""

    FREE = {
        'coop.membership': dict.fromkeys((
            'birth_date', 'birth_place', 'category', 'category_date', 'city', 'date_applied', 'date_joined',
            'drop_point_id', 'email', 'is_organisation', 'number', 'occupation', 'partner_name', 'phone', 'sex',
            'shu_payout_method', 'shu_set_off_date', 'street', 'street2', 'zip', 'national_id', 'notice_channel',
        ), "the register is kept up to date; each change stands in the chatter"),
    }

    def test_leavings_stay(self):
        leaving = self._approve()
        leaving.with_user(self.accountant).action_post()
        self.assertKept(leaving)
        leaving._cancel_with_reason("x")
        self.assertKept(leaving)

    def test_members_stay(self):
        self.assertKept(self.siti)
        self._post()
        self.assertEqual(self.siti.state, 'left')
        self.assertKept(self.siti)

    def test_closed_checklists_stay(self):
        closing = self.env['coop.closing'].create({'day': fields.Date.to_date('2026-01-10')})
        self.assertKept(self._force(closing, 'closed'))

    def test_closed_findings_stay(self):
        finding = self.env['coop.finding'].with_user(self.supervisor).create({'name': "x", 'finding': "y"})
        finding.action_hand_out()
        self.assertKept(self._force(finding.with_env(self.env), 'closed', answered_by_id=self.manager.id))


@tagged('post_install', '-at_install')
class TestKeptCash(KeptMixin, ControlCommon):
    """Nothing counted, handed over, asked for or decided is deleted or quietly changed."""

    def test_cash_counts_stay(self):
        """The drawer holds Rp 220,000 by the books: Rp 20,000 are missing."""
        count = self._count({100_000: 2})
        self.FREE = {'coop.cash.count': {'explanation': "what is known can be added until it is approved"}}
        self.assertKept(count.with_env(self.env))
        count.with_user(self.supervisor).action_witness()
        count.with_user(self.manager).action_give_approval()
        self.assertEqual(count.state, 'done')
        self.FREE = {}
        self.assertKept(count.with_env(self.env))
        count.with_user(self.accountant)._cancel_with_reason("x")
        self.assertKept(count.with_env(self.env))

    def test_cash_hand_overs_stay(self):
        handover = self._hand_over({100_000: 2, 20_000: 1}, note="Two keys")
        self.assertKept(handover.with_env(self.env))
        handover.with_user(self.other_cashier).action_receive()
        self.assertEqual(handover.state, 'done')
        self.assertKept(handover.with_env(self.env))

    def test_approvals_stay(self):
        voucher = self._withdraw(6_000_000, self.accountant)
        voucher.action_ask_approval()
        waiting = voucher._get_waiting_approval()
        self.assertKept(waiting.with_env(self.env))
        waiting.with_user(self.manager).action_approve()
        self.assertKept(waiting.with_env(self.env))

    def test_limits_stay(self):
        values = {'kind': 'payout', 'reason': "Decided by the board"}
        limit = self.env['coop.approval.limit'].with_user(self.manager).create({**values, 'amount': 9_000_000})
        limit.action_propose()
        self.assertEqual(limit.state, 'proposed')
        self.assertKept(limit.with_env(self.env))
        limit.with_user(self.other_manager).action_give_approval()
        self.assertEqual(limit.state, 'confirmed')
        self.assertKept(limit.with_env(self.env))


@tagged('post_install', '-at_install')
class TestKeptCounter(KeptMixin, CounterCommon):
    """No receipt of the counter is deleted or quietly changed once it is posted."""

    FREE = {'coop.counter.receipt': {'paper': "the size of the paper that a copy is printed on"}}

    def test_counter_receipts_stay(self):
        receipt = self._serve(self.siti, {('savings', self.voluntary): 50_000})
        self.assertEqual(receipt.state, 'posted')
        self.assertKept(receipt)
        self._void(receipt)
        self.assertKept(receipt)


@tagged('post_install', '-at_install')
class TestKeptOverRpc(CoopCommon, HttpCase):
    """The same over the wire: what no button offers is refused to a program as well."""

    @mute_logger('odoo.http')
    def test_posted_voucher_is_neither_deleted_nor_changed_by_a_program(self):
        siti = self._create_member("Siti")
        voucher = self._save(siti, {self.voluntary: 50_000})
        line, entry = voucher.line_ids, voucher.move_id
        forbidden = (
            (voucher, 'unlink', []), (voucher, 'write', [{'state': 'draft'}]), (voucher, 'write', [{'name': 'X'}]),
            (voucher, 'write', [{'date': '2020-01-01'}]), (voucher, '_cancel_with_reason', ["x"]),
            (voucher, '_update_state', ['draft']), (voucher, '_reverse_entry', []),
            (voucher, 'write', [{'line_ids': [[1, line.id, {'amount': 1}]]}]),
            (voucher, 'write', [{'line_ids': [[2, line.id]]}]), (line, 'unlink', []), (line, 'write', [{'amount': 1}]),
            (entry, 'unlink', []), (entry, 'button_draft', []), (entry, 'button_cancel', []),
            (entry, 'write', [{'state': 'draft'}]), (entry.line_ids[:1], 'unlink', []),
            (entry.line_ids[:1], 'write', [{'debit': 1}]),
        )
        for user in (self.officer, self.cashier, self.accountant, self.manager, self.supervisor, self.warehouse_user):
            self.authenticate(user.login, user.login)
            for record, method, args in forbidden:
                with self.assertRaises(JsonRpcException, msg=f"{user.login} {record._name}.{method}{args}"):
                    self.make_jsonrpc_request(f'/web/dataset/call_kw/{record._name}/{method}', {
                        'model': record._name, 'method': method, 'args': [record.ids, *args],
                        'kwargs': {'context': {'allowed_company_ids': self.company.ids}},
                    })
        self.env.invalidate_all()
        self.assertEqual((voucher.state, line.amount, entry.state), ('posted', 50_000, 'posted'))
