from odoo import fields, models


class AccountMove(models.Model):
    _inherit = 'account.move'

    def _coop_reverse_for(self, document, ref, on_own_day=False):
        """Return posted reversals of these entries, as of today or the first open day, for the document that owns them.

        Every open item is reconciled with its own reversal, so that nobody's item settles somebody else's.

        :param document: the cooperative's document; it owns the reversals as well.
        :param str ref: reference of the reversals, which should name the document and the reason.
        :param bool on_own_day: reverse each entry on its own day, or the first open day after it, instead of today.
        """
        today = fields.Date.context_today(self)
        moves = self._coop_as_owner()
        moves.line_ids.remove_move_reconcile()
        reversals = moves._reverse_moves([{
            'date': move.company_id._get_first_open_day(move.date if on_own_day else today, move.journal_id),
            'ref': ref,
            'coop_source_model': document._name,
            'coop_source_id': document.id,
        } for move in moves])
        # Posting a reversal reconciles it by account, across partners; that is done per item below.
        reversals.reversed_entry_id = False
        reversals._post(soft=False)
        plan = []
        for move, reversal in zip(moves, reversals, strict=True):
            for line, reverse_line in zip(move.line_ids.sorted('id'), reversal.line_ids.sorted('id'), strict=True):
                if line.account_id.reconcile:
                    plan.append(line | reverse_line)
            reversal.reversed_entry_id = move
        if plan:
            moves.env['account.move.line']._reconcile_plan(plan)
        return reversals
