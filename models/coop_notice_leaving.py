from odoo import api, models
from odoo.tools import format_date

#: Reasons of members who ask for it themselves: they are told that their application was written down.
APPLIED_REASONS = ('resigned', 'moved')


class CoopLeaving(models.Model):
    """Members who leave are told each step: application, approval, what was booked; and when it is all taken back."""
    _inherit = 'coop.leaving'

    _notices = {'approved': 'leaving_approved', 'posted': 'leaving_posted', 'cancelled': 'leaving_cancelled'}

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        leavings = super().create(vals_list)
        leavings._tell_application()
        return leavings

    def write(self, vals):
        res = super().write(vals)
        if vals.get('reason'):
            self._tell_application()
        return res

    # === BUSINESS METHODS === #

    def _tell_application(self):
        """Tell members who apply themselves that it was written down; nobody is told of an expulsion before its day."""
        self.filtered(
            lambda leaving: leaving.state == 'draft' and leaving.reason in APPLIED_REASONS,
        )._queue_notices('leaving_received')

    def _book_what_came_since(self):
        """Tell what is owed now, where something was booked since."""
        before = self._get_entries()
        res = super()._book_what_came_since()
        came = self._get_entries() - before
        if came:
            self._queue_notices('leaving_posted', ",".join(map(str, sorted(came.ids))))
        return res

    def _get_notice_rows(self, membership, key):
        """Return everything that the member has and owes, one by one, and what it comes to."""
        self.ensure_one()
        _, amount = self.env._, self._notice_amount
        reasons = dict(self._fields['reason']._description_selection(self.env))
        rows = [(_("Leaves On"), format_date(self.env, self.date)), (_("Reason"), reasons.get(self.reason, ""))]
        for line in self.line_ids.filtered(lambda line: line.kind == 'savings'):
            rows.append((line.savings_type_id.name or line.name, amount(line.amount)))
        for line in self.line_ids.filtered(lambda line: line.kind == 'kept'):
            kept = _("%s stay with the cooperative", amount(line.amount))
            rows.append((line.savings_type_id.name or line.name, kept))
        for line in self.line_ids.filtered(lambda line: line.kind == 'debt'):
            rows.append((_("You owe, %s", line.name), amount(-line.amount)))
        for line in self.line_ids.filtered(lambda line: line.kind == 'payable'):
            rows.append((_("Owed to you besides, %s", line.name), amount(line.amount)))
        rows += self._notice_amounts([
            (_("Set off against debts"), -self.amount_set_off), (_("You still owe"), self.amount_debts_left),
        ])
        rows.append((_("To Be Paid Out"), amount(self.amount_payable)))
        if self.state == 'posted':
            rows += self._notice_amounts([
                (_("Paid so far"), self.amount_paid), (_("Still To Be Paid"), self.amount_open),
            ])
        rows += [(_("Heir: %s", heir.partner_id.name), heir.share) for heir in self.heir_ids]
        rows += [
            (_("Please fetch your goods"), f"{line.product_id.display_name}, {line.uom_id._coop_format(line.quantity)}")
            for line in self.line_ids.filtered(lambda line: line.kind == 'goods')
        ]
        return rows
