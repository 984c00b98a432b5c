from itertools import starmap

from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.producer_cooperative.tools.transfer_file import format_plain, write_csv, write_xlsx

MIMETYPES = {
    'csv': 'text/csv', 'xlsx': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
}
SEPARATORS = {'comma': ',', 'semicolon': ';', 'tab': '\t', 'pipe': '|'}
#: Headings of the file; in English whatever the user's language, as a bank's screen is set up once.
HEADERS = (
    "Bank Code", "Bank Name", "Account Number", "Account Holder", "Amount", "Currency", "Reference", "E-mail",
)


class CoopPayout(models.Model):
    """Bank transfers: the file for the bank's bulk-transfer screen, and one credit for each of them.

    One voucher stays one entry, like cash, because as many payments take minutes. But the bank's statement shows single
    transfers, and single ones come back: so each has its own journal item, on the account that Odoo's own payments from
    the bank go to. That is the bank's own account, or outstanding payments where the treasurer matches statements.
    """
    _inherit = 'coop.payout'

    transfer_format = fields.Selection(
        selection=[('csv', "CSV"), ('xlsx', "Excel")], readonly=True, copy=False, string="Transfer File",
    )
    transfer_separator = fields.Char(readonly=True, copy=False, export_string_translation=False)

    # === ACTIONS === #

    def action_download_transfer_file(self):
        """Download the transfer file; it is the same every time.

        :raises UserError: for cash, and for payouts that are not posted.
        """
        self.ensure_one()
        if self.method != 'bank':
            raise UserError(self.env._("%s is paid in cash; there is nothing to transfer.", self.display_name))
        if self.state != 'posted':
            raise UserError(self.env._("The transfer file is made of posted payouts only. Post the payout first."))
        self.check_access('read')
        # sudo: the file is made of the payout, which the user may read
        attachment = self.sudo()._attach_transfer_file()
        return {
            'type': 'ir.actions.act_url', 'url': f'/web/content/{attachment.id}?download=true', 'target': 'download',
        }

    # === BUSINESS METHODS === #

    def _attach_transfer_file(self):
        """Return the attachment with the transfer file, made anew where somebody changed or deleted it."""
        self.ensure_one()
        if self.method != 'bank':
            return self.env['ir.attachment']
        if not self.transfer_format:
            self.write({
                'transfer_format': self.company_id.coop_transfer_format,
                'transfer_separator': SEPARATORS[self.company_id.coop_transfer_separator],
            })
        content = self._get_transfer_content()
        name = f"{self.name.replace('/', '-')}.{self.transfer_format}"
        attachment = self.env['ir.attachment'].search([
            ('res_model', '=', self._name), ('res_id', '=', self.id), ('res_field', '=', False), ('name', '=', name),
            ('checksum', '=', self.env['ir.attachment']._compute_checksum(content)),
        ], limit=1)
        return attachment or self.env['ir.attachment'].create({
            'name': name, 'res_model': self._name, 'res_id': self.id, 'raw': content,
            'mimetype': MIMETYPES[self.transfer_format],
        })

    def _get_transfer_content(self):
        """Return the file: one row for each account, from what was kept when the payout was posted."""
        self.ensure_one()
        rows = self._get_transfer_rows()
        if self.transfer_format == 'xlsx':
            return write_xlsx(HEADERS, rows, self.name, self.date)
        return write_csv(HEADERS, rows, self.transfer_separator)

    def _get_transfer_rows(self):
        """Return the rows of the transfer file.

        For a bank that asks for other columns, override this method together with the headings.
        """
        self.ensure_one()
        numbers = self._get_slip_numbers()
        return [[
            lines[0].bank_code or '', lines[0].bank_name or '', lines[0].account_number, lines[0].account_holder,
            format_plain(amount), self.currency_id.name, numbers[lines.partner_id], lines[0].email or '',
        ] for lines, amount in self._get_transfers()]

    def _get_transfers(self):
        """Return ``[(lines, amount)]``: one transfer to each account of each member."""
        self.ensure_one()
        by_account = self.line_ids.grouped(lambda line: (line.partner_id, line.account_number))
        return [(lines, self.currency_id.round(sum(lines.mapped('amount')))) for lines in by_account.values()]

    # === BUSINESS METHODS - BOOKING === #

    def _prepare_counter_items(self):
        if self.method != 'bank':
            return super()._prepare_counter_items()
        account = self.journal_id.outbound_payment_method_line_ids[:1].payment_account_id
        account = account or self.journal_id.default_account_id

        def prepare_item(lines, amount):
            return {
                'account_id': account.id, 'partner_id': lines.partner_id.id, 'balance': -amount,
                'name': f"{self.note or self.env._('Payout to members')}, {lines[0].account_holder}",
            }

        return list(starmap(prepare_item, self._get_transfers()))

    def _reverse_entry(self):
        """Refuse to take back transfers that the bank's statement shows already.

        :raises UserError: naming the statement's entries.
        """
        self.ensure_one()
        if self.method == 'bank':
            transfers = self.move_id.line_ids.sorted('id')[len(self.line_ids):]
            matched = transfers.matched_debit_ids.debit_move_id.move_id
            if matched:
                raise UserError(self.env._(
                    "The bank's statement shows transfers of %(payout)s already: %(entries)s. Undo their matching"
                    " first.",
                    payout=self.display_name, entries=", ".join(matched.mapped('display_name')),
                ))
        return super()._reverse_entry()


class CoopPayoutLine(models.Model):
    """The account that a member is paid on, as it was when the payout was posted."""
    _inherit = 'coop.payout.line'

    account_number = fields.Char(readonly=True, copy=False)
    account_holder = fields.Char(readonly=True, copy=False)
    bank_name = fields.Char(string="Bank", readonly=True, copy=False)
    bank_code = fields.Char(string="Bank Code (BIC)", readonly=True, copy=False)
    email = fields.Char(string="E-mail", readonly=True, copy=False)

    # === BUSINESS METHODS === #

    def _check_bank_accounts(self):
        """Refuse to transfer money to no account, another one's account, or one that nobody has approved.

        :raises UserError: naming the members.
        """
        lines = self.filtered(lambda line: line.method == 'bank')
        missing = lines.filtered(lambda line: not line.partner_bank_id)
        if missing:
            raise UserError(self.env._(
                "No bank account is chosen for: %s. Enter one and have it approved, or pay in cash.",
                ", ".join(dict.fromkeys(line._get_member_name() for line in missing)),
            ))
        for line in lines:
            account = line.sudo().partner_bank_id  # sudo: the account may be hidden from who posts
            if account.partner_id.commercial_partner_id != line.partner_id:
                raise UserError(self.env._(
                    "The bank account %(account)s is not one of %(member)s.",
                    account=account.coop_masked_number, member=line._get_member_name(),
                ))
            if not account.active or not account._coop_may_be_paid():
                raise UserError(self.env._(
                    "The bank account %(account)s of %(member)s waits for approval and is not paid to. A manager or an"
                    " accountant who did not enter it approves it under Members / Bank Accounts.",
                    account=account.coop_masked_number, member=line._get_member_name(),
                ))

    def _prepare_account_values(self):
        """Return what the transfer file needs of the member's account; nothing for cash."""
        self.ensure_one()
        if self.method != 'bank':
            return {}
        account = self.sudo().partner_bank_id  # sudo: see _check_bank_accounts
        return {
            'account_number': account.sanitized_acc_number,
            'account_holder': account.acc_holder_name or account.partner_id.name,
            'bank_name': account.bank_id.name, 'bank_code': account.bank_id.bic or account.clearing_number,
            'email': account.partner_id.email or self.sudo().partner_id.email,
        }
