from odoo import api, fields, models
from odoo.tools import SQL

#: Counts what is posted and taken back, across companies. A day or a time would not tell two bookings of one moment
#: apart.
SEQUENCE = SQL.identifier('coop_booking_seq')


class AccountMove(models.Model):
    """In which order entries were posted and taken back, so that later bookings can be told from earlier ones."""
    _inherit = 'account.move'

    coop_booking_number = fields.Integer(
        string="Posted As Number", readonly=True, copy=False, index='btree_not_null',
        help="Counts every posting: what has a higher number was posted later, whatever its date.",
    )
    coop_unbooking_number = fields.Integer(
        string="Taken Back As Number", readonly=True, copy=False, index='btree_not_null',
        help="Counts with the postings when a posted entry was reset to draft or cancelled.",
    )

    def init(self):
        super().init()
        self.env.cr.execute(SQL("CREATE SEQUENCE IF NOT EXISTS %s", SEQUENCE))

    # === BUSINESS METHODS === #

    @api.model
    def _coop_get_last_booking_number(self):
        """Return the number of the last booking, or taking back, that this transaction sees; of all companies."""
        self.flush_model(['coop_booking_number', 'coop_unbooking_number'])
        [(number,)] = self.env.execute_query(SQL(
            "SELECT GREATEST((SELECT MAX(coop_booking_number) FROM account_move),"
            " (SELECT MAX(coop_unbooking_number) FROM account_move), 0)",
        ))
        return number

    @api.model
    def _coop_draw_booking_number(self):
        """Return a number above all bookings so far and below all to come."""
        [(number,)] = self.env.execute_query(SQL("SELECT nextval('coop_booking_seq')"))
        return number

    def _coop_number_booking(self, vals):
        """Return the values to write with the number of the posting, or of the taking back, that they are."""
        if vals.get('state') == 'posted':
            return {**vals, 'coop_booking_number': self._coop_draw_booking_number()}
        if vals.get('state') in ('draft', 'cancel') and any(move.state == 'posted' for move in self):
            return {**vals, 'coop_unbooking_number': self._coop_draw_booking_number()}
        return vals
