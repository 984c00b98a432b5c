import logging
from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import api, fields, models
from odoo.exceptions import AccessError, RedirectWarning, UserError, ValidationError
from odoo.fields import Command
from odoo.tools.translate import LazyTranslate

from odoo.addons.account.models.chart_template import get_python_translation
from odoo.addons.producer_cooperative.models.coop_company_account import ACCOUNTS

_lt = LazyTranslate(__name__)
_logger = logging.getLogger(__name__)

#: Savings types that every cooperative starts with: (account key, name, values).
SAVINGS_TYPES = (
    ('principal', _lt("Principal Savings"), {
        'kind': 'principal', 'withdrawable': 'on_leaving', 'open_to_candidates': True, 'required_for_admission': True,
        'is_capital': True,
    }),
    ('mandatory', _lt("Mandatory Savings"), {
        'kind': 'mandatory', 'withdrawable': 'on_leaving', 'open_to_candidates': True, 'required_for_admission': True,
        'is_capital': True,
    }),
    ('voluntary', _lt("Voluntary Savings"), {'kind': 'voluntary', 'withdrawable': 'any_time', 'is_capital': False}),
)

#: Journals of the cooperative: (xmlid suffix, company field, name, values).
JOURNALS = (
    ('coop_settlement_journal', 'coop_settlement_journal_id', _lt("Member Settlements"),
     {'type': 'purchase', 'code': 'SETL', 'is_self_billing': True}),
    ('coop_journal', 'coop_journal_id', _lt("Cooperative"), {'type': 'general', 'code': 'KOP'}),
)


class ResCompany(models.Model):
    _inherit = 'res.company'

    coop_is_cooperative = fields.Boolean(
        string="Producer Cooperative", default=True,
        help="The company is a cooperative: its chart of accounts gets the cooperative's accounts and journals.",
    )
    coop_account_ids = fields.One2many(comodel_name='coop.company.account', inverse_name='company_id')
    coop_vat_status = fields.Selection(
        selection=[('registered', "Registered for VAT (PKP)"), ('not_registered', "Not registered for VAT")],
        string="VAT Status",
        help="A cooperative that is not registered charges no VAT: its products get no default taxes.",
    )
    coop_settlement_journal_id = fields.Many2one(
        comodel_name='account.journal', string="Settlement Journal", check_company=True, ondelete='set null',
        domain="[('type', '=', 'purchase'), ('is_self_billing', '=', True)]",
    )
    coop_journal_id = fields.Many2one(
        comodel_name='account.journal', string="Cooperative Journal", check_company=True, ondelete='set null',
        domain="[('type', '=', 'general')]",
        help="Set-offs, SHU entries and accruals of the cooperative are booked here.",
    )

    # === CRUD METHODS === #

    def write(self, vals):
        res = super().write(vals)
        if 'coop_is_cooperative' in vals:
            self.filtered('coop_is_cooperative')._coop_create_accounts()
            self.filtered(lambda company: not company.coop_is_cooperative)._coop_remove_unused_accounts()
        return res

    # === BUSINESS METHODS - READING THE SET-UP === #

    def _get_coop_account(self, key):
        """Return the account that this company uses for ``key`` (a key of ``ACCOUNTS``).

        :raises RedirectWarning: with a button to the set-up when the company has no such account.
        """
        self.ensure_one()
        # sudo: which account serves which purpose is no secret, and officers may not read the settings
        mapping = self.sudo().coop_account_ids.filtered(lambda mapping: mapping.key == key)
        if not mapping.account_id:
            purpose = dict(self.env['coop.company.account']._fields['key']._description_selection(self.env))[key]
            self._raise_set_up_needed(self.env._(
                "%(company)s has no account for “%(purpose)s” yet.", company=self.name, purpose=purpose,
            ))
        return mapping.account_id.with_env(self.env)

    def _find_coop_account(self, key):
        """Return the account for ``key`` (a key of ``ACCOUNTS``), or an empty recordset when none is set up yet."""
        self.ensure_one()
        # sudo: which account serves which purpose is no secret, and managers may not read the settings
        mapping = self.sudo().coop_account_ids.filtered(lambda mapping: mapping.key == key)
        return mapping.account_id.with_env(self.env)

    def _get_other_purpose(self, account, keys):
        """Return in words what the company uses an account for; no text where it is for one of ``keys``, or nothing."""
        self.ensure_one()
        # sudo: see _find_coop_account
        mappings = self.sudo().coop_account_ids.filtered(lambda mapping: account and mapping.account_id == account)
        if any(mapping.key in keys for mapping in mappings):
            return ""
        purposes = dict(mappings._fields['key']._description_selection(self.env))
        return ", ".join(purposes[mapping.key] for mapping in mappings)

    def _get_first_open_day(self, date, journal):
        """Return ``date``, or the day after the lock date when the books are closed on it.

        :param journal: the journal to book in, because journals can be locked one by one.
        """
        self.ensure_one()
        return max(date, self._get_user_fiscal_lock_date(journal) + timedelta(days=1))

    def _get_coop_journal(self, field_name):
        """Return the journal in ``field_name``.

        :raises RedirectWarning: with a button to the set-up when it is not set.
        """
        self.ensure_one()
        # sudo: only the id of a journal of this company is read
        journal = self.sudo()[field_name]
        if not journal:
            self._raise_set_up_needed(self.env._(
                "%(company)s has no “%(journal)s” yet.",
                company=self.name, journal=self._fields[field_name]._description_string(self.env),
            ))
        return journal.with_env(self.env)

    def _raise_set_up_needed(self, problem):
        self.ensure_one()
        raise RedirectWarning(
            self.env._("%(problem)s Set up the cooperative first.", problem=problem),
            self.env.ref('producer_cooperative.coop_setup_action').id,
            self.env._("Set up the cooperative"),
            {'default_company_id': self.id},
        )

    def _next_coop_number(self, code, prefix, date=None, gapless=False):
        """Draw the next number of this company's own sequence ``code``; the sequence is created on first use.

        :param str code: code of the sequence, e.g. ``coop.membership``.
        :param str prefix: prefix for a sequence that has to be created, e.g. ``BKM/%(range_year)s/``.
        :param date: day that decides the year in the prefix; today by default.
        :param bool gapless: whether the numbers may have no holes (slower: concurrent users wait for each other).
        """
        return self._get_coop_sequence(code, prefix, gapless=gapless).next_by_id(sequence_date=date)

    def _get_coop_sequence(self, code, prefix, gapless=False):
        """Return this company's own sequence ``code`` as superuser; it is created on first use.

        Parameters as in :meth:`_next_coop_number`.
        """
        self.ensure_one()
        # sudo: users draw numbers from the company's sequence, they never change it
        Sequence = self.env['ir.sequence'].sudo().with_company(self)
        return Sequence.search([('code', '=', code), ('company_id', '=', self.id)], limit=1) or Sequence.create({
            'name': f"{code} {self.name}", 'code': code, 'company_id': self.id, 'prefix': prefix, 'padding': 5,
            'implementation': 'no_gap' if gapless else 'standard', 'use_date_range': 'range_' in (prefix or ''),
        })

    def _coop_get_heading(self):
        """Return who the cooperative is, for the head of its papers: its name, its address and its registration."""
        self.ensure_one()
        company = self.sudo()  # sudo: name and address of the company, which stand on every paper
        address = ", ".join(part for part in (company.street, company.street2, company.city, company.zip) if part)
        registry = company.company_registry and self.env._("Registration number %s", company.company_registry)
        return [line for line in (company.name, address, registry) if line]

    # === BUSINESS METHODS - CLOSING === #

    def _coop_get_closing_obstacles(self, date_from, date_to):
        """Return what has to be done before the period can be closed, as texts for the user, most urgent first.

        A text may be a :class:`tools.obstacle.Obstacle`, which says where to go. For a room to hold up the closing, it
        must override this method.
        """
        self.ensure_one()
        return []

    def _coop_get_closing_advice(self, date_from, date_to):
        """Return what is better looked at before the period is closed, and holds nothing up; as the obstacles."""
        self.ensure_one()
        return []

    # === BUSINESS METHODS - SET-UP === #

    def _coop_create_accounts(self):
        """Create what the charts of these cooperatives still lack: accounts, journals and savings types.

        Idempotent: what is there already, or was chosen instead, is left alone. Companies without a chart of accounts
        are passed over; they get theirs when the chart is loaded.
        """
        for company in self.filtered(lambda company: company.coop_is_cooperative and company.chart_template):
            # sudo: creates the company's own accounts and journals, whoever loads the chart; lang as in chart templates
            company = company.sudo().with_company(company).with_context(lang='en_US', tracking_disable=True)
            company._coop_create_account_mappings()
            company._coop_create_journals()
            company._coop_create_savings_types()
            company._coop_translate_accounts(self.env['res.lang'].get_installed())

    def _coop_create_account_mappings(self):
        self.ensure_one()
        by_key = {mapping.key: mapping for mapping in self.coop_account_ids}
        for sequence, (key, spec) in enumerate(ACCOUNTS.items(), start=1):
            mapping = by_key.get(key) or self.env['coop.company.account'].create({
                'company_id': self.id, 'key': key, 'sequence': sequence,
            })
            if not mapping.account_id:
                mapping.account_id = self._coop_find_or_create_account(key, spec)

    def _coop_find_or_create_account(self, key, spec):
        self.ensure_one()
        xmlid = f'account.{self.root_id.id}_coop_{key}'
        account = self.env.ref(xmlid, raise_if_not_found=False)
        if account:
            return account
        return self.env['account.account'].with_company(self.root_id)._load_records([{
            'xml_id': xmlid,
            'values': {
                'name': spec.name._translate('en_US'),
                'code': self._coop_free_account_code(spec),
                'account_type': spec.account_type,
                'reconcile': spec.reconcile,
                'company_ids': [Command.link(self.root_id.id)],
            },
            'noupdate': True,
        }])

    def _coop_free_account_code(self, spec):
        """Return a free code: the Indonesian one in that chart, else the next one after an account of the same type."""
        self.ensure_one()
        Account = self.env['account.account'].with_company(self.root_id)
        if self.chart_template == 'id':
            return Account._search_new_account_code(spec.indonesian_code, cache=set())
        domain = [*Account._check_company_domain(self.root_id), ('account_type', '=', spec.account_type)]
        codes = [account.code for account in Account.search(domain) if account.code]
        numbers = [code for code in codes if code.isdigit()]
        return Account._search_new_account_code(max(numbers or codes, default=spec.indonesian_code))

    def _coop_create_journals(self):
        self.ensure_one()
        for suffix, field_name, name, values in JOURNALS:
            if self[field_name]:
                continue
            # A branch shares the journals of its main company, as it does with Odoo's own.
            xmlid = f'account.{self.root_id.id}_{suffix}'
            journal = self.env.ref(xmlid, raise_if_not_found=False)
            self[field_name] = journal or self.env['account.journal'].with_company(self.root_id)._load_records([{
                'xml_id': xmlid,
                'values': {
                    'name': name._translate('en_US'), 'company_id': self.root_id.id, 'show_on_dashboard': False,
                    **values,
                },
                'noupdate': True,
            }])

    def _coop_create_savings_types(self):
        self.ensure_one()
        SavingsType = self.env['coop.savings.type']
        # Savings types survive a change of the chart without their account: give them the new one.
        existing = SavingsType.with_context(active_test=False).search([('company_id', '=', self.id)])
        for sequence, (key, name, values) in enumerate(SAVINGS_TYPES, start=1):
            account = self._get_coop_account(key)
            of_kind = existing.filtered(lambda savings_type, kind=values['kind']: savings_type.kind == kind)
            if not of_kind:
                SavingsType.create({
                    'name': name._translate('en_US'), 'company_id': self.id, 'account_id': account.id,
                    'sequence': sequence, **values,
                })
            elif len(of_kind) == 1 and not of_kind.account_id:
                of_kind.account_id = account

    def _coop_translate_accounts(self, langs):
        """Write the names of accounts, journals and savings types in every installed language that knows them.

        A name that somebody changed in that language is left alone.

        :param langs: ``[(code, name)]`` as :meth:`res.lang.get_installed` returns it.
        """
        for company in self:
            named = [(mapping.account_id, ACCOUNTS[mapping.key].name) for mapping in company.coop_account_ids]
            named += [(company[field_name], name) for _suffix, field_name, name, _values in JOURNALS]
            savings_types = self.env['coop.savings.type'].search([('company_id', '=', company.id)])
            for _key, name, _values in SAVINGS_TYPES:
                source = name._translate('en_US')
                named += [(savings_type, name) for savings_type in savings_types if savings_type.name == source]
            for record, name in named:
                for lang, _label in langs:
                    _translate_name(record, lang, name)

    def _coop_remove_unused_accounts(self):
        """Delete the accounts and journals that were created for the cooperative and never used."""
        for company in self:
            # sudo: only records that this addon created, recognised by their external id, and only unused ones
            created = self.env['ir.model.data'].sudo().search([
                ('module', '=', 'account'), ('name', '=like', f'{company.id}_coop_%'),
                ('model', 'in', ('account.journal', 'account.account')),
            ], order='model DESC')
            for data in created:
                record = self.env[data.model].sudo().browse(data.res_id).exists()
                if record and not record._coop_has_entries():
                    _unlink_unless_referenced(record)

    @api.model
    def _coop_check_may_set_up(self):
        """Refuse whoever keeps neither the books nor the cooperative's settings.

        :raises AccessError: naming who may.
        """
        groups = ('producer_cooperative.group_coop_accountant', 'producer_cooperative.group_coop_manager')
        if not self.env.is_system() and not any(self.env.user.has_group(group) for group in groups):
            raise AccessError(self.env._(
                "Only the treasurer, the manager or an administrator sets up the cooperative.",
            ))

    def _coop_get_payment_journals(self):
        """Return this company's own cash and bank journals, as superuser."""
        self.ensure_one()
        return self.env['account.journal'].sudo().search([  # sudo: only those of this company
            ('company_id', '=', self.id), ('type', 'in', ('cash', 'bank')),
        ])

    @api.model
    def _coop_pay_directly(self, journals):
        """Let payments of these cash and bank journals book on the journal's own account at once.

        Community has no screen that would move them there from an outstanding account, so the cash book would never
        see the money.
        """
        for journal in journals.filtered('default_account_id'):
            lines = journal.inbound_payment_method_line_ids | journal.outbound_payment_method_line_ids
            lines.payment_account_id = journal.default_account_id


def _unlink_unless_referenced(record):
    """Delete the record; keep it when something that somebody chose still refers to it."""
    try:
        with record.env.cr.savepoint():
            record.unlink()
    except (UserError, ValidationError, IntegrityError):
        _logger.info("%s is kept: it is in use", record.display_name)


def _translate_name(record, lang, name):
    if not record or lang == 'en_US':
        return
    source = name._translate('en_US')
    translated = get_python_translation('producer_cooperative', lang, source)
    if translated and translated != source and record.with_context(lang=lang).name == source:
        record.with_context(lang=lang).name = translated
