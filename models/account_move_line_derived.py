from odoo import api, models
from odoo.exceptions import UserError

#: What an item takes over from its entry, and what its matches leave open of it.
ITEM_FIELDS = {
    'parent_state', 'move_name', 'date', 'company_id', 'journal_id', 'amount_residual', 'amount_residual_currency',
    'reconciled',
}
#: The same of an entry; whether it is paid is looked at apart, because a payment may be held back by hand.
MOVE_FIELDS = {'amount_residual', 'amount_residual_signed'}


class AccountMoveLine(models.Model):
    """What is derived of an item is derived, and never written.

    Odoo stores whether an item is posted and what is open of it, and lets everybody who may write journal items store
    something else. Members' payouts and set-offs, and whatever keeps posted items as they are, go by these figures.
    """
    _inherit = 'account.move.line'

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.su:
            return super().create(vals_list)
        # Not refused but dropped: they come along with what is copied or imported, and are derived anew.
        context = {
            key: value for key, value in self.env.context.items() if key.removeprefix('default_') not in ITEM_FIELDS
        }
        lines = super(
            AccountMoveLine, self.with_context(context),  # pylint: disable=context-overridden; keys have to go
        ).create([
            {name: value for name, value in vals.items() if name not in ITEM_FIELDS} for vals in vals_list
        ])
        return lines.with_env(self.env)

    def write(self, vals):
        names = ITEM_FIELDS & vals.keys()
        # sudo: whether the companies are cooperatives, for whoever touches their entries
        if names and not self.env.su and any(self.move_id.company_id.sudo().mapped('coop_is_cooperative')):
            for line in self:
                _check_derived(line, line.move_id, vals, names)
        return super().write(vals)

    # === BUSINESS METHODS === #

    def _coop_derive_open_amounts(self):
        """Have what is open of these items derived anew from their matches, for whoever is about to pay by it."""
        for name in ('amount_residual', 'amount_residual_currency', 'reconciled'):
            self.env.add_to_compute(self._fields[name], self)


class AccountMove(models.Model):
    """The same of the entry as a whole."""
    _inherit = 'account.move'

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.su:
            return super().create(vals_list)
        # Not refused but dropped: see the items.
        names = MOVE_FIELDS | {'payment_state'}
        context = {key: value for key, value in self.env.context.items() if key.removeprefix('default_') not in names}
        moves = super(
            AccountMove, self.with_context(context),  # pylint: disable=context-overridden; keys have to go
        ).create([{name: value for name, value in vals.items() if name not in names} for vals in vals_list])
        return moves.with_env(self.env)

    def write(self, vals):
        names = MOVE_FIELDS & vals.keys()
        if vals.get('payment_state', 'blocked') != 'blocked':
            names |= {'payment_state'}
        # sudo: see the items
        if names and not self.env.su and any(self.company_id.sudo().mapped('coop_is_cooperative')):
            for move in self:
                # Bills are held back and let go again by hand; and what is neither a document's nor a sale of members'
                # goods decides nothing here.
                is_let_go = (move.payment_state, vals.get('payment_state')) == ('blocked', 'not_paid')
                is_ours = move.coop_source_model or any(move.invoice_line_ids.product_id.mapped('coop_consigned'))
                is_free = is_let_go or not is_ours
                _check_derived(move, move, vals, names - {'payment_state'} if is_free else names)
        return super().write(vals)


def _check_derived(record, move, vals, names):
    """Refuse ``vals`` where they write something else than what was derived of the record.

    :raises UserError: naming the field and the entry.
    """
    for name in sorted(names):
        field = record._fields[name]
        if field.convert_to_cache(vals[name], record) != field.convert_to_cache(record[name], record):
            raise UserError(record.env._(
                "“%(field)s” of %(entry)s follows from the entry and from what it is matched with, and is not written"
                " by hand. Correct the entry, or register a payment.",
                field=field._description_string(record.env), entry=move.display_name,
            ))
