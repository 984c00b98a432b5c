from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

#: Proof, in the context, that a document of the cooperative itself changes the entry that it owns. A Python object and
#: not a value: nobody can send it over RPC.
OWNER_TOKEN = object()
#: What only the cooperative's documents write on an entry.
OWNED_FIELDS = {
    'coop_membership_id', 'coop_source_model', 'coop_source_id', 'coop_pool_id', 'coop_booking_number',
    'coop_unbooking_number', 'coop_booked_by_id', 'coop_booked_on', 'coop_unbooked_by_id', 'coop_unbooked_on',
}
#: What a posted entry keeps while a document owns it: members read it in their savings books.
KEPT_FIELDS = {'ref', 'partner_id', 'date', 'invoice_date', 'journal_id', 'currency_id', 'invoice_date_due'}


class AccountMove(models.Model):
    _inherit = 'account.move'

    coop_membership_id = fields.Many2one(
        comodel_name='coop.membership', string="Membership", readonly=True, copy=False, index='btree_not_null',
        ondelete='restrict',
        help="The membership that the partner had on the day of the document. It tells business with members from "
             "business with others, and stays when the partner leaves.",
    )
    coop_source_model = fields.Char(string="Cooperative Document Model", readonly=True, copy=False)
    coop_source_id = fields.Many2oneReference(
        string="Cooperative Document", model_field='coop_source_model', readonly=True, copy=False,
        help="The cooperative's document that made this entry; only that document undoes it.",
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.su:
            return super().create(vals_list)
        # Not refused but dropped: duplicates and reversals bring them along. Reversals get theirs back below.
        context = {
            key: value for key, value in self.env.context.items() if key.removeprefix('default_') not in OWNED_FIELDS
        }
        guarded = self.with_context(context)  # pylint: disable=context-overridden; keys have to go
        moves = super(AccountMove, guarded).create([
            {name: value for name, value in vals.items() if name not in OWNED_FIELDS} for vals in vals_list
        ])
        for move in moves.filtered('reversed_entry_id.coop_pool_id'):
            # sudo: a credit note belongs to the pool of the invoice that it reverses
            move.sudo().coop_pool_id = move.reversed_entry_id.coop_pool_id
        # Looked at afterwards, because defaults set it as well.
        if any(move.auto_post != 'no' for move in moves):
            self._coop_check_keeps_books(self.env._("You may not let entries post themselves. Ask the treasurer."))
        return moves

    def write(self, vals):
        if not self.env.su and OWNED_FIELDS & vals.keys():
            raise AccessError(self.env._("Only the cooperative's own documents write these fields of an entry."))
        if vals.get('state') == 'posted':
            self._coop_check_keeps_books(self.env._("You may not post entries. Ask the treasurer."))
        if vals.get('auto_post', 'no') != 'no':
            self._coop_check_keeps_books(self.env._("You may not let entries post themselves. Ask the treasurer."))
        if vals.get('state') in ('draft', 'cancel'):
            posted = self.filtered(lambda move: move.state == 'posted')
            posted._check_not_owned()
            if posted:
                self._coop_check_keeps_books(self.env._(
                    "%s is posted. Ask the treasurer to take it back.", posted[0].display_name,
                ))
        names = KEPT_FIELDS & vals.keys()
        if names and not self.env.su:
            self.filtered(lambda move: move.state == 'posted' and any(
                self._field_will_change(move, vals, name) for name in names
            ))._check_not_owned()
        return super().write(self._coop_number_booking(vals))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_owned(self):
        self._check_not_owned()

    # === BUSINESS METHODS === #

    def _post(self, soft=True):
        posted = super()._post(soft=soft)
        posted._coop_stamp_membership()
        return posted

    def _reverse_moves(self, default_values_list=None, cancel=False):
        if cancel:
            self._check_not_owned()
        return super()._reverse_moves(default_values_list=default_values_list, cancel=cancel)

    def _coop_stamp_membership(self):
        """Store on invoices, bills and credit notes the membership that their partner has on their date."""
        # sudo: whoever posts the document stamps it, with a membership of the document's own partner and company
        documents = self.sudo().filtered(lambda move: move.is_invoice(include_receipts=True))
        memberships = self.env['coop.membership'].sudo()._get_in_force(
            documents.commercial_partner_id, documents.company_id,
        )
        for move in documents:
            date = move.invoice_date or move.date
            membership = memberships.filtered(
                lambda m, move=move, date=date: m.partner_id == move.commercial_partner_id
                and m.company_id == move.company_id and m._is_member_on(date),
            )[:1]
            if move.coop_membership_id != membership:
                move.coop_membership_id = membership

    def _coop_get_term_account(self):
        """Return the receivable or payable account that the cooperative wants for this document, or an empty recordset.

        For a room to book its documents on an account of its own, it must override this method.
        """
        self.ensure_one()
        return self.env['account.account']

    def _coop_get_source(self):
        """Return the cooperative's document that owns this entry, or None."""
        self.ensure_one()
        if not self.coop_source_id or self.coop_source_model not in self.env:
            return None
        return self.env[self.coop_source_model].browse(self.coop_source_id).exists() or None

    def _coop_check_keeps_books(self, message):
        """Refuse users who may not post entries.

        :raises AccessError: with ``message``.
        """
        if not self.env.su and not self.env.user.has_group('account.group_account_invoice'):
            raise AccessError(message)

    def _check_not_owned(self):
        """Refuse to undo or change an entry behind the back of the document that made it.

        :raises UserError: naming the entry and the document that has to be cancelled instead.
        """
        if self.env.context.get('coop_owner_token') is OWNER_TOKEN:
            return
        for move in self.filtered('coop_source_id'):
            source = move._coop_get_source()
            if source and hasattr(source, '_get_owned_entry_message'):
                raise UserError(source.sudo()._get_owned_entry_message(move))  # sudo: the document's name and day
            if source:
                raise UserError(self.env._(
                    "%(entry)s belongs to %(document)s and is undone only there: open %(document)s and cancel it.",
                    entry=move.display_name, document=source.sudo().display_name,
                ))

    def _coop_as_owner(self):
        """Return these entries for the document that owns them, free to undo them."""
        return self.with_context(coop_owner_token=OWNER_TOKEN)

    # === ACTIONS === #

    def action_open_coop_source(self):
        """Open the cooperative's document that made this entry."""
        self.ensure_one()
        source = self._coop_get_source()
        return source._get_records_action() if source else False
