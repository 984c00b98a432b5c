from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain


class CoopSetOffMixin(models.AbstractModel):
    """Setting off what the cooperative owes a partner against what the partner owes the cooperative.

    A set-off is an entry of its own: debit the payable, credit the receivables. It is reconciled on both sides, and
    the document that made it owns it.
    """
    _name = 'coop.set.off.mixin'
    _description = "Set-Off Against Debts"

    # === BUSINESS METHODS - FINDING DEBTS === #

    def _get_open_debts(self, company, partners, date):
        """Return what can be set off on ``date``, oldest due date first; one look-up for all of these partners.

        Every posted receivable in the company's currency counts, on whatever account, also those of contacts below a
        partner; those that are not due yet only where :meth:`_sets_off_early` says so. Open credits (unused payments
        and credit notes) are in the list as well, whenever they fall due, with a negative residual: they make the debt
        smaller.

        :return: ``{partner: journal items}``
        """
        domain = self._get_open_debts_domain(company, partners, date)
        if not self._sets_off_early(company):
            domain &= (
                Domain('date_maturity', '=', False) | Domain('date_maturity', '<=', date)
                | Domain('amount_residual', '<', 0)
            )
        # sudo: officers prepare set-offs without access to the journal items
        lines = self.env['account.move.line'].sudo().search(domain)
        lines._coop_derive_open_amounts()
        lines = lines.filtered('amount_residual')
        lines = lines.sorted(lambda line: (line.date_maturity or line.date, line.date, line.id))
        return lines.grouped(lambda line: line.partner_id.commercial_partner_id)

    def _sets_off_early(self, company):
        """Whether debts that are not due yet are set off as well.

        The law sets off only what is due on both sides (KUHPerdata 1427); more takes the member's agreement. So it is
        the company's choice, never the default. For a document to choose on its own, it must override this method.
        """
        # sudo: a setting that concerns everybody who sets debts off
        return company.sudo().coop_set_off_early

    @api.model
    def _get_open_debts_domain(self, company, partners, date):
        """Return the domain of everything that these partners owe the company on ``date``, due or not."""
        return Domain([
            ('company_id', '=', company.id), ('parent_state', '=', 'posted'), ('reconciled', '=', False),
            ('date', '<=', date),
            ('account_id.account_type', '=', 'asset_receivable'), ('currency_id', '=', company.currency_id.id),
            ('partner_id.commercial_partner_id', 'in', partners.ids), ('amount_residual', '!=', 0),
        ])

    def _allocate_set_off(self, debts, limit):
        """Share an amount over debts, the oldest first, never more than is owed after all open credits.

        :param debts: journal items as :meth:`_get_open_debts` returns them.
        :param limit: the most that may be set off, in the company's currency.
        :return: ``[(journal item, amount)]`` with positive amounts.
        """
        currency = debts.company_id.currency_id
        left = min(limit, sum(debts.mapped('amount_residual')))
        allocations = []
        for debt in debts.filtered(lambda line: line.amount_residual > 0):
            amount = currency.round(min(left, debt.amount_residual))
            if currency.compare_amounts(amount, 0) <= 0:
                break
            allocations.append((debt, amount))
            left -= amount
        return allocations

    # === BUSINESS METHODS - BOOKING === #

    def _prepare_set_off_values(self, payable_line, allocations, date, ref):
        """Return the set-off entry: Dr the payable / Cr each debt on its own account.

        :param payable_line: the open payable journal item that is used up.
        :param allocations: ``[(journal item, amount)]`` of :meth:`_allocate_set_off`.
        """
        company = payable_line.company_id
        lines = [{
            'account_id': payable_line.account_id.id,
            'partner_id': payable_line.partner_id.id,
            'name': ref,
            'balance': company.currency_id.round(sum(amount for _debt, amount in allocations)),
        }]
        lines += [{
            'account_id': debt.account_id.id,
            'partner_id': debt.partner_id.id,
            'name': debt.move_name,
            'balance': -amount,
        } for debt, amount in allocations]
        return {
            'move_type': 'entry',
            'journal_id': company._get_coop_journal('coop_journal_id').id,
            'company_id': company.id,
            'date': date,
            'ref': ref,
            'coop_source_model': self._name,
            'coop_source_id': self.id,
            'line_ids': [Command.create(values) for values in lines],
        }

    def _post_set_off(self, payable_line, allocations, date, ref):
        """Post the set-off and reconcile it with the payable and with each debt; return the entry."""
        self.ensure_one()
        return self._post_prepared_set_offs([(
            payable_line, allocations, self._prepare_set_off_values(payable_line, allocations, date, ref),
        )])

    @api.model
    def _post_prepared_set_offs(self, prepared):
        """Post set-offs of many documents together, and reconcile each on both sides; return the entries.

        :param prepared: ``[(payable items, allocations, values)]``, the values of :meth:`_prepare_set_off_values`.
        """
        moves = self.env['account.move'].create([values for _payable, _allocations, values in prepared])
        moves._post(soft=False)
        plan = []
        for (payable, allocations, _values), move in zip(prepared, moves, strict=True):
            payable_side, *debt_sides = move.line_ids.sorted(lambda line: (line.balance < 0, line.id))
            plan.append(payable | payable_side)
            plan += [
                debt.with_env(self.env) | line for (debt, _amount), line in zip(allocations, debt_sides, strict=True)
            ]
        if plan:
            self.env['account.move.line']._reconcile_plan(plan)
        return moves

    def _reverse_owned_entry(self, move, date, reason):
        """Return the posted reversal of an entry that this document owns; both are reconciled with each other.

        Whatever the entry was reconciled with (the debts of a set-off, for example) is open again.
        """
        self.ensure_one()
        values = {'date': date, 'ref': reason, 'coop_source_model': self._name, 'coop_source_id': self.id}
        if move.is_invoice():
            values['invoice_date'] = date
        return move._coop_as_owner()._reverse_moves([values], cancel=True)

    def _check_not_paid(self, payables, own_moves):
        """Refuse to undo what was paid, in part or whole, by something else than the document's own entries.

        :param payables: journal items on which the document owes something.
        :raises UserError: naming the document and what it was paid with.
        """
        partials = payables.matched_debit_ids | payables.matched_credit_ids
        others = (partials.debit_move_id | partials.credit_move_id).move_id - payables.move_id - own_moves
        if others:
            raise UserError(self.env._(
                "%(document)s has been paid with %(payments)s. Undo the payment first.",
                document=self.display_name, payments=", ".join(others.mapped('display_name')),
            ))
