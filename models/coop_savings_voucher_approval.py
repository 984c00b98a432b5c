from odoo import api, models

#: What of a line is paid to whom.
COUNTED_FIELDS = {'voucher_id', 'membership_id', 'type_id', 'to_type_id', 'amount'}


class CoopSavingsVoucher(models.Model):
    """Large withdrawals are for two people."""
    _name = 'coop.savings.voucher'
    _inherit = ['coop.savings.voucher', 'coop.approval.mixin']

    # Day and cash box are chosen by whoever pays; who takes out how much is what two people look at.
    _prepared_fields = frozenset({'direction', 'line_ids'})

    # === BUSINESS METHODS === #

    def _get_approval_kind(self):
        self.ensure_one()
        return 'withdrawal' if self.direction == 'out' else False

    def _get_approval_amount(self):
        """Return what is paid out, with what the same members took out that day by vouchers of one person alone.

        A large withdrawal is not made small by writing several slips, nor by dating them on several days.
        """
        self.ensure_one()
        return self.amount_total + self._get_taken_out_alone(self.line_ids.membership_id, self.date, self._origin)

    @api.model
    def _get_taken_out_alone(self, memberships, date, besides):
        """Return what these members took out that day by vouchers that one person alone wrote and posted.

        :param besides: vouchers that do not count.
        """
        # sudo: a sum of what was paid out, for whoever posts
        [(before,)] = self.env['coop.savings.voucher.line'].sudo()._read_group([
            ('voucher_id', 'not in', besides.ids), ('voucher_id.state', '=', 'posted'), ('direction', '=', 'out'),
            ('membership_id', 'in', memberships.ids),
            *self.env['res.company']._coop_get_alone_domain(date, 'voucher_id'),
        ], [], ['amount:sum'])
        return before or 0.0

    def _get_approval_content(self):
        self.ensure_one()
        return [
            self.direction,
            sorted((line.membership_id.id, line.type_id.id, line.amount) for line in self.line_ids),
        ]

    def _get_approval_label(self):
        self.ensure_one()
        members = self.line_ids.membership_id
        who = members.display_name if len(members) == 1 else self.env._("%s members", len(members))
        return f"{self.display_name}, {who}"

    def _get_beneficiaries(self):
        """Return who takes out savings; a voucher of many is no own dealing of those with a small part."""
        self.ensure_one()
        lines = self.line_ids.grouped(lambda line: line.membership_id.partner_id)
        return self._filter_large_parts({partner: sum(of.mapped('amount')) for partner, of in lines.items()})


class CoopSavingsVoucherLine(models.Model):
    """Who writes a line of a voucher has written the voucher."""
    _inherit = 'coop.savings.voucher.line'

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.voucher_id._keep_writer()
        return lines

    def write(self, vals):
        before = self.voucher_id
        res = super().write(vals)
        if COUNTED_FIELDS & vals.keys():
            (before | self.voucher_id)._keep_writer()
        return res

    def unlink(self):
        self.voucher_id._keep_writer()
        return super().unlink()
