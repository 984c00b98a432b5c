from contextlib import contextmanager

from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, new_test_user
from odoo.tools import mute_logger


class CoopCommon(TransactionCase):
    """A cooperative of its own: Indonesian chart, rupiah, not registered for VAT, one user per role.

    Tests run as superuser in that company; permissions are tested by ``record.with_user(self.officer)`` and the like.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True, no_reset_password=True))
        cls.company = cls._create_cooperative("Koperasi Uji")
        cls.env = cls.env(context=dict(cls.env.context, allowed_company_ids=cls.company.ids))
        cls.env.user.write({'company_ids': [Command.link(cls.company.id)], 'company_id': cls.company.id})
        cls.company = cls.company.with_env(cls.env)
        cls.rupiah = cls.company.currency_id
        cls.cash_journal = cls._find_journal('cash')
        cls.bank_journal = cls._find_journal('bank')
        cls.principal, cls.mandatory, cls.voluntary = (
            cls.env['coop.savings.type'].search([('kind', '=', kind), ('company_id', '=', cls.company.id)])
            for kind in ('principal', 'mandatory', 'voluntary')
        )
        cls.officer = cls._create_role_user('officer', 'producer_cooperative.group_coop_officer')
        cls.cashier = cls._create_role_user('cashier', 'producer_cooperative.group_coop_cashier')
        cls.accountant = cls._create_role_user('accountant', 'producer_cooperative.group_coop_accountant')
        cls.manager = cls._create_role_user('manager', 'producer_cooperative.group_coop_manager')
        cls.supervisor = cls._create_role_user('supervisor', 'producer_cooperative.group_coop_supervisor')
        cls.warehouse_user = cls._create_role_user('warehouse', 'stock.group_stock_user')
        cls.cash_journal.coop_cashier_ids = cls.cashier

    # === FIXTURES === #

    @classmethod
    def _create_cooperative(cls, name):
        """Return a new Indonesian company after the set-up: no VAT, Rp 100,000 principal, Rp 10,000 a month."""
        company = cls.env['res.company'].create({
            'name': name, 'country_id': cls.env.ref('base.id').id, 'currency_id': cls.env.ref('base.IDR').id,
        })
        cls.env.ref('base.IDR').active = True
        cls.env.user.company_ids |= company
        env = cls.env(context=dict(cls.env.context, allowed_company_ids=company.ids))
        env['account.chart.template'].try_loading('id', company=company, install_demo=False)
        env['coop.setup'].create({
            'company_id': company.id, 'vat_status': 'not_registered', 'principal_amount': 100_000,
            'mandatory_amount': 10_000, 'rate_date': fields.Date.to_date('2020-01-01'),
        }).action_apply()
        return company

    @classmethod
    def _create_role_user(cls, login, group):
        return new_test_user(
            cls.env, login=f'coop_{login}', groups=group, company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def _find_journal(cls, kind):
        return cls.env['account.journal'].search([('type', '=', kind), ('company_id', '=', cls.company.id)], limit=1)

    @classmethod
    def _account(cls, key):
        """Return the cooperative's account for ``key``."""
        return cls.company._get_coop_account(key)

    @classmethod
    def _create_member(cls, name, joined='2026-01-05', **values):
        """Return an admitted member who paid principal savings and one month of mandatory savings on joining."""
        partner = cls.env['res.partner'].create({'name': name})
        joined = fields.Date.to_date(joined)
        member = cls.env['coop.membership'].create({
            'partner_id': partner.id, 'date_applied': joined, 'date_joined': joined, **values,
        })
        cls._save(member, {cls.principal: 100_000, cls.mandatory: 10_000}, date=joined)
        member.action_admit()
        return member

    @classmethod
    def _set_limit(cls, kind, amount=0.0, is_required=True):
        """Put a limit for two pairs of eyes into force today, past the two people whom it would take."""
        limit = cls.env['coop.approval.limit'].create({
            'company_id': cls.company.id, 'kind': kind, 'amount': amount, 'is_required': is_required, 'reason': "Test",
        })
        limit._update_state('confirmed', confirmed_on=fields.Datetime.now())
        return limit

    @classmethod
    def _save(cls, member, amounts, direction='in', date='2026-01-05', journal=None):
        """Return a posted voucher with one line for each savings type in ``amounts``."""
        voucher = cls.env['coop.savings.voucher'].create({
            'direction': direction, 'date': date, 'journal_id': (journal or cls.cash_journal).id,
            'line_ids': [
                Command.create({'membership_id': member.id, 'type_id': savings_type.id, 'amount': amount})
                for savings_type, amount in amounts.items()
            ],
        })
        voucher.action_post()
        return voucher

    @classmethod
    def _set_limit(cls, kind, amount=0.0, is_required=True):
        """Put a limit into force today, past the two people whom it would take."""
        limit = cls.env['coop.approval.limit'].create({
            'company_id': cls.company.id, 'kind': kind, 'amount': amount, 'is_required': is_required, 'reason': "Test",
        })
        limit._update_state('confirmed', confirmed_on=fields.Datetime.now())
        return limit

    # === ASSERTIONS === #

    @contextmanager
    def assertRefused(self, message, exception=UserError):
        """Assert that the block raises with ``message`` (a regular expression) and leaves nothing half-done."""
        with self.assertRaisesRegex(exception, message) as refused, self.env.cr.savepoint():
            yield refused

    @contextmanager
    def assertRefusedByDatabase(self, model, message):
        """Assert that a database constraint of ``model`` refuses the block, with this message for the user."""
        with mute_logger('odoo.sql_db'), self.assertRaises(IntegrityError) as refused, self.env.cr.savepoint():
            yield
        self.assertIn(message, self.env[model]._sql_error_to_message(refused.exception))

    def assertEntry(self, move, expected):
        """Assert every line of a posted entry, in any order, as ``(account, partner or None, balance)``."""
        self.assertEqual(move.state, 'posted')
        self.assertCountEqual(
            [(line.account_id.code, line.partner_id.name or None, line.balance) for line in move.line_ids],
            [
                (account.code, partner.name if partner else None, float(balance))
                for account, partner, balance in expected
            ],
        )

    def _balance(self, account, partner=None):
        """Return the posted balance (debit positive) of an account, of one partner or of all."""
        domain = [
            ('account_id', '=', account.id), ('parent_state', '=', 'posted'), ('company_id', '=', self.company.id),
        ]
        if partner:
            domain.append(('partner_id', '=', partner.id))
        return sum(self.env['account.move.line'].search(domain).mapped('balance'))
