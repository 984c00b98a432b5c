from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_amount, format_date

from odoo.addons.producer_cooperative.models.coop_shu_rule_share import FUND_KINDS

#: Keys of the company's fund accounts, each with the kind of fund that it holds.
FUND_KEYS = {f'fund_{kind}': kind for kind, _label in FUND_KINDS}


class CoopFund(models.Model):
    """A fund that the meeting filled from the surplus (UU 25/1992 art. 45), and what it holds by the ledger.

    A fund is an account of a company: those of the company's purposes, and whatever account a rule that the meeting
    decided by credits with a fund share. Funds appear by themselves; nobody enters them.
    """
    _name = 'coop.fund'
    _inherit = ['coop.guard.mixin', 'coop.queue.mixin']
    _description = "Fund"
    _order = 'company_id, sequence, id'
    _check_company_auto = True
    _guarded_fields = frozenset({'account_id', 'company_id', 'kind', 'lock_version'})

    name = fields.Char(related='account_id.name', string="Fund")
    company_id = fields.Many2one(comodel_name='res.company', required=True, readonly=True, ondelete='cascade')
    currency_id = fields.Many2one(related='company_id.currency_id')
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    account_id = fields.Many2one(
        comodel_name='account.account', required=True, readonly=True, index=True, check_company=True,
        ondelete='cascade',  # another chart replaces accounts without entries; a fund with spendings keeps its own
    )
    kind = fields.Selection(
        selection=[*FUND_KINDS, ('other', "Other")], required=True, readonly=True, default='other',
    )
    note = fields.Text(string="What It Is For", help="As the bylaws or the meeting say; shown to whoever spends it.")
    spending_ids = fields.One2many(comodel_name='coop.fund.spending', inverse_name='fund_id', string="Spendings")
    balance = fields.Monetary(
        compute='_compute_figures', help="What the fund holds today, by the posted entries on its account.",
    )
    amount_in = fields.Monetary(string="Received", compute='_compute_figures', help="Since the beginning.")
    amount_out = fields.Monetary(string="Spent", compute='_compute_figures', help="Since the beginning.")
    amount_draft = fields.Monetary(
        string="In Drafts", compute='_compute_drafts', help="Spendings that are written and not posted yet.",
    )
    spending_count = fields.Integer(string="Spendings Posted", compute='_compute_drafts')

    _account_uniq = models.Constraint('UNIQUE (company_id, account_id)', "The account is a fund already.")

    # === COMPUTE METHODS === #

    @api.depends_context('uid')
    def _compute_figures(self):
        figures = {}
        # sudo: the sums of the funds' own accounts, for officers and cashiers without access to journal items
        for account, company, debit, credit in self.env['account.move.line'].sudo()._read_group(
            self._get_items_domain(), ['account_id', 'company_id'], ['debit:sum', 'credit:sum'],
        ):
            figures[account.id, company.id] = credit, debit
        for fund in self:
            fund.amount_in, fund.amount_out = figures.get((fund.account_id.id, fund.company_id.id), (0.0, 0.0))
            fund.balance = fund.currency_id.round(fund.amount_in - fund.amount_out)

    @api.depends('spending_ids.state', 'spending_ids.amount_total')
    def _compute_drafts(self):
        totals = {}
        for fund, state, amount, count in self.env['coop.fund.spending']._read_group(
            [('fund_id', 'in', self.ids)], ['fund_id', 'state'], ['amount_total:sum', '__count'],
        ):
            totals[fund.id, state] = amount, count
        for fund in self:
            fund.amount_draft = totals.get((fund.id, 'draft'), (0.0, 0))[0]
            fund.spending_count = totals.get((fund.id, 'posted'), (0.0, 0))[1]

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        if vals.get('active') is False:
            self._check_empty()
        if {'account_id', 'company_id', 'active'} & vals.keys():
            self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    def _check_empty(self):
        """Refuse to hide a fund that still holds money.

        :raises UserError: naming the fund and its balance.
        """
        for fund in self:
            if not fund.currency_id.is_zero(fund.balance):
                raise UserError(self.env._(
                    "%(fund)s still holds %(balance)s. Spend or transfer it before the fund is archived.",
                    fund=fund.name, balance=format_amount(self.env, fund.balance, fund.currency_id),
                ))

    # === ACTIONS === #

    def action_open_movements(self):
        """Open everything that came into these funds and went out."""
        action = self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_fund_movement_action')
        return {**action, 'domain': [('fund_id', 'in', self.ids)], 'context': {}}

    def action_open_spendings(self):
        """Open the spendings of this fund."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('producer_cooperative.coop_fund_spending_action')
        return {**action, 'domain': [('fund_id', '=', self.id)], 'context': {'default_fund_id': self.id}}

    def action_spend(self):
        """Open a new spending of this fund."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Fund Spending"), 'res_model': 'coop.fund.spending',
            'view_mode': 'form', 'context': {'default_fund_id': self.id},
        }

    # === BUSINESS METHODS - FUNDS THERE ARE === #

    @api.model
    def _ensure(self, company, kinds):
        """Make the funds of a company that are missing.

        :param dict kinds: ``{account: kind of fund}``.
        """
        funds = self.sudo().with_context(active_test=False)  # sudo: funds follow the accounts; nobody enters them
        known = funds.search([('company_id', '=', company.id)]).account_id
        order = list(FUND_KEYS.values())
        return funds.create([
            {
                'company_id': company.id, 'account_id': account.id, 'kind': kind,
                'sequence': 10 * (order.index(kind) + 1 if kind in order else len(order) + 1),
            } for account, kind in kinds.items() if account not in known
        ])

    @api.model
    def _ensure_all(self):
        """Make the funds of every cooperative that are missing, from its purposes and its rules; take others away."""
        # sudo: at installation and update
        self.env['coop.company.account'].sudo().search([('account_id', '!=', False)])._ensure_funds()
        self.env['coop.shu.rule.share'].sudo().search([('kind', '=', 'fund')])._ensure_funds()
        self._drop_unused()

    @api.model
    def _drop_unused(self, accounts=None):
        """Take away the funds on these accounts (all by default) that no purpose and no decided rule makes one.

        A wrong account on a rule leaves no fund behind: whatever else is booked there would be spent as one.
        """
        domain = Domain('account_id', 'in', accounts.ids) if accounts is not None else Domain.TRUE
        # sudo: see _ensure
        funds = self.sudo().with_context(active_test=False).search(domain)
        unused = funds - funds._filter_used()
        purposes = self.env['coop.company.account'].sudo().search([  # sudo: see _ensure
            ('account_id', 'in', unused.account_id.ids), ('key', 'in', list(FUND_KEYS)),
        ])
        kept = {(purpose.company_id, purpose.account_id) for purpose in purposes}
        unused.filtered(lambda fund: (fund.company_id, fund.account_id) not in kept).unlink()

    def _filter_used(self):
        """Return those of these funds that were spent from, or that a rule fills by which the meeting decided."""
        shares = self.env['coop.shu.rule.share'].search([
            ('kind', '=', 'fund'), ('account_id', 'in', self.account_id.ids),
        ]).filtered('rule_id.is_frozen')
        filled = {(share.company_id, share.account_id) for share in shares}
        return self.filtered(lambda fund: fund.spending_ids or (fund.company_id, fund.account_id) in filled)

    @api.model
    @tools.ormcache()
    def _get_account_ids(self):
        """Return the ids of all accounts that are a fund of some company; one that is archived only where it was used.
        """
        # sudo: ids of accounts, for whoever posts an entry
        funds = self.sudo().with_context(active_test=False).search([])
        active = funds.filtered('active')
        return frozenset((active | (funds - active)._filter_used()).account_id.ids)

    @api.model
    def _get_touched(self, moves, side):
        """Return ``{fund: first day}`` of the funds that these entries book on.

        :param int side: 1 for items that take from a fund, -1 for items that bring something in.
        """
        account_ids = self._get_account_ids()
        days = {}
        for line in moves.line_ids:
            if line.account_id.id in account_ids and side * line.balance > 0:
                key = line.account_id.id, line.company_id.id
                days[key] = min(days.get(key, line.date), line.date)
        if not days:
            return {}
        # sudo: which funds, for whoever posts the entries
        funds = self.sudo().with_context(active_test=False).search(
            [('account_id', 'in', [account_id for account_id, _company_id in days])], order='id',
        )
        return {
            fund: days[fund.account_id.id, fund.company_id.id]
            for fund in funds if (fund.account_id.id, fund.company_id.id) in days
        }

    # === BUSINESS METHODS - WHAT THEY HOLD === #

    def _get_items_domain(self):
        """Return the domain of the posted journal items of these funds."""
        return Domain('parent_state', '=', 'posted') & Domain.OR(
            Domain('account_id', '=', fund.account_id.id) & Domain('company_id', '=', fund.company_id.id)
            for fund in self
        )

    def _get_available(self, date):
        """Return the least that the fund holds at the end of ``date`` and of any day after it.

        What is taken out on that day lowers every later balance; spending more would leave one below zero.

        :return: amount in the company's currency; below zero where the ledger is.
        """
        self.ensure_one()
        items = self.env['account.move.line'].sudo()  # sudo: see _compute_figures
        domain = self._get_items_domain()
        [(balance,)] = items._read_group(domain & Domain('date', '<=', date), [], ['balance:sum'])
        least = held = -(balance or 0.0)
        for _day, change in items._read_group(
            domain & Domain('date', '>', date), ['date:day'], ['balance:sum'], order='date:day',
        ):
            held -= change
            least = min(least, held)
        return self.currency_id.round(least)

    def _get_reversal_day(self, moves):
        """Return the day on which these entries would be reversed now: today, or the first open day."""
        today = fields.Date.context_today(self)
        return min(move.company_id._get_first_open_day(today, move.journal_id) for move in moves)

    def _check_holds(self, amount, date):
        """Refuse to take more out of the fund than it holds; call it after :meth:`_queue_up`.

        :raises UserError: naming the fund and what it holds.
        """
        self.ensure_one()
        available = self._get_available(date)
        if self.currency_id.compare_amounts(amount, available) > 0:
            raise UserError(self.env._(
                "%(fund)s holds %(available)s on %(date)s or later, and %(amount)s would be taken from it. A fund is"
                " never spent below zero.",
                fund=self.name, available=format_amount(self.env, max(available, 0.0), self.currency_id),
                date=format_date(self.env, date), amount=format_amount(self.env, amount, self.currency_id),
            ))

    def _check_not_below_zero(self, date):
        """Refuse what was just booked where it leaves the fund below zero.

        :param date: the first day that it changed.
        :raises UserError: naming the fund and what it would hold.
        """
        self.ensure_one()
        least = self._get_available(date)
        if self.currency_id.compare_amounts(least, 0.0) < 0:
            raise UserError(self.env._(
                "%(fund)s would hold %(balance)s on %(date)s or later, and a fund is never spent below zero. Book less,"
                " or fill the fund first.",
                fund=self.name, balance=format_amount(self.env, least, self.currency_id),
                date=format_date(self.env, date),
            ))
