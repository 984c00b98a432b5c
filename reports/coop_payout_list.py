from odoo import models
from odoo.exceptions import UserError
from odoo.tools import formatLang

from odoo.addons.producer_cooperative.tools.cash import RUPIAH, add_notes, count_notes
from odoo.addons.producer_cooperative.tools.report_table import Column, Report, Table


class CoopPayout(models.Model):
    """The payout on paper: the list that the members sign, and the notes that fill their envelopes."""
    _name = 'coop.payout'
    _inherit = ['coop.payout', 'coop.report.mixin', 'coop.printed.mixin']

    _report_action = 'producer_cooperative.coop_payout_action_report'
    _report_landscape = True

    # === ACTIONS === #

    def action_print_slips(self):
        """Print one slip for each member of these payouts.

        :raises UserError: when nothing is posted yet: a slip is a receipt.
        """
        lines = self.filtered(lambda payout: payout.state != 'draft').line_ids
        if not lines:
            raise UserError(self.env._("Post the payout first: a slip is a receipt for money that was booked."))
        return self.env.ref('producer_cooperative.coop_payout_slip_action_report').report_action(lines, config=False)

    # === BUSINESS METHODS - PRINTING === #

    def _get_printed(self):
        return self.filtered(lambda payout: payout.state != 'draft')

    def _get_slip_numbers(self):
        """Return ``{partner: number of the slip}``: the voucher's number and the member's place on it."""
        self.ensure_one()
        return {
            partner: f"{self.display_name}-{place:03d}"
            for place, partner in enumerate(self.line_ids.partner_id, start=1)
        }

    # === BUSINESS METHODS - THE LIST === #

    def _get_report(self):
        self.ensure_one()
        _ = self.env._
        journal = self.journal_id.sudo()  # sudo: the name of the journal, which stands on the paper
        facts = [_("Date: %s", self._format_date(self.date))]
        if journal:
            facts.append(_("Cash or bank: %s", journal.name))
        elif self.savings_type_id:
            facts.append(_("Paid into: %s", self.savings_type_id.name))
        else:
            facts.append(dict(self._fields['way']._description_selection(self.env))[self.way])
        if self.note:
            facts.append(self.note)
        report = Report(
            title=_("Payout to Members %s", self.display_name),
            subtitles=[*self._get_marks(self.print_count), "  ·  ".join(facts), self._get_amount_in_words()],
            tables=[self._get_list_table()],
            signatures=[_("Cashier"), _("Witness"), _("Known to the Chair")],
        )
        if self.set_off_ids:
            report.tables.append(self._get_set_off_table())
        if self._get_envelopes():
            report.tables.append(self._get_envelope_table())
        return report

    def _get_amount_in_words(self):
        return self.env._("In words: %s", self.currency_id.amount_to_text(self.amount_total))

    def _get_list_table(self):
        """Return the table with one row for each member."""
        self.ensure_one()
        _ = self.env._
        columns = [
            Column('place', _("No."), 'integer', 5), Column('number', _("Number"), width=11),
            Column('name', _("Name"), width=26), Column('documents', _("Documents"), width=28),
        ]
        if self.method == 'bank':
            columns.append(Column('account', _("Bank Account"), width=28))
        columns += [
            Column('amount', _("Paid"), 'amount', 15), Column('left', _("Stays Owed"), 'amount', 13),
        ]
        if self.way == 'money' and self.method != 'bank':
            columns += [
                Column('signature', _("Signature or Thumbprint"), 'blank', 24),
                Column('witness', _("Witness"), 'blank', 16),
            ]
        table = Table(columns, title=_("Members"))
        for place, (partner, lines) in enumerate(self.line_ids.grouped('partner_id').items(), start=1):
            table.add(
                place=place, number=lines[0].membership_id.number, name=partner.sudo().name,  # sudo: as on the line
                documents=", ".join(lines.mapped('reference')), account=lines[0]._get_account_label(),
                amount=self.currency_id.round(sum(lines.mapped('amount'))), left=lines[0].amount_left or None,
            )
        table.add_total(_("Total"), table.rows, label_key='name', skip=('place',))
        return table

    def _get_set_off_table(self):
        """Return the table of what the members owed and do not owe any more."""
        self.ensure_one()
        _ = self.env._
        numbers = {line.partner_id: line.membership_id.number for line in self.line_ids}
        table = Table([
            Column('number', _("Number"), width=11), Column('name', _("Name"), width=26),
            Column('date', _("Due On"), width=14), Column('debt', _("Debt"), width=40),
            Column('amount', _("Set Off"), 'amount', 15),
        ], title=_("Debts Settled"))
        for row in self.set_off_ids:
            table.add(
                number=numbers.get(row.partner_id), name=row.partner_id.sudo().name,  # sudo: as on the line
                date=self._format_date(row.date_due), debt=row.name, amount=row.amount,
            )
        table.add_total(_("Total"), table.rows, label_key='name')
        return table

    # === BUSINESS METHODS - ENVELOPES === #

    def _get_envelopes(self):
        """Return ``{partner: {note: how many}}`` for cash in rupiah; empty for anything else."""
        self.ensure_one()
        if self.method != 'cash' or self.currency_id.name != 'IDR':
            return {}
        return {
            partner: count_notes(int(self.currency_id.round(sum(lines.mapped('amount')))))[0]
            for partner, lines in self.line_ids.grouped('partner_id').items()
        }

    def _get_envelope_table(self):
        """Return the table of the notes and coins that each envelope takes, and all together."""
        self.ensure_one()
        _ = self.env._
        envelopes = self._get_envelopes()
        total = add_notes(envelopes.values())
        notes = [note for note in RUPIAH if note in total]
        table = Table([
            Column('place', _("No."), 'integer', 5), Column('name', _("Name"), width=26),
            Column('amount', _("Paid"), 'amount', 15),
            *(Column(str(note), f"{note:,}".replace(',', '.'), 'integer', 9) for note in notes),
        ], title=_("Notes and Coins"))
        by_member = self.line_ids.grouped('partner_id')
        for place, (partner, counts) in enumerate(envelopes.items(), start=1):
            table.add(
                place=place, name=partner.sudo().name,  # sudo: as on the line
                amount=self.currency_id.round(sum(by_member[partner].mapped('amount'))),
                **{str(note): number for note, number in counts.items()},
            )
        table.add_total(_("Notes and coins needed"), table.rows, label_key='name', skip=('place',))
        table.add(
            'total', name=_("Worth"), amount=sum(note * number for note, number in total.items()),
            **{str(note): formatLang(self.env, note * number, digits=0) for note, number in total.items()},
        )
        return table

    def _render_preview(self):
        """Show the notes and coins on the voucher's page; its lines stand beside them."""
        report = Report(title=self.display_name, tables=[self._get_envelope_table()] if self._get_envelopes() else [])
        return self.env['ir.qweb']._render('producer_cooperative.report_coop_table_preview', {
            'report': report, 'texts': self._format_report(report), 'limit': max(len(self.line_ids) + 2, 1),
        })


class CoopPayoutLine(models.Model):
    """The slip that a member takes home."""
    _name = 'coop.payout.line'
    _inherit = ['coop.payout.line', 'coop.printed.mixin']

    # === BUSINESS METHODS === #

    def _get_printed(self):
        return self.filtered(lambda line: line.state != 'draft')

    def _get_account_label(self):
        """Return bank and account as they stand on paper, with the last four digits only."""
        self.ensure_one()
        if self.method != 'bank':
            return ''
        account = self.sudo().partner_bank_id  # sudo: the masked number, on the payout of that account
        if self.state == 'draft':
            return " ".join(filter(None, (account.bank_id.name, account.coop_masked_number)))
        return " ".join(filter(None, (self.bank_name, f"•••• {self.account_number[-4:]}")))

    def _get_slips(self):
        """Return ``[(payout, partner, lines, number)]``: one slip for each member of each payout."""
        slips = []
        for payout, lines in self.filtered(lambda line: line.state != 'draft').grouped('payout_id').items():
            numbers = payout._get_slip_numbers()
            slips += [
                (payout, partner, payout.line_ids.filtered(lambda line, partner=partner: line.partner_id == partner),
                 numbers[partner])
                for partner in lines.partner_id
            ]
        return slips
