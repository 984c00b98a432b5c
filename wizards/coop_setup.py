from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from odoo.addons.producer_cooperative.models.res_company_identity import IDENTITY_FIELDS


class CoopSetup(models.TransientModel):
    """Everything that a company needs before the cooperative can book its first voucher, asked on one page."""
    _name = 'coop.setup'
    _description = "Set Up the Cooperative"
    _check_company_auto = True

    company_id = fields.Many2one(
        comodel_name='res.company', required=True, default=lambda self: self.env.company,
        domain="[('id', 'in', allowed_company_ids)]",
    )
    part = fields.Selection(
        selection=[
            ('identity', "The Cooperative"), ('accounts', "Accounts"), ('vat', "VAT"), ('payments', "Payments"),
            ('savings', "Savings"),
        ],
        string="Only", help="The one part of the set-up that is asked and carried out; all of it if empty.",
    )
    currency_id = fields.Many2one(related='company_id.currency_id')
    coop_legal_number = fields.Char(
        string="Legal Entity Number", compute='_compute_identity', store=True, readonly=False,
        help="As on the decree, e.g. AHU-0001234.AH.01.29.TAHUN 2023.",
    )
    coop_legal_date = fields.Date(
        string="Legal Entity Since", compute='_compute_identity', store=True, readonly=False,
    )
    coop_nik = fields.Char(string="NIK Koperasi", compute='_compute_identity', store=True, readonly=False)
    coop_nib = fields.Char(string="NIB", compute='_compute_identity', store=True, readonly=False)
    has_chart = fields.Boolean(compute='_compute_has_chart')
    chart_template = fields.Selection(
        selection=lambda self: self.env['account.chart.template']._select_chart_template(), string="Chart of Accounts",
        compute='_compute_chart_template', store=True, readonly=False,
    )
    vat_status = fields.Selection(
        selection=lambda self: self.env['res.company']._fields['coop_vat_status']._description_selection(self.env),
        string="Is the cooperative registered for VAT?", compute='_compute_from_company', store=True, readonly=False,
        help="The Indonesian chart gives every new product 12 % VAT. A cooperative that is not registered charges"
             " none.",
    )
    taxed_product_count = fields.Integer(compute='_compute_taxed_product_count')
    clear_product_taxes = fields.Boolean(
        string="Also take VAT off the products that exist already",
        help="Removes this company's sales and purchase taxes from all products. Posted documents keep theirs.",
    )
    pay_directly = fields.Boolean(
        string="Payments reach cash and bank at once", default=True,
        help="Payments are booked on the cash or bank account itself instead of an outstanding account that nothing"
             " clears.",
    )
    principal_amount = fields.Monetary(
        string="Principal Savings", compute='_compute_from_company', store=True, readonly=False,
        help="What a new member pays once.",
    )
    mandatory_amount = fields.Monetary(
        string="Mandatory Savings per Month", compute='_compute_from_company', store=True, readonly=False,
    )
    rate_date = fields.Date(
        string="Amounts Valid From", required=True,
        default=lambda self: fields.Date.context_today(self).replace(month=1, day=1),
    )
    cash_journal_id = fields.Many2one(
        comodel_name='account.journal', compute='_compute_cash_journal_id', store=True, check_company=True,
        readonly=False, domain="[('type', '=', 'cash'), ('company_id', '=', company_id)]",
        help="Created by the set-up when the company has none.",
    )
    cashier_ids = fields.Many2many(
        comodel_name='res.users', string="Cashiers", compute='_compute_cashier_ids', store=True, readonly=False,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Who may post vouchers on this cash journal.",
    )
    account_ids = fields.One2many(related='company_id.coop_account_ids', readonly=False, string="Accounts")

    # === COMPUTE METHODS === #

    @api.depends('company_id')
    def _compute_has_chart(self):
        for setup in self:
            setup.has_chart = bool(setup.company_id.sudo().chart_template)  # sudo: that it has a chart is no secret

    @api.depends('company_id')
    def _compute_chart_template(self):
        for setup in self:
            company = setup.company_id
            setup.chart_template = company.chart_template or self.env['account.chart.template']._guess_chart_template(
                company.country_id,
            )

    @api.depends('company_id')
    def _compute_from_company(self):
        for setup in self:
            setup.vat_status = setup.company_id.coop_vat_status
            setup.principal_amount = setup._get_savings_type('principal').amount
            setup.mandatory_amount = setup._get_savings_type('mandatory').amount

    @api.depends('company_id')
    def _compute_identity(self):
        for setup in self:
            for name in IDENTITY_FIELDS:
                setup[name] = setup.company_id.sudo()[name]  # sudo: it stands on every paper

    @api.depends('company_id')
    def _compute_taxed_product_count(self):
        for setup in self:
            setup.taxed_product_count = len(setup._get_taxed_products())

    @api.depends('company_id')
    def _compute_cash_journal_id(self):
        for setup in self:
            journals = setup.company_id._coop_get_payment_journals()
            setup.cash_journal_id = journals.filtered(lambda journal: journal.type == 'cash')[:1]

    @api.depends('cash_journal_id')
    def _compute_cashier_ids(self):
        for setup in self:
            setup.cashier_ids = setup.cash_journal_id.sudo().coop_cashier_ids  # sudo: who the cashiers are

    # === CONSTRAINT METHODS === #

    @api.constrains('company_id')
    def _check_company_is_own(self):
        if self.company_id - self.env.companies:
            raise AccessError(self.env._("You may set up the companies only that you work in."))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [dict(vals) for vals in vals_list]
        for vals in vals_list:
            self._change_accounts(vals.pop('account_ids', ()))
        return super().create(vals_list)

    def write(self, vals):
        vals = dict(vals)
        self._change_accounts(vals.pop('account_ids', ()))
        return super().write(vals)

    # === ACTIONS === #

    def action_apply(self):
        """Carry out the answers; may be repeated at any time.

        :raises AccessError: for users who keep neither the books nor the cooperative's settings.
        :raises UserError: when the VAT question is not answered, or no chart of accounts can be loaded.
        """
        self.ensure_one()
        self._check_company_is_own()
        self.env['res.company']._coop_check_may_set_up()
        self._check_answered()
        self._load_chart()
        # sudo: the user was checked above; only this company's own settings are written
        company = self.company_id.sudo()
        if company.coop_is_cooperative:
            company._coop_create_accounts()
        else:
            company.coop_is_cooperative = True
        if self._asks('identity'):
            self._apply_identity(company)
        if self._asks('vat'):
            self._remember('vat', self._get_vat_before(company))
            company.coop_vat_status = self.vat_status
            self._apply_vat_status(company)
        if self._asks('payments'):
            self._remember('payments', self._get_payments_before(company))
            self._apply_cashiers(company)
            if self.pay_directly:
                company._coop_pay_directly(company._coop_get_payment_journals())
        if self._asks('savings'):
            self._remember('savings', self._get_savings_before(company))
            self._apply_amounts()
        return {'type': 'ir.actions.act_window_close'}

    def action_view_taxed_products(self):
        """Open the products that carry taxes of this company."""
        self.ensure_one()
        return self._get_taxed_products().with_env(self.env)._get_records_action(name=self.env._("Products with Taxes"))

    # === BUSINESS METHODS - WHAT STOOD BEFORE === #

    def _asks(self, part):
        return self.part in (False, part)

    def _remember(self, key, before):
        self.env['coop.setup.change']._remember(self.company_id, key, before)

    def _get_vat_before(self, company):
        names = ('taxes_id', 'supplier_taxes_id')
        products = self._get_taxed_products() if self.clear_product_taxes else self.env['product.template']
        return {
            'vat_status': company.coop_vat_status,
            'account_sale_tax_id': company.account_sale_tax_id.id,
            'account_purchase_tax_id': company.account_purchase_tax_id.id,
            'products': {product.id: {
                name: product[name].filtered(lambda tax: tax.company_id == company).ids for name in names
            } for product in products},
        }

    def _get_payments_before(self, company):
        journals = company._coop_get_payment_journals()
        lines = journals.inbound_payment_method_line_ids | journals.outbound_payment_method_line_ids
        return {
            'cashiers': {journal.id: journal.coop_cashier_ids.ids for journal in journals},
            'accounts': {line.id: line.payment_account_id.id for line in lines},
        }

    def _get_savings_before(self, company):
        types = self._get_savings_type('principal') | self._get_savings_type('mandatory')
        return {'rates': {
            savings_type.id: [[str(rate.date_from), rate.amount] for rate in savings_type.rate_ids]
            for savings_type in types
        }}

    # === BUSINESS METHODS === #

    @api.model
    def _change_accounts(self, commands):
        """Choose other accounts with the user's own rights: through the company only administrators could.

        :param list commands: of the window, which also names the accounts that stay (``Command.link``, without values).
        """
        for command, *arguments in commands:
            if command == Command.UPDATE and 'account_id' in arguments[1]:
                mapping_id, values = arguments
                self.env['coop.company.account'].browse(mapping_id).account_id = values['account_id']

    def _check_answered(self):
        """Refuse to close a question that was not answered; the whole page may leave open what comes later."""
        if not self.vat_status and self._asks('vat'):
            raise UserError(self.env._("Say whether the cooperative is registered for VAT."))
        if self.part == 'identity' and not self.coop_legal_number:
            raise UserError(self.env._("Enter the legal entity number. It stands on the decree (badan hukum)."))
        if self.part == 'payments' and not self.cashier_ids:
            raise UserError(self.env._("Name at least one cashier: who takes the members' cash."))
        if self.part == 'savings' and not (self.principal_amount and self.mandatory_amount):
            raise UserError(self.env._("Enter what a member pays once and what every month."))

    def _load_chart(self):
        if self.company_id.sudo().chart_template:  # sudo: see _compute_has_chart
            return
        if not self.chart_template:
            raise UserError(self.env._("Choose the chart of accounts of %s first.", self.company_id.name))
        if not self.env.is_system():
            raise UserError(self.env._(
                "%s has no chart of accounts yet. Ask an administrator to go through this set-up once.",
                self.company_id.name,
            ))
        self.env['account.chart.template'].try_loading(self.chart_template, self.company_id)

    def _apply_identity(self, company):
        changed = {name: self[name] for name in IDENTITY_FIELDS if self[name] != company[name]}
        if changed:
            self._remember('identity', {
                name: str(company[name]) if company[name] else False for name in IDENTITY_FIELDS
            })
            company.write(changed)

    def _apply_vat_status(self, company):
        if self.vat_status != 'not_registered':
            return
        company.write({'account_sale_tax_id': False, 'account_purchase_tax_id': False})
        if self.clear_product_taxes:
            products = self._get_taxed_products()
            taxes = (products.taxes_id | products.supplier_taxes_id).filtered(lambda tax: tax.company_id == company)
            commands = [Command.unlink(tax.id) for tax in taxes]
            products.write({'taxes_id': commands, 'supplier_taxes_id': commands})

    def _apply_cashiers(self, company):
        """Name the cashiers of the cash journal, which is created when there is none."""
        # sudo: see action_apply
        journal = self.cash_journal_id.sudo() or company._coop_get_payment_journals().filtered(
            lambda journal: journal.type == 'cash',
        )[:1]
        if not journal:
            journal = self.env['account.journal'].sudo().create({
                'type': 'cash', 'name': self.env._("Cash"), 'company_id': company.id,
            })
            self.env['coop.setup.change']._add(company, 'payments', 'journals', journal.id)
        if self.cashier_ids != journal.coop_cashier_ids:
            journal.coop_cashier_ids = self.cashier_ids

    def _get_taxed_products(self):
        # sudo: products of every owner that carry a tax of this company
        return self.env['product.template'].sudo().with_context(active_test=False).search([
            '|', ('taxes_id.company_id', '=', self.company_id.id),
            ('supplier_taxes_id.company_id', '=', self.company_id.id),
        ])

    def _get_savings_type(self, kind):
        return self.env['coop.savings.type'].sudo().search([  # sudo: amounts of savings are no secret
            ('company_id', '=', self.company_id.id), ('kind', '=', kind),
        ], limit=1)

    def _apply_amounts(self):
        """Write the amounts as dated rates; unchanged and empty ones are left alone."""
        for kind, amount in (('principal', self.principal_amount), ('mandatory', self.mandatory_amount)):
            savings_type = self._get_savings_type(kind)
            if not savings_type or not amount or savings_type._get_amount(self.rate_date) == amount:
                continue
            rate = savings_type.rate_ids.filtered(lambda rate: rate.date_from == self.rate_date)
            if rate:
                rate.amount = amount
            else:
                savings_type.rate_ids = [Command.create({'date_from': self.rate_date, 'amount': amount})]
