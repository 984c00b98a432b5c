from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from odoo.addons.producer_cooperative.tools.cash import pay_down
from odoo.addons.producer_cooperative.tools.set_off import set_off_oldest
from odoo.addons.producer_cooperative.tools.units import from_units, to_units

#: How many members a message names.
MOST_NAMES = 10


class CoopPayout(models.Model):
    """Finding what members are owed, and how much of it can be paid."""
    _inherit = 'coop.payout'

    #: How many members one voucher pays at most, so that it can be opened, printed and posted in one go.
    _most_members = 5_000

    # === ACTIONS === #

    def action_fill(self):
        """Add every open bill of the chosen members, or of all; what stands on the voucher already is left alone.

        Cash is paid in whole multiples of the smallest coin, and by bank only to approved accounts: who cannot be paid
        is named.

        :raises UserError: when nobody is owed anything.
        """
        self.ensure_one()
        self._check_state_is_draft()
        payables = self._get_open_payables(self.company_id, self.membership_ids.partner_id, self.date)
        payables, messages = self._filter_payables(payables)
        payables -= self.line_ids.sudo().payable_line_id  # sudo: officers and cashiers read no journal items
        if not payables:
            raise UserError("\n".join([self._nothing_open_message(), *messages]))
        skipped = self._add_payables(payables)
        if skipped:
            messages.append(self._skipped_message(skipped))
        return self._notify_left_out(messages) if messages else None

    # === BUSINESS METHODS === #

    def _filter_payables(self, payables):
        """Return which of these open items the voucher pays, and sentences that say what is left out and why.

        Without money, nothing is paid but what a room knows that members want paid so. For a room to leave out items of
        its own, it must override this method.
        """
        self.ensure_one()
        if self.way != 'money':
            return payables.browse(), []
        if self.run_id:
            payables &= self.run_id.settlement_ids.sudo().move_id.line_ids  # sudo: officers read no journal items
        return payables, []

    @api.model
    def _create_for(self, company, payables):
        """Return a draft that pays these journal items as far as possible.

        :param payables: open items as :meth:`_get_open_payables` returns them.
        :raises UserError: when nothing of them can be paid.
        """
        payout = self.create({'company_id': company.id})
        skipped = payout._add_payables(payables)
        if not payout.line_ids:
            raise UserError(payout._skipped_message(skipped))
        if skipped:
            payout.message_post(body=payout._skipped_message(skipped))
        return payout

    @api.model
    def _get_paid_models(self):
        """Return the documents whose open payables are paid here.

        For a room to have its debts to members paid by these vouchers, it must override this method; the payable has to
        stand in an entry that the document owns, under the member's name.
        """
        return ['coop.settlement', 'coop.consignment.bill', 'coop.consignment.loss']

    @api.model
    def _get_open_payables_domain(self, company):
        """Return the domain of the journal items that may be paid."""
        return Domain([
            ('company_id', '=', company.id), ('parent_state', '=', 'posted'), ('reconciled', '=', False),
            ('account_id.account_type', '=', 'liability_payable'), ('currency_id', '=', company.currency_id.id),
            ('move_id.coop_source_model', 'in', self._get_paid_models()), ('amount_residual', '<', 0),
        ])

    @api.model
    def _get_open_payables(self, company, partners=None, date=None):
        """Return what the company owes its members, as superuser: member by member, the oldest first.

        :param partners: only what is owed to these; all by default, and when empty.
        :param date: only what is owed on this day; whenever it was booked by default.
        """
        domain = self._get_open_payables_domain(company)
        if partners:
            domain &= Domain('partner_id', 'in', partners.ids)
        if date:
            domain &= Domain('date', '<=', date)
        # sudo: officers prepare payouts without access to the journal items
        return self.env['account.move.line'].sudo().search(domain, order='date, id')

    def _get_owed_by_member(self, partners):
        """Return ``{partner: what the company owes}`` on all documents that are paid here."""
        self.ensure_one()
        domain = self._get_open_payables_domain(self.company_id) & Domain('partner_id', 'in', partners.ids)
        # sudo: sums of what these members are owed, for whoever prepares the payout
        groups = self.env['account.move.line'].sudo()._read_group(domain, ['partner_id'], ['amount_residual:sum'])
        return {partner.with_env(self.env): -residual for partner, residual in groups}

    def _add_payables(self, payables):
        """Add lines for these open items; return the partners who cannot be paid this way.

        A voucher takes so many members at most; whoever is left is not named, but finds room on the next one.
        """
        self.ensure_one()
        skipped, commands = self.env['res.partner'], []
        partners = payables.partner_id.with_env(self.env)
        keys = self._get_order_keys(partners)
        accounts, limits = self._find_bank_accounts(partners), self._get_limits(partners)
        room = self._most_members - len(self.line_ids.partner_id)
        for partner, items in sorted(
            payables.grouped('partner_id').items(), key=lambda pair: keys[pair[0].id],
        ):
            amounts = self._share_out(items, limits.get(partner))
            account = accounts.get(partner)
            if not any(amounts) or (self.method == 'bank' and not account):
                skipped |= partner.with_env(self.env)
                continue
            if room <= 0:
                break
            room -= 1
            commands += [
                Command.create({
                    'payable_line_id': item.id, 'amount': amount, 'partner_bank_id': account.id if account else False,
                }) for item, amount in zip(items, amounts, strict=True) if amount
            ]
        self.line_ids = commands
        return skipped

    def _get_order_keys(self, partners):
        """Return ``{partner id: key}`` that brings members into the order of their numbers."""
        # sudo: the order of the numbers only
        memberships = self.env['coop.membership'].sudo()._get_in_force(partners, self.company_id)
        ranks = {membership.partner_id.id: membership._get_rank() for membership in reversed(memberships)}
        last = max(ranks.values(), default=())
        return {partner.id: (partner.id not in ranks, ranks.get(partner.id, last), partner.id) for partner in partners}

    def _get_limits(self, partners):
        """Return ``{partner: the most that can be paid, in units}`` where there is such a limit.

        Against debts, no more than these is paid.
        """
        self.ensure_one()
        if self.method != 'set_off':
            return {}
        claims = self._get_claims(partners)
        return {partner: sum(claim.units for claim in claims.get(partner, ())) for partner in partners}

    def _share_out(self, items, limit=None):
        """Return how much of each open item of one member is paid: all of it, in cash what coins can pay.

        :param limit: the most that is paid on all together, in units; no limit by default.
        """
        self.ensure_one()
        rounding = self.currency_id.rounding
        unit = to_units(self.company_id.sudo().coop_cash_unit, rounding) if self.method == 'cash' else 1
        # sudo: residuals of the items, and the company's smallest coin, for whoever prepares the payout
        owed = [max(to_units(-item.amount_residual, rounding), 0) for item in items.sudo()]
        parts = pay_down(owed, unit) if limit is None else set_off_oldest(owed, limit)
        return [float(from_units(units, rounding)) for units in parts]

    def _find_bank_accounts(self, partners):
        """Return ``{partner: first approved account}``, without those who have none; empty when no bank pays."""
        self.ensure_one()
        if self.method != 'bank' or not partners:
            return {}
        # sudo: which account is paid to, for whoever may prepare the payout
        accounts = self.env['res.partner.bank'].sudo().search([
            ('partner_id.commercial_partner_id', 'in', partners.ids),
            ('company_id', 'in', [False, self.company_id.id]),
        ])
        found = {}
        for account in accounts.filtered(lambda account: account._coop_may_be_paid()):
            found.setdefault(account.partner_id.commercial_partner_id, account.with_env(self.env))
        return found

    # === BUSINESS METHODS - MESSAGES === #

    def _nothing_open_message(self):
        self.ensure_one()
        if self.line_ids:
            return self.env._("Everything that is owed to the chosen members stands on this payout already.")
        return self.env._(
            "There is nothing to pay: the chosen members are owed nothing on that day. Settle what was sold first, and"
            " post the settlements.",
        )

    def _skipped_message(self, partners):
        self.ensure_one()
        names = self._name_some(partners)
        if self.method == 'bank':
            return self.env._(
                "Without an approved bank account, and not on this payout: %s. Have the account approved under Members"
                " / Bank Accounts, or pay in cash.", names,
            )
        if self.method == 'set_off':
            return self.env._("Owe the cooperative nothing that is due and could be set off: %s.", names)
        return self.env._(
            "Owed less than the smallest coin, which is carried to the next payout: %s.", names,
        )

    @api.model
    def _name_some(self, partners):
        return ", ".join(partners[:MOST_NAMES].mapped('name')) + (" …" if len(partners) > MOST_NAMES else "")

    def _notify_left_out(self, messages):
        return {
            'type': 'ir.actions.client',
            'tag': 'display_notification',
            'params': {
                'type': 'warning', 'sticky': True, 'title': self.env._("Not on this payout"),
                'message': "\n".join(messages), 'next': {'type': 'ir.actions.act_window_close'},
            },
        }
