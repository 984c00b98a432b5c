from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.producer_cooperative.models.account_move import OWNER_TOKEN
from odoo.addons.producer_cooperative.models.coop_shu_allocation import ACCOUNTANT, MANAGER


class CoopShuLapse(models.Model):
    """Booking unclaimed SHU, and owing it again to who comes later."""
    _inherit = 'coop.shu.lapse'

    # === BUSINESS METHODS - BOOKING === #

    def _post_entry(self):
        """Book what is still owed; who was paid since the proposal is left out and named."""
        self.ensure_one()
        self._follow_payments()
        lines = self.line_ids.filtered(lambda line: not self.currency_id.is_zero(line.amount))
        if not lines:
            raise UserError(self.env._(
                "Nothing is left to book: everybody on %s was paid meanwhile. Cancel it.", self.display_name,
            ))
        number = self.company_id._next_coop_number(
            'coop.shu.lapse', 'SHT/%(range_year)s/', date=self.date, gapless=True,
        )
        move = self.env['account.move'].create(self._prepare_move_values(lines, self.date, number, sign=1))
        move._post(soft=False)
        self._update_state('posted', name=number, move_id=move.id, poster_id=self.env.uid)
        items = move.line_ids.sorted('id')[:len(lines)]
        for line, item in zip(lines, items, strict=True):
            line.item_id = item
            line.member_line_id.amount_lapsed += line.amount
        self.env['account.move.line']._reconcile_plan([
            line.member_line_id.payable_line_id | line.item_id for line in lines
        ])

    def _follow_payments(self):
        """Lower the amounts of members who were paid since the proposal, and say so."""
        paid = []
        self.line_ids.member_line_id.payable_line_id.invalidate_recordset(['amount_residual'])
        for line in self.line_ids:
            item = line.member_line_id.payable_line_id
            owed = max(-item.amount_residual, 0.0) if item and line.member_line_id.state in ('posted', 'paid') else 0.0
            if self.currency_id.compare_amounts(owed, line.amount) < 0:
                paid.append(line.membership_id.display_name)
                line.amount = owed
        if paid:
            self._message_log(body=self.env._("Paid since the proposal, as far as that: %s", ", ".join(paid)))

    def _prepare_move_values(self, lines, date, ref, sign):
        """Return the entry: Dr SHU payable per member / Cr the reserve or the funds; the other way round to restore.

        :param sign: 1 to book, -1 to take back.
        """
        self.ensure_one()
        items = [line._prepare_item(ref, sign) for line in lines]
        items += [{
            'account_id': account.id, 'name': ref, 'partner_id': False,
            'balance': -sign * self.currency_id.round(sum(of_account.mapped('amount'))),
        } for account, of_account in lines.grouped('account_id').items()]
        return {
            'move_type': 'entry',
            'journal_id': self._get_entry_journal().id,
            'date': date,
            'company_id': self.company_id.id,
            'ref': ref,
            'coop_source_model': self._name,
            'coop_source_id': self.id,
            'line_ids': [Command.create(item) for item in items],
        }

    # === BUSINESS METHODS - TAKING BACK === #

    def _cancel_with_reason(self, reason):
        """Cancel the document; what was booked is taken back, and the members are owed their SHU again.

        :raises UserError: for anybody but the accountant (the manager may cancel what is not posted yet).
        """
        for lapse in self:
            lapse._check_user_is(*(ACCOUNTANT,) if lapse.state == 'posted' else (ACCOUNTANT, MANAGER))
            lapse._queue_up()
            lapse._queue_up_members()
            was_posted = lapse.state == 'posted'
            lapse._update_state('cancelled', cancel_reason=reason)
            if was_posted:
                # sudo: the accountant was checked; the figures are the document's own
                lapse.sudo()._restore(lapse.line_ids.sudo().filtered(lambda line: line._is_booked()), reason)

    def _restore(self, lines, reason):
        """Owe these members their SHU again, by one entry as of today or the first open day.

        Each member's item is reconciled with its own counterpart, and what was owed before is open again.
        """
        self.ensure_one()
        if not lines:
            return
        journal = self._get_entry_journal()
        date = self.company_id._get_first_open_day(fields.Date.context_today(self), journal)
        ref = self.env._("Owed again: %(document)s, %(reason)s", document=self.name, reason=reason)
        lines.item_id.with_context(coop_owner_token=OWNER_TOKEN).remove_move_reconcile()
        move = self.env['account.move'].create(self._prepare_move_values(lines, date, ref, sign=-1))
        move._post(soft=False)
        self.restore_move_ids |= move
        plan = []
        for line, item in zip(lines, move.line_ids.sorted('id')[:len(lines)], strict=True):
            line.is_restored = True
            line.member_line_id.amount_lapsed -= line.amount
            plan.append(line.item_id | item)
        self.env['account.move.line']._reconcile_plan(plan)
