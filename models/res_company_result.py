from __future__ import annotations

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

#: Documents of the cooperative whose entries without a stamp are business with members by what they are.
MEMBER_SOURCES = ('coop.settlement', 'coop.commission.accrual', 'coop.consignment.loss', 'coop.consignment.bill')
#: Sides of the business.
SIDES = ('members', 'others', 'untraced')


class ResCompany(models.Model):
    """What the ledger says a period earned, account by account, and with whom."""
    _inherit = 'res.company'

    # === BUSINESS METHODS - RESULT === #

    def _coop_get_period_domain(self, date_from, date_to):
        """Return the posted journal items of a period, both days included."""
        self.ensure_one()
        return Domain([
            ('parent_state', '=', 'posted'), ('company_id', '=', self.id), ('date', '>=', date_from),
            ('date', '<=', date_to),
        ])

    def _coop_get_result_domain(self, date_from, date_to, left_out=None):
        """Return the posted items on accounts of income and expenses, without the entries in ``left_out``."""
        domain = self._coop_get_period_domain(date_from, date_to) & Domain(
            'account_id.internal_group', 'in', ('income', 'expense'),
        )
        return domain & Domain('move_id', 'not in', left_out.ids) if left_out else domain

    def _coop_get_result(self, date_from, date_to, left_out=None, marketing=True):
        """Return what every account of income and expenses earned in a period, and with whom.

        :param left_out: entries that do not count: those that close the year.
        :param marketing: whether selling members' goods is business with members, whoever buys them; see
            :meth:`_coop_get_marketed_products`.
        :return: ``{account: {'members', 'others', 'untraced'}}`` in the company's currency; income above zero,
            expenses below. Only accounts with items.
        """
        self.ensure_one()
        products = self._coop_get_marketed_products(date_from, date_to) if marketing else (None, None)
        # sudo: sums by account, for managers and members' officers without access to the journal items
        lines = self.env['account.move.line'].sudo()
        query = lines._search(self._coop_get_result_domain(date_from, date_to, left_out), active_test=False)
        move = query.join(query.table, 'move_id', 'account_move', 'id', 'move_id')
        side = self._coop_get_side_sql(SQL.identifier(query.table), SQL.identifier(move), *products)
        account = SQL.identifier(query.table, 'account_id')
        query.groupby = SQL("1, 2")
        # SQL: one pass over the items; the ORM cannot group by a case over item and entry
        self.env['account.move'].flush_model([
            'coop_membership_id', 'coop_source_model', 'coop_pool_id', 'move_type',
        ])
        result = {}
        for account_id, name, amount in self.env.execute_query(query.select(
            account, side, SQL("SUM(-%s)", SQL.identifier(query.table, 'balance')),
        )):
            by_side = result.setdefault(account_id, dict.fromkeys(SIDES, 0.0))
            by_side[name] = self.currency_id.round(float(amount))
        accounts = self.env['account.account'].browse(result)
        return {account: result[account.id] for account in accounts}

    # === BUSINESS METHODS - SIDES === #

    def _coop_get_marketed_products(self, date_from, date_to):
        """Return ``(products that are members' goods, products bought from members and others alike)``.

        Members' goods are those that are sold for members, and those that were bought from members alone in the
        period. Of goods that were bought from both, nobody can say which ones were sold.
        """
        self.ensure_one()
        # sudo: which products members sold to the cooperative, for whoever reads the result
        groups = self.env['account.move.line'].sudo()._read_group([
            ('parent_state', '=', 'posted'), ('company_id', '=', self.id), ('date', '>=', date_from),
            ('date', '<=', date_to), ('move_type', 'in', ('in_invoice', 'in_receipt')),
            ('display_type', '=', 'product'), ('product_id.type', '=', 'consu'),
        ], ['product_id', 'move_id.coop_membership_id'])
        from_members, from_others = set(), set()
        for product, membership in groups:
            (from_members if membership else from_others).add(product.id)
        Product = self.env['product.product'].sudo().with_context(active_test=False)
        consigned = set(Product.search([('coop_consigned', '=', True)]).ids)
        return (from_members - from_others) | consigned, (from_members & from_others) - consigned

    def _coop_get_side_sql(self, line, move, marketed=None, mixed=None):
        """Return the case that tells the side of a journal item; :meth:`_coop_get_side_domain` says the same.

        :param line: SQL name of the items, ``move`` that of their entries.
        :param marketed: ids of products, ``mixed`` likewise, as :meth:`_coop_get_marketed_products` returns them.
        """
        sale_types = tuple(self.env['account.move'].get_sale_types(include_receipts=True))
        purchase_types = tuple(self.env['account.move'].get_purchase_types(include_receipts=True))
        cases = []
        if marketed:
            cases.append(SQL("WHEN %s.product_id IN %s THEN 'members'", line, tuple(marketed)))
        if mixed:
            cases.append(SQL(
                "WHEN %s.product_id IN %s AND %s.move_type IN %s THEN 'untraced'", line, tuple(mixed), move,
                purchase_types,
            ))
        return SQL(
            "CASE %(products)s WHEN %(move)s.coop_membership_id IS NOT NULL OR %(move)s.coop_pool_id IS NOT NULL"
            " OR %(move)s.coop_source_model IN %(sources)s THEN 'members'"
            " WHEN %(move)s.move_type IN %(sale_types)s THEN 'others' ELSE 'untraced' END",
            products=SQL(" ").join(cases), move=move, sources=MEMBER_SOURCES, sale_types=sale_types,
        )

    def _coop_get_side_domain(self, side, marketed=None, mixed=None):
        """Return the journal items of one side; parameters as in :meth:`_coop_get_side_sql`."""
        sale_types = self.env['account.move'].get_sale_types(include_receipts=True)
        purchase_types = self.env['account.move'].get_purchase_types(include_receipts=True)
        is_marketed = Domain('product_id', 'in', list(marketed or ()))
        is_mixed = Domain('product_id', 'in', list(mixed or ())) & Domain('move_type', 'in', purchase_types)
        is_stamped = (
            Domain('move_id.coop_membership_id', '!=', False) | Domain('move_id.coop_pool_id', '!=', False)
            | Domain('move_id.coop_source_model', 'in', MEMBER_SOURCES)
        )
        members = is_marketed | (~is_mixed & is_stamped)
        others = ~is_marketed & ~is_stamped & Domain('move_type', 'in', sale_types)
        return {'members': members, 'others': others, 'untraced': ~members & ~others}[side]

    # === BUSINESS METHODS - CLOSING ENTRIES === #

    def _coop_find_closing_entries(self, date_from, date_to):
        """Return ``{posted entry of the period: whether it is taken for a closing entry}``.

        Proposed is what touches income or expenses and an account where earnings end up, and what brings earnings to
        the SHU account in a second step. It is taken for a closing entry only on the last day of the period, or of a
        fiscal year, and when it touches the SHU account or the unaffected earnings, or nothing but results and
        earnings. What stands on another day is likelier a correction, and counts until somebody ticks it.
        The opening entry and entries of the cooperative's own documents are none.
        """
        self.ensure_one()
        shu = self._get_coop_account('shu')
        earnings = self._coop_get_earnings_accounts()
        # sudo: see _coop_get_result
        lines = self.env['account.move.line'].sudo().search(
            self._coop_get_period_domain(date_from, date_to) & Domain('account_id', 'in', earnings.ids)
            & Domain('move_id', '!=', self.sudo().account_opening_move_id.id)
            & Domain('move_id.coop_source_id', 'in', [0, False]),
        )
        proposed = {}
        for move in lines.move_id.sorted(lambda move: (move.date, move.id)):
            accounts = move.line_ids.account_id
            to_earnings = accounts & earnings
            of_result = accounts.filtered(lambda account: account.internal_group in ('income', 'expense'))
            if of_result:
                known = to_earnings.filtered(lambda a: a == shu or a.account_type == 'equity_unaffected')
                closes = bool(known) or accounts == of_result | to_earnings
            elif shu in to_earnings and to_earnings - shu:
                closes = True
            else:
                continue
            proposed[move] = closes and move.date in (date_to, self.compute_fiscalyear_dates(move.date)['date_to'])
        return proposed

    def _coop_get_closing_entries(self, date_from, date_to):
        """Return the entries that are taken for closing entries of a period that nobody has looked through."""
        proposed = self._coop_find_closing_entries(date_from, date_to)
        return self.env['account.move'].sudo().union(*(move for move, is_closing in proposed.items() if is_closing))

    def _coop_get_earnings_accounts(self):
        """Return the equity accounts on which earnings may end up: not capital, not the reserve, not grants."""
        self.ensure_one()
        # sudo: ids of accounts only
        company = self.sudo()
        shu = company._get_coop_account('shu')
        taken = company.coop_account_ids.account_id - shu
        taken |= self.env['coop.savings.type'].sudo().search([('company_id', '=', company.id)]).account_id
        accounts = self.env['account.account'].sudo().with_company(company).search([
            *self.env['account.account']._check_company_domain(company),
            ('account_type', 'in', ('equity', 'equity_unaffected')),
        ])
        return (accounts - taken) | shu
