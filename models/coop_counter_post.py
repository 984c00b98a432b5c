from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_amount, format_date

from odoo.addons.producer_cooperative.models.coop_counter_due import PAID_AHEAD
from odoo.addons.producer_cooperative.models.coop_counter_receipt_line import CLAIM_KINDS, SAVINGS_KINDS, WHOLE_KINDS
from odoo.addons.producer_cooperative.models.coop_payout_shu import ALLOCATION

PREFIX = 'KW/%(range_year)s/'


class CoopCounterReceipt(models.Model):
    """Posting at the counter: one transaction for all that the member pays, is paid and sets off."""
    _inherit = 'coop.counter.receipt'

    voucher_ids = fields.One2many(
        comodel_name='coop.savings.voucher', inverse_name='counter_receipt_id', string="Savings Vouchers",
        readonly=True, copy=False,
    )
    payout_ids = fields.One2many(
        comodel_name='coop.payout', inverse_name='counter_receipt_id', string="Payouts", readonly=True, copy=False,
    )
    payment_ids = fields.One2many(
        comodel_name='account.payment', inverse_name='coop_counter_receipt_id', string="Payments of Invoices",
        readonly=True, copy=False, groups='account.group_account_readonly',
    )
    deposit_ids = fields.One2many(
        comodel_name='coop.pool.deposit', inverse_name='counter_receipt_id', string="Deposits", readonly=True,
        copy=False,
    )
    refunded_deposit_ids = fields.One2many(
        comodel_name='coop.pool.deposit', inverse_name='counter_refund_id', string="Deposits Paid Back",
        readonly=True, copy=False,
    )
    set_off_move_ids = fields.Many2many(
        comodel_name='account.move', relation='coop_counter_receipt_set_off_rel', string="Set Off With",
        readonly=True, copy=False, groups='account.group_account_readonly',
    )

    # === ACTIONS === #

    def action_post(self):
        """Post the receipts: number them, and book all that was chosen in one go.

        :raises UserError: when the journal is missing or not this cashier's, the period is closed, nothing is chosen,
            an amount exceeds what is due by now, cannot be handed over or is set off without consent, or whatever the
            rooms refuse that book it.
        """
        for receipt in self:
            receipt._check_may_post()
            receipt._queue_up()
            receipt._queue_up_sources()
            receipt._check_state_is_draft()
            receipt._check_complete()
            receipt._check_two_people()
            number = receipt._draw_number()
            receipt.sudo().name = number  # sudo: numbers are drawn, never typed
            receipt._book()
            # sudo: figures that are worked out, never typed
            receipt.sudo()._keep_what_is_printed()
            receipt._update_state(
                'posted', poster_id=self.env.uid, date_posted=fields.Datetime.now(),
            )

    def action_post_and_print(self):
        """Post the receipt and print it, in one action."""
        self.ensure_one()
        self.action_post()
        return self.action_print()

    # === BUSINESS METHODS - CHECKS === #

    def _queue_up_sources(self):
        """Queue up with whatever else pays, sets off or cancels what is settled here."""
        # sudo: only to queue up; which documents owe the amounts, for cashiers who read no journal items
        receipt = self.sudo()
        receipt.membership_id._queue_up()
        items = receipt.line_ids.filtered(lambda line: line.chosen and line.kind == 'payable').item_id
        for model, moves in items.move_id.grouped('coop_source_model').items():
            if model in self.env and hasattr(self.env[model], '_queue_up'):
                receipt.env[model].browse(moves.mapped('coop_source_id')).exists()._queue_up()

    def _check_complete(self):
        """Check everything that the rooms do not check themselves.

        :raises UserError: naming what is missing and what to do.
        """
        self.ensure_one()
        chosen = self.line_ids.filtered('chosen')
        if not chosen:
            raise UserError(self.env._("Nothing is chosen: mark what %s settles now.", self.membership_id.display_name))
        self._check_journal_has_account()
        self._check_date()
        self._check_given()
        chosen._check_amount()
        self._check_still_due(chosen)
        self._check_can_be_handed_over(chosen)
        self._check_consent(chosen)

    def _check_journal_has_account(self):
        # sudo: a cashier may not read the journal's configuration
        journal = self.journal_id.sudo()
        if not journal.default_account_id:
            raise UserError(self.env._("Choose a cash or bank journal that has an account of its own."))
        if journal.currency_id and journal.currency_id != self.currency_id:
            raise UserError(self.env._(
                "The journal %(journal)s is kept in %(currency)s. Choose one in the cooperative's own currency.",
                journal=journal.display_name, currency=journal.currency_id.name,
            ))

    def _check_still_due(self, chosen):
        """Refuse to settle more than is due by now, or what is not the member's.

        :raises UserError: naming the document, and what is still due.
        """
        names = {line: line.name for line in chosen}
        for lines in chosen.grouped(lambda line: line._get_key()).values():
            if len(lines) > 1:
                raise UserError(self.env._(
                    "%s stands on the receipt twice. Press “Look Up Anew”.", lines[0].name,
                ))
        # sudo: figures that are worked out, never typed
        self.line_ids.sudo()._compute_due()
        due = self._get_due()
        for line in chosen:
            found = due.get(line._get_key())
            if not found:
                raise UserError(self.env._(
                    "%(member)s, %(name)s: it was settled or cancelled in the meantime, or is not due to this member."
                    " Press “Look Up Anew”.", member=self.membership_id.display_name, name=names[line],
                ))
            if line.kind in PAID_AHEAD:
                continue
            wrong = line.currency_id.compare_amounts(line.amount, found.amount)
            if wrong > 0 or wrong and line.kind in WHOLE_KINDS:
                raise UserError(self.env._(
                    "%(member)s, %(name)s: %(due)s is due now, and %(amount)s cannot be settled. Press “Look Up"
                    " Anew”, or correct the amount.",
                    member=self.membership_id.display_name, name=found.name,
                    due=format_amount(self.env, found.amount, self.currency_id),
                    amount=format_amount(self.env, line.amount, self.currency_id),
                ))

    def _check_can_be_handed_over(self, chosen):
        """Refuse sums that no coins make up, or that are less than the smallest coin.

        :raises UserError: naming the sum and the smallest coin.
        """
        company = self.company_id.sudo()  # sudo: the smallest coin concerns everybody who handles cash
        if not any(line.amount_cash or line.amount_set_off for line in chosen):
            raise UserError(self.env._(
                "Nothing can be handed over: what is chosen is less than the smallest coin of %s. It stays open and is"
                " carried to the next time.", format_amount(self.env, company.coop_cash_unit, self.currency_id),
            ))
        if self.currency_id.is_zero(self.amount_odd):
            return
        raise UserError(self.env._(
            "%(odd)s cannot be handed over: cash goes over the counter in whole multiples of %(unit)s, each way. Change"
            " an amount; the member's voluntary savings can take the rest.",
            odd=format_amount(self.env, self.amount_odd, self.currency_id),
            unit=format_amount(self.env, company.coop_cash_unit, self.currency_id),
        ))

    def _check_consent(self, chosen):
        """Refuse a set-off that the member has not consented to.

        :raises UserError: saying how the consent is given.
        """
        claims = chosen.filtered(lambda line: line.kind in CLAIM_KINDS and line.amount_set_off)
        if not claims or self.consent_signed:
            return
        self._check_set_off_is_due(chosen)
        # sudo: which document owes the amount; cashiers read no journal items
        of_shu = claims.filtered(lambda line: line.sudo().item_id.move_id.coop_source_model == ALLOCATION)
        if of_shu != claims or not self._has_standing_consent():
            raise UserError(self.env._(
                "Nothing is set off without the member's consent (surat kuasa potong). Ask %s, and mark that the"
                " consent is signed on this receipt; or take the mark off the set-off.",
                self.membership_id.display_name,
            ))

    def _check_set_off_is_due(self, chosen):
        """Refuse to set off debts that fall due later on a standing consent alone, where the cooperative does not.

        :raises UserError: naming the invoice, and how the member agrees.
        """
        if self.env['coop.set.off.mixin']._sets_off_early(self.company_id):
            return
        for line in chosen:
            if line.kind == 'invoice' and line.amount_set_off and line.date_due and line.date_due > self.date:
                raise UserError(self.env._(
                    "%(invoice)s falls due on %(date)s only. Ask %(member)s, and mark that the consent is signed on"
                    " this receipt; or do not choose the invoice.", invoice=line.name,
                    date=format_date(self.env, line.date_due), member=self.membership_id.display_name,
                ))

    # === BUSINESS METHODS - BOOKING === #

    def _draw_number(self):
        self.ensure_one()
        return self.company_id._next_coop_number('coop.counter.receipt', PREFIX, date=self.date, gapless=True)

    def _book(self):
        """Book the chosen lines, each through the room that it belongs to; the set-off comes first.

        For a room to book what it shows at the counter, it must override this method.
        """
        self.ensure_one()
        lines = self.line_ids.filtered('chosen').grouped('kind')
        empty = self.line_ids.browse()
        self.sudo()._book_set_off()  # sudo: cashiers book only through documents like this one
        self._book_savings(lines.get('savings', empty), 'in')
        self._book_deposits(lines.get('deposit', empty))
        # sudo: cashiers take money on journals given to them, without any other access to the books
        self.sudo()._book_payments(lines.get('invoice', empty).sudo())
        self._book_advances(lines.get('advance_back', empty))
        self._book_payout(lines.get('payable', empty))
        self._book_refunds(lines.get('refund', empty))
        self._book_savings(lines.get('withdrawal', empty), 'out')
        # sudo: see above
        self.sudo()._book_payments(lines.get('bill', empty).sudo())
        self._book_advances(lines.get('advance', empty))

    def _book_savings(self, lines, direction):
        """Post one voucher of the member's savings, in or out."""
        if not lines:
            return
        voucher = self.env['coop.savings.voucher'].create({
            'direction': direction, 'date': self.date, 'journal_id': self.journal_id.id, 'note': self.name,
            'company_id': self.company_id.id,
            'line_ids': [Command.create({
                'membership_id': self.membership_id.id, 'type_id': line.savings_type_id.id, 'amount': line.amount,
            }) for line in lines],
        })
        self._put_on_receipt(voucher)
        voucher.action_post()
        for line, row in zip(lines.sudo(), voucher.line_ids, strict=True):  # sudo: see above
            line.balance_after = row.balance_after

    def _put_on_receipt(self, document):
        """Let a document that is being written belong to the receipt, and to whoever wrote the receipt."""
        # sudo: what belongs together, and who has prepared it, is never typed
        document.sudo().write({
            'counter_receipt_id': self.id, 'prepared_by_ids': [Command.set(self.sudo().prepared_by_ids.ids)],
        })

    def _book_deposits(self, lines):
        """Take the deposits that the member was asked for."""
        for line in lines:
            deposit = line.deposit_id
            deposit.write({'amount': line.amount, 'date': self.date, 'journal_id': self.journal_id.id})
            deposit.sudo().counter_receipt_id = self  # sudo: what belongs together is never typed
            deposit.action_pay()

    def _book_refunds(self, lines):
        """Pay deposits back."""
        for line in lines:
            line.deposit_id.sudo().counter_refund_id = self  # sudo: what belongs together is never typed
            line.deposit_id._refund(self.date, journal=self.journal_id)

    def _book_payout(self, lines):
        """Pay what the cooperative owes the member, in one payout."""
        paid = lines.filtered('amount_cash')
        if not paid:
            return
        payout = self.env['coop.payout'].create({
            'date': self.date, 'journal_id': self.journal_id.id, 'note': self.name, 'company_id': self.company_id.id,
            'line_ids': [Command.create({
                'payable_line_id': line.item_id.id, 'amount': line.amount_cash,
            }) for line in paid],
        })
        self._put_on_receipt(payout)
        payout.action_post()

    def _book_payments(self, lines):
        """Register Odoo's payment for each invoice or bill, and reconcile it; called as superuser."""
        for line in lines.filtered('amount_cash'):
            payment = self.env['account.payment'].create(self._prepare_payment_values(line))
            payment.outstanding_account_id = self.journal_id.default_account_id
            payment._generate_journal_entry()
            payment.move_id.write({'coop_source_model': self._name, 'coop_source_id': self.id})
            payment.action_post()
            paid = payment.move_id.line_ids.filtered(
                lambda item, owed=line.item_id: item.account_id == owed.account_id and item.balance * owed.balance < 0,
            )
            (line.item_id | paid).reconcile()

    def _prepare_payment_values(self, line):
        """Return the payment of an invoice, Dr cash or bank / Cr the receivable, or of a bill, the other way round."""
        self.ensure_one()
        item, inbound = line.item_id, line.direction == 'in'
        return {
            'payment_type': 'inbound' if inbound else 'outbound', 'partner_id': item.partner_id.id,
            'partner_type': 'customer' if inbound else 'supplier',
            'amount': line.amount_cash, 'date': self.date, 'journal_id': self.journal_id.id,
            'destination_account_id': item.account_id.id, 'memo': f"{self.name}: {item.move_name}",
            'currency_id': self.currency_id.id, 'company_id': self.company_id.id, 'coop_counter_receipt_id': self.id,
        }

    def _book_set_off(self):
        """Set the member's claims off against the debts, the oldest first; called as superuser.

        One entry for each claim: Dr what the cooperative owes / Cr each invoice that it settles.
        """
        chosen = self.line_ids.filtered('chosen')
        debts = [[line.item_id, line.amount_set_off] for line in chosen if line.kind == 'invoice']
        ref = self.env._("%s: set off", self.name)
        for claim in chosen.filtered(lambda line: line.kind in CLAIM_KINDS and line.amount_set_off):
            allocations, left = [], claim.amount_set_off
            for debt in debts:
                part = self.currency_id.round(min(debt[1], left))
                if part > 0:
                    allocations.append((debt[0], part))
                    debt[1] = self.currency_id.round(debt[1] - part)
                    left = self.currency_id.round(left - part)
            self.set_off_move_ids |= self._post_set_off(claim.item_id, allocations, self.date, ref)

    def _keep_what_is_printed(self):
        """Keep the stamp duty that held when the receipt was posted; called as superuser."""
        self.ensure_one()
        self.stamp_duty = self.env['coop.stamp.duty']._get_duty(self.company_id, self.date, self._get_stamped_amount())

    def _get_stamped_amount(self):
        """Return what the receipt says was received, paid and set off, but for savings, whose papers are exempt."""
        self.ensure_one()
        lines = self.line_ids.filtered(lambda line: line.chosen and line.kind not in SAVINGS_KINDS)
        cash = sum(lines.mapped('amount_cash'))
        return self.currency_id.round(cash + sum(
            line.amount_set_off for line in lines if line.direction == 'in'
        ))
