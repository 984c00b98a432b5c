from odoo import models


class CoopCounterReceipt(models.Model):
    """Members are told of their receipts of the counter, and when one becomes void."""
    _inherit = 'coop.counter.receipt'

    _notices = {'posted': 'receipt', 'cancelled': 'receipt_void'}

    # === BUSINESS METHODS === #

    def _get_notice_rows(self, membership, key):
        self.ensure_one()
        kinds = dict(self.line_ids._fields['kind']._description_selection(self.env))
        _ = self.env._
        rows = [
            (f"{kinds[line.kind]}: {line._get_notice_label()}", self._notice_amount(line._get_settled()))
            for line in self.line_ids.filtered('chosen')
        ]
        totals = (
            (_("You paid"), self.amount_to_receive), (_("You were paid"), self.amount_to_hand_over),
            (_("Set off against debts"), self.amount_set_off),
        )
        return rows + [
            (label, self._notice_amount(amount)) for label, amount in totals if not self.currency_id.is_zero(amount)
        ]


class CoopCounterReceiptLine(models.Model):
    """What a line of the receipt is called in the message about it."""
    _inherit = 'coop.counter.receipt.line'

    # === BUSINESS METHODS === #

    def _get_settled(self):
        """Return what the line settled, over the counter and by set-off, in the company's currency."""
        self.ensure_one()
        return self.amount_cash + self.amount_set_off

    def _get_notice_label(self):
        """Return what the line is about in the reader's language; the stored name is in the cashier's."""
        self.ensure_one()
        return self.savings_type_id.name or self.deposit_id.display_name or self.item_id.move_id.name or self.name


class CoopSavingsVoucher(models.Model):
    """Members are told of what was booked on their savings, and when that is taken back; each of the own lines only."""
    _inherit = 'coop.savings.voucher'

    _notices = {'posted': 'receipt', 'cancelled': 'receipt_void'}

    # === BUSINESS METHODS === #

    def _get_notice_members(self, key):
        """Opening balances are no receipts; what the counter booked is told of with its own receipt."""
        self.ensure_one()
        told_elsewhere = self.direction == 'opening' or self.counter_receipt_id
        return self.env['coop.membership'] if told_elsewhere else self.line_ids.membership_id

    def _get_notice_rows(self, membership, key):
        self.ensure_one()
        labels = {
            'in': self.env._("Paid in"), 'out': self.env._("Taken out"), 'transfer': self.env._("Moved"),
            'opening': self.env._("Opening balance"),
        }
        rows = []
        for line in self._search_of_member('line_ids', membership):
            name = " → ".join((line.type_id + line.to_type_id).mapped('name'))
            rows.append((f"{labels[self.direction]}, {name}", self._notice_amount(line.amount)))
        return rows


class CoopPayout(models.Model):
    """Members are told of what they were paid, and when that is taken back; each of the own lines only."""
    _inherit = 'coop.payout'

    _notices = {'posted': 'receipt', 'cancelled': 'receipt_void'}

    # === BUSINESS METHODS === #

    def _get_notice_members(self, key):
        """What the counter paid is told of with its own receipt; heirs and others are no members."""
        self.ensure_one()
        return self.env['coop.membership'] if self.counter_receipt_id else self.line_ids.membership_id

    def _get_notice_rows(self, membership, key):
        self.ensure_one()
        _, amount = self.env._, self._notice_amount
        lines = self._search_of_member('line_ids', membership).filtered('amount')
        method = dict(self._fields['method']._description_selection(self.env)).get(self.method, "")
        rows = [(line.reference or method, amount(line.amount)) for line in lines]
        total = amount(sum(lines.mapped('amount')))
        if self.way == 'savings':
            return [*rows, (_("Paid into your savings, %s", self.savings_type_id.name), total)]
        if self.way == 'set_off':
            debts = self.set_off_ids.filtered(lambda debt: debt.partner_id == membership.partner_id)
            rows += [(_("Set Off, %s", debt.savings_type_id.name or debt.name), amount(-debt.amount)) for debt in debts]
            return [*rows, (_("Set off against debts"), total)]
        return [*rows, (_("You were paid"), f"{total} ({method})")]


class CoopPoolDeposit(models.Model):
    """Members are told of deposits that they paid, of what is paid back of one, and when one is cancelled."""
    _inherit = 'coop.pool.deposit'

    _notices = {'paid': 'receipt', 'cancelled': 'receipt_void'}

    # === BUSINESS METHODS === #

    def _refund(self, date, journal=None, savings_type=None):
        super()._refund(date, journal=journal, savings_type=savings_type)
        for deposit in self.filtered(lambda deposit: not deposit.counter_refund_id):
            deposit._queue_notices('receipt', f'refund {deposit.sudo().refund_move_id.id}')  # sudo: tells refunds apart

    def _get_notice_members(self, key):
        """What the counter took is told of with its own receipt."""
        self.ensure_one()
        return self.env['coop.membership'] if self.counter_receipt_id else self.membership_id

    def _get_notice_rows(self, membership, key):
        self.ensure_one()
        rows = [(self.env._("Deposit for %s", self.pool_id.display_name), self.amount)]
        if self.refund_move_id:
            back = sum(self.refund_move_id.line_ids.mapped('debit'))
            rows += [
                (self.env._("Used for the invoice"), -(self.amount - back)), (self.env._("Paid back to you"), -back),
            ]
        return self._notice_amounts(rows)


class CoopSettlementAdvance(models.Model):
    """Members are told of advances that they got or paid back, and when one is taken back."""
    _inherit = 'coop.settlement.advance'

    _notices = {'posted': 'receipt', 'cancelled': 'receipt_void'}

    # === BUSINESS METHODS === #

    def _get_notice_members(self, key):
        """What the counter handed out or took back is told of with its own receipt."""
        self.ensure_one()
        return self.env['coop.membership'] if self.counter_receipt_id else self.membership_id

    def _get_notice_rows(self, membership, key):
        self.ensure_one()
        label = self.env._("Advance paid to you") if self.direction == 'out' else self.env._("Advance paid back")
        return [(label, self._notice_amount(self.amount))]


class CoopFundSpending(models.Model):
    """Members who get something from a fund are told, and when it is taken back; each of the own lines only."""
    _inherit = 'coop.fund.spending'

    _notices = {'posted': 'receipt', 'cancelled': 'receipt_void'}

    # === BUSINESS METHODS === #

    def _get_notice_members(self, key):
        """Other payees are no members."""
        self.ensure_one()
        return self._get_members_of(self.line_ids.partner_id)

    def _get_notice_rows(self, membership, key):
        self.ensure_one()
        _, lines = self.env._, self.line_ids.filtered(
            lambda line: line.partner_id.commercial_partner_id == membership.partner_id,
        )
        return [
            *((f"{self.fund_id.display_name}: {line.name or self.reason}", self._notice_amount(line.amount))
              for line in lines),
            *self._notice_amounts([(_("Income Tax"), -sum(lines.mapped('amount_tax')))]),
            (_("You were paid"), self._notice_amount(sum(lines.mapped('amount_net')))),
        ]
