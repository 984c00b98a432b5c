from odoo import fields, models
from odoo.exceptions import UserError

#: What decides on when a member pays.
DUE_FIELDS = {'invoice_date_due', 'invoice_payment_term_id'}


class AccountMove(models.Model):
    """When members pay for pooled goods: as the round says; a moved due date is asked for and approved."""
    _inherit = 'account.move'

    # === CRUD METHODS === #

    def write(self, vals):
        if self.env.su or not DUE_FIELDS & vals.keys():
            return super().write(vals)
        before = {
            move: (move.invoice_date_due, move.invoice_payment_term_id)
            for move in self if move.coop_pool_id and move.move_type == 'out_invoice'
        }
        res = super().write(vals)
        for move, (due, term) in before.items():
            moved = move.invoice_date_due != due and move.invoice_date_due != move._coop_get_due_date_of_round()
            if moved or move.invoice_payment_term_id != term:
                move._coop_refuse_due_date()
        return res

    # === BUSINESS METHODS === #

    def _coop_get_due_date_of_round(self):
        """Return when the invoice is due by its round: the season's end, its payment terms, or its own date."""
        self.ensure_one()
        season = self.sudo().coop_pool_id.season_id  # sudo: only the day, for whoever keeps the invoice
        if season:
            return season.date_end
        if self.invoice_payment_term_id:
            return max((key['date_maturity'] for key in self.needed_terms or {}), default=self.invoice_date_due)
        return self.invoice_date or fields.Date.context_today(self)

    def _coop_refuse_due_date(self):
        self.ensure_one()
        raise UserError(self.env._(
            "%(invoice)s is due when %(pool)s says. Another due date is asked for and approved: use “Move Due Date” in"
            " the round.", invoice=self.display_name, pool=self.coop_pool_id.display_name,
        ))


class AccountMoveLine(models.Model):
    _inherit = 'account.move.line'

    # === CRUD METHODS === #

    def write(self, vals):
        if 'date_maturity' in vals and not self.env.su:
            date = fields.Date.to_date(vals['date_maturity'])
            for line in self:
                # Of drafts the items follow the invoice, whose due date is checked above.
                of_pool = line.move_id.coop_pool_id and line.move_id.move_type == 'out_invoice'
                if of_pool and line.parent_state == 'posted' and line.date_maturity != date:
                    line.move_id._coop_refuse_due_date()
        return super().write(vals)
