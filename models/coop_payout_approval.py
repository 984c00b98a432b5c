from odoo import api, models

#: What of a line is paid to whom, and where to.
COUNTED_FIELDS = {'payout_id', 'settlement_id', 'payable_line_id', 'partner_bank_id', 'amount', 'shu_line_id'}


class CoopPayout(models.Model):
    """Large payouts to members are for two people."""
    _name = 'coop.payout'
    _inherit = ['coop.payout', 'coop.approval.mixin']

    # Day and cash box are chosen by whoever pays; who is paid, and how, is what two people look at.
    _prepared_fields = frozenset({'way', 'savings_type_id', 'line_ids', 'set_off_early'})

    # === BUSINESS METHODS === #

    def _get_approval_kind(self):
        return 'payout'

    def _get_approval_amount(self):
        """Return what is paid, with what the same members were paid that day by vouchers of one person alone."""
        self.ensure_one()
        return self.amount_total + self.company_id._coop_get_paid_alone(
            self.line_ids.partner_id, self.date, self._origin,
        )

    @api.model
    def _get_paid_alone(self, company, partners, date, besides):
        """Return what these partners were paid today or that day by payouts that one person alone wrote and posted.

        :param besides: payouts that do not count.
        """
        # sudo: a sum of what was paid, for whoever posts
        [(paid,)] = self.env['coop.payout.line'].sudo()._read_group([
            ('payout_id', 'not in', besides.ids), ('payout_id.state', '=', 'posted'), ('company_id', '=', company.id),
            ('partner_id', 'in', partners.ids), *company._coop_get_alone_domain(date, 'payout_id'),
        ], [], ['amount:sum'])
        return paid or 0.0

    def _get_approval_content(self):
        self.ensure_one()
        return [
            self.way, self.savings_type_id.id, self.set_off_early,
            sorted((line.payable_line_id.id, line.partner_bank_id.id, line.amount) for line in self.line_ids),
        ]

    def _get_approval_label(self):
        self.ensure_one()
        members = self.line_ids.partner_id.sudo()  # sudo: names on the payout
        who = members.name if len(members) == 1 else self.env._("%s members", len(members))
        return f"{self.display_name}, {who}"

    def _get_beneficiaries(self):
        """Return who is paid; a payout to many is no own dealing of those with a small part."""
        self.ensure_one()
        lines = self.line_ids.grouped('partner_id')
        return self._filter_large_parts({partner: sum(of.mapped('amount')) for partner, of in lines.items()})


class CoopPayoutLine(models.Model):
    """Who writes a line of a payout has written the payout."""
    _inherit = 'coop.payout.line'

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.payout_id._keep_writer()
        return lines

    def write(self, vals):
        before = self.payout_id
        res = super().write(vals)
        if COUNTED_FIELDS & vals.keys():
            (before | self.payout_id)._keep_writer()
        return res

    def unlink(self):
        self.payout_id._keep_writer()
        return super().unlink()
