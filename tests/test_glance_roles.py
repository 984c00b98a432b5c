import inspect

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged

from odoo.addons.producer_cooperative.tests.common import CoopCommon

ROLES = (
    'officer', 'cashier', 'accountant', 'manager', 'supervisor', 'warehouse', 'member', 'other_member', 'employee',
)
#: What each role may do, by model: r(ead), w(rite), c(reate), u(nlink); roles that are not named may do nothing.
#: The records are Siti's, whose portal user is ``member``; ``other_member`` is Budi.
RIGHTS = {
    'coop.membership': {
        'officer': 'rwcu', 'cashier': 'r', 'accountant': 'r', 'manager': 'rwcu', 'supervisor': 'r', 'member': 'r',
    },
    'coop.savings.type': {
        'officer': 'r', 'cashier': 'r', 'accountant': 'rwc', 'manager': 'rwcu', 'supervisor': 'r', 'member': 'r',
        'other_member': 'r',
    },
    'coop.savings.rate': {
        'officer': 'r', 'cashier': 'r', 'accountant': 'rwc', 'manager': 'rwcu', 'supervisor': 'r', 'member': 'r',
        'other_member': 'r',
    },
    'coop.savings.voucher': {
        'officer': 'rwcu', 'cashier': 'rwcu', 'accountant': 'rwcu', 'manager': 'rwcu', 'supervisor': 'r',
    },
    'coop.savings.voucher.line': {
        'officer': 'rwcu', 'cashier': 'rwcu', 'accountant': 'rwcu', 'manager': 'rwcu', 'supervisor': 'r',
    },
    'coop.savings.balance': {
        'officer': 'r', 'cashier': 'r', 'accountant': 'r', 'manager': 'r', 'supervisor': 'r',
    },
    'res.partner.bank': {
        'officer': 'rwcu', 'cashier': 'r', 'accountant': 'r', 'manager': 'rwcu', 'supervisor': 'r',
    },
    'coop.producer.kind': {
        'officer': 'rwc', 'cashier': 'r', 'accountant': 'r', 'manager': 'rwcu', 'supervisor': 'r', 'warehouse': 'r',
        'employee': 'r',
    },
    'coop.company.account': {
        'officer': 'r', 'cashier': 'r', 'accountant': 'rw', 'manager': 'rw', 'supervisor': 'r', 'warehouse': 'r',
        'employee': 'r',
    },
    'coop.setup': {'accountant': 'c', 'manager': 'c'},
    'coop.document.cancel': {'officer': 'c', 'cashier': 'c', 'accountant': 'c', 'manager': 'c'},
}
#: Who may call an action; everybody else is told what the second text says.
ACTIONS = {
    ('coop.membership', 'action_admit'): (('manager',), "Only this role may do that: Manager"),
    ('coop.savings.voucher', 'action_post'): (
        ('cashier', 'accountant'), "You may not post on|not allowed to modify|not allowed to access",
    ),
    ('res.partner.bank', 'action_coop_approve'): (
        ('accountant', 'manager'), "approved by a manager or an accountant|not allowed to access|access",
    ),
    ('coop.setup', 'action_apply'): (
        ('accountant', 'manager'), "Only the treasurer, the manager or an administrator|not allowed to access|access",
    ),
}
#: Personal data (UU 27/2022): need to know.
PERSONAL = ('identity_number', 'birth_place', 'birth_date', 'sex', 'occupation')
#: Not to be called from outside, whatever the role.
PRIVATE = (
    ('coop.membership', '_update_state', ['active']), ('coop.membership', '_queue_up', []),
    ('coop.membership', '_get_savings_balances', []), ('coop.membership', '_get_open_debt_totals', []),
    ('coop.savings.voucher', '_cancel_with_reason', ["x"]), ('coop.savings.voucher', '_reverse_entry', []),
    ('res.partner.bank', '_coop_write', [{'allow_out_payment': True}]),
    ('res.partner.bank', '_coop_write_untrusted', [{}]), ('res.partner.bank', '_coop_log', ["x"]),
)
#: Public methods that are no actions: Odoo's web client, or the request grid, asks for them.
WEB_CLIENT = {'get_import_templates', 'get_request_grid', 'save_request_grid'}


@tagged('post_install', '-at_install')
class TestGlanceRoles(CoopCommon):
    """Permissions in pairs, for every role: what it may do succeeds over RPC, and everything else is refused there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.siti = cls._create_member("Siti", identity_number='3513014101660001', birth_place="Probolinggo")
        cls.budi = cls._create_member("Budi")
        cls.users = {
            'officer': cls.officer, 'cashier': cls.cashier, 'accountant': cls.accountant, 'manager': cls.manager,
            'supervisor': cls.supervisor, 'warehouse': cls.warehouse_user,
            'member': cls._create_portal_user('siti', cls.siti),
            'other_member': cls._create_portal_user('budi', cls.budi),
            'employee': cls._create_role_user('employee', 'base.group_user'),
        }
        cls.candidate = cls.env['coop.membership'].create({
            'partner_id': cls.env['res.partner'].create({'name': "Calon"}).id,
        })
        cls._save(cls.candidate, {cls.principal: 100_000, cls.mandatory: 10_000})
        cls.newcomer = cls.env['res.partner'].create({'name': "Baru"})
        cls.extra_type = cls.env['coop.savings.type'].create({'name': "Extra"})
        cls.extra_rate = cls.env['coop.savings.rate'].create({
            'type_id': cls.extra_type.id, 'date_from': '2026-01-01', 'amount': 1,
        })
        cls.draft = cls.env['coop.savings.voucher'].create({
            'journal_id': cls.cash_journal.id, 'line_ids': [Command.create(cls._line_values())],
        })
        cls.account = cls.env['res.partner.bank'].with_user(cls.officer).create({
            'partner_id': cls.siti.partner_id.id, 'acc_number': '1234567890',
        })
        cls.kind = cls.env['coop.producer.kind'].create({'name': "Salt"})
        cls.mapping = cls.company.coop_account_ids.filtered(lambda mapping: mapping.key == 'grant')

    @classmethod
    def _create_portal_user(cls, login, member):
        return new_test_user(
            cls.env, login=f'coop_portal_{login}', groups='base.group_portal', partner_id=member.partner_id.id,
            company_id=cls.company.id, company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def _line_values(cls):
        return {'membership_id': cls.siti.id, 'type_id': cls.voluntary.id, 'amount': 5_000}

    def _records(self):
        """Return ``{model: (record to read and write, values to write, values to create, record to delete)}``."""
        return {
            'coop.membership': (
                self.siti, {'note': "Seen"}, {'partner_id': self.newcomer.id},
                self.env['coop.membership'].search([('partner_id', '=', self.newcomer.id)])
                or self.env['coop.membership'].create({'partner_id': self.env['res.partner'].create({'name': "X"}).id}),
            ),
            'coop.savings.type': (self.extra_type, {'sequence': 5}, {'name': "More"}, self.extra_type),
            'coop.savings.rate': (
                self.extra_rate, {'amount': 2}, {'type_id': self.extra_type.id, 'date_from': '2026-02-01', 'amount': 3},
                self.extra_rate,
            ),
            'coop.savings.voucher': (
                self.draft, {'direction': 'in'}, {'journal_id': self.cash_journal.id}, self.draft,
            ),
            'coop.savings.voucher.line': (
                self.draft.line_ids, {'amount': 6_000}, {'voucher_id': self.draft.id, **self._line_values()},
                self.draft.line_ids,
            ),
            'coop.savings.balance': (
                self.siti.savings_balance_ids[0], {'sequence': 1}, {'membership_id': self.siti.id},
                self.siti.savings_balance_ids[0],
            ),
            'res.partner.bank': (
                self.account, {'acc_number': '99887766'},
                {'partner_id': self.siti.partner_id.id, 'acc_number': '5550001111'}, self.account,
            ),
            'coop.producer.kind': (self.kind, {'sequence': 9}, {'name': "Sugar"}, self.kind),
            'coop.company.account': (
                self.mapping, {'account_id': self.mapping.account_id.id},
                {'company_id': self.company.id, 'key': 'grant'}, self.mapping,
            ),
            'coop.setup': (None, None, {'vat_status': 'not_registered'}, None),
            'coop.document.cancel': (
                None, None, {'document_model': 'coop.savings.voucher', 'document_id': self.draft.id, 'reason': "x"},
                None,
            ),
        }

    def _call(self, user, model, method, *args, company=None, **kwargs):
        """Call a method as RPC does: by name, public methods only, ids and values from outside."""
        self.env.flush_all()
        self.env.invalidate_all()
        context = {'allowed_company_ids': (company or self.company).ids}
        result = call_kw(self.env[model].with_user(user), method, list(args), {**kwargs, 'context': context})
        self.env.flush_all()
        return result

    def _operations(self, model):
        """Return ``{letter: arguments of the call}`` for what the model can be asked for."""
        record, written, created, deleted = self._records()[model]
        operations = {'c': ('create', [created])}
        if record:
            operations |= {
                'r': ('read', record.ids, [record._rec_name or 'display_name']), 'w': ('write', record.ids, written),
                'u': ('unlink', deleted.ids),
            }
        return operations

    # === RECORDS === #

    def test_each_role_does_with_records_what_it_may_and_nothing_else(self):
        for model, rights in RIGHTS.items():
            for role in ROLES:
                for letter, arguments in self._operations(model).items():
                    with self.subTest(model=model, role=role, operation=letter):
                        self._assert_operation(role, model, letter, arguments, letter in rights.get(role, ''))

    def _assert_operation(self, role, model, letter, arguments, allowed):
        user = self.users[role]
        if not allowed:
            with self.assertRefused("You are not allowed to|doesn't have|own buttons|n't have|access", UserError):
                self._call(user, model, *arguments)
            return
        with self.env.cr.savepoint() as savepoint:
            result = self._call(user, model, *arguments)
            self.assertTrue(result)
            if letter == 'u':
                [ids] = arguments[1:]
                self.assertFalse(self.env[model].browse(ids).exists().filtered(lambda record: (
                    record.active if 'active' in record and model == 'res.partner.bank' else True
                )))
            savepoint.rollback()
        self.env.invalidate_all()

    def test_who_reads_nothing_finds_nothing(self):
        for model, rights in RIGHTS.items():
            record = self._records()[model][0]
            for role in ROLES if record else ():
                with self.subTest(model=model, role=role):
                    if 'r' in rights.get(role, ''):
                        self.assertIn(record.id, self._call(self.users[role], model, 'search', []))
                        continue
                    try:
                        found = self._call(self.users[role], model, 'search', [])
                    except AccessError:
                        found = []
                    self.assertNotIn(record.id, found)

    # === ACTIONS === #

    def _action_record(self, model, method):
        if method == 'action_admit':
            return self.candidate
        if model == 'coop.setup':
            return self.env['coop.setup'].create({'vat_status': 'not_registered'})
        return {'coop.savings.voucher': self.draft, 'res.partner.bank': self.account}[model]

    def test_each_role_takes_the_actions_it_may_and_no_others(self):
        for (model, method), (roles, message) in ACTIONS.items():
            for role in ROLES:
                with self.subTest(method=method, role=role), self.env.cr.savepoint() as savepoint:
                    user = self.users[role]
                    record = self._action_record(model, method)
                    if model == 'coop.setup' and role in roles:
                        record = record.with_user(user).create({'vat_status': 'not_registered'})
                    if role in roles:
                        self._call(user, model, method, record.ids)
                    else:
                        with self.assertRefused(message):
                            self._call(user, model, method, record.ids)
                    savepoint.rollback()
                    self.env.invalidate_all()

    def test_private_methods_are_nobodys_to_call(self):
        records = {'coop.membership': self.siti, 'coop.savings.voucher': self.draft, 'res.partner.bank': self.account}
        for model, method, arguments in PRIVATE:
            for role in ROLES:
                with self.subTest(method=method, role=role), self.assertRefused("rivate method", AccessError):
                    self._call(self.users[role], model, method, records[model].ids, *arguments)

    def test_what_the_addon_lets_be_called_from_outside_are_actions(self):
        """A method without underscore is open to every login: only actions are meant to be."""
        for name, model in self.registry.items():
            for cls in model.mro():
                if not cls.__module__.startswith('odoo.addons.producer_cooperative.'):
                    continue
                inherited = {attribute for base in model.mro() for attribute in dir(base) if not (
                    base.__module__.startswith('odoo.addons.producer_cooperative.')
                    or getattr(base, 'pool', None) is not None
                )}
                public = {
                    attribute for attribute, value in vars(cls).items()
                    if inspect.isfunction(value) and not attribute.startswith(('_', 'action_'))
                    and attribute not in inherited | WEB_CLIENT and not getattr(value, '_api_private', False)
                }
                if public:
                    with self.subTest(name):
                        self.assertFalse(public)

    # === PERSONAL DATA AND MONEY === #

    def test_personal_data_is_for_officers_managers_and_supervisors(self):
        for role in ROLES:
            for name in PERSONAL:
                with self.subTest(role=role, field=name):
                    if role in ('officer', 'manager', 'supervisor'):
                        [values] = self._call(self.users[role], 'coop.membership', 'read', self.siti.ids, [name])
                        self.assertEqual(values[name], self.siti[name])
                        continue
                    with self.assertRefused(".", AccessError):
                        self._call(self.users[role], 'coop.membership', 'read', self.siti.ids, [name])
                    with self.assertRefused(".", (AccessError, ValueError)):
                        self._call(self.users[role], 'coop.membership', 'search', [(name, '!=', False)])

    def test_member_reads_the_own_savings_and_nobody_elses(self):
        names = ['savings_balance', 'arrears', 'open_debt', 'number']
        [values] = self._call(self.users['member'], 'coop.membership', 'read', self.siti.ids, names)
        self.assertEqual((values['savings_balance'], values['number']), (110_000, self.siti.number))
        with self.assertRefused(".", AccessError):
            self._call(self.users['other_member'], 'coop.membership', 'read', self.siti.ids, names)
        for role in ('member', 'other_member', 'warehouse', 'employee'):
            for name in ('coop_savings', 'coop_savings_balance_ids', 'coop_open_debt', 'coop_other_membership_ids'):
                with self.subTest(role=role, field=name), self.assertRefused(".", AccessError):
                    self._call(self.users[role], 'res.partner', 'read', self.siti.partner_id.ids, [name])

    # === ANOTHER COMPANY === #

    def _strangers(self):
        """Return another cooperative and its users, one per internal role."""
        other = self._create_cooperative("Koperasi Lain")
        users = {
            role: new_test_user(
                self.env, login=f'coop_other_{role}',
                groups=f'producer_cooperative.group_coop_{role},base.group_allow_export',
                company_id=other.id, company_ids=[Command.set(other.ids)],
            ) for role in ('officer', 'cashier', 'accountant', 'manager', 'supervisor')
        }
        return other, users

    def test_another_companys_members_and_papers_are_invisible(self):
        other, strangers = self._strangers()
        records = self._records()
        models = [model for model in RIGHTS if records[model][0] and model != 'coop.producer.kind']
        for role, user in strangers.items():
            for model in models:
                record = records[model][0]
                with self.subTest(role=role, model=model):
                    self.assertNotIn(record.id, self._call(user, model, 'search', [], company=other))
                    mine = [('id', '=', record.id)]
                    self.assertEqual(self._call(user, model, 'search_count', mine, company=other), 0)
                    self.assertFalse(self._call(user, model, 'search_read', mine, ['display_name'], company=other))
                    groups = self._call(
                        user, model, 'formatted_read_group', mine, groupby=['company_id'], aggregates=['__count'],
                        company=other,
                    )
                    self.assertFalse(groups)
                    for method, *arguments in (
                        ('read', ['display_name']), ('export_data', ['display_name']),
                        ('web_read', {'display_name': {}}), ('write', records[model][1]), ('unlink',),
                    ):
                        with self.assertRefused(".", AccessError):
                            self._call(user, model, method, record.ids, *arguments, company=other)

    def test_another_companys_member_is_not_found_by_number_or_name(self):
        other, strangers = self._strangers()
        for role, user in strangers.items():
            with self.subTest(role):
                for text in (self.siti.number, "Siti"):
                    found = self._call(user, 'coop.membership', 'name_search', text, company=other)
                    self.assertNotIn(self.siti.id, [membership_id for membership_id, _name in found])

    def test_another_companys_membership_is_not_reached_through_the_partner(self):
        other, strangers = self._strangers()
        partner = self.siti.partner_id
        self.assertFalse(partner.company_id)
        for role, user in strangers.items():
            with self.subTest(role):
                [values] = self._call(user, 'res.partner', 'read', partner.ids, [
                    'coop_membership_ids', 'coop_membership_id', 'coop_member_number', 'coop_member_state',
                    'is_coop_member', 'coop_savings', 'coop_savings_balance_ids', 'coop_other_membership_ids',
                    'bank_ids',
                ], company=other)
                values.pop('id')
                self.assertFalse(any(values.values()), values)
                for domain in (
                    [('coop_membership_ids.number', '=', self.siti.number)], [('coop_member_state', '=', 'active')],
                    [('coop_member_number', '=', self.siti.number)], [('is_coop_member', '=', True)],
                    [('bank_ids.acc_number', '=', '1234567890')],
                ):
                    found = self._call(user, 'res.partner', 'search', domain, company=other)
                    self.assertNotIn(partner.id, found)
                exported = self._call(
                    user, 'res.partner', 'export_data', partner.ids,
                    ['coop_membership_ids/number', 'bank_ids/acc_number'], company=other,
                )
                self.assertFalse(any(cell for row in exported['datas'] for cell in row))

    def test_company_that_the_user_does_not_work_in_is_not_switched_on_by_the_context(self):
        _other, strangers = self._strangers()
        for role, user in strangers.items():
            with self.subTest(role), self.assertRefused("unauthorized or invalid companies", AccessError):
                self._call(user, 'coop.membership', 'search', [], company=self.company)
