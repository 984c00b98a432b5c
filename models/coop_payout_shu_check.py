from odoo import models
from odoo.exceptions import UserError


class CoopPayoutLine(models.Model):
    """SHU is paid as the member chose, whoever put it on the payout."""
    _inherit = 'coop.payout.line'

    # === BUSINESS METHODS === #

    def _check_still_open(self):
        super()._check_still_open()
        for payout, lines in self.grouped('payout_id').items():
            lines._check_choices(payout)

    def _check_choices(self, payout):
        """Refuse SHU that its member wants paid another way, that waits for more, or that debts come before.

        The choice may have changed since the payout was written, and lines can be typed in.

        :raises UserError: naming the member and what to do.
        """
        # By what is paid, and not by what the lines name: a line may name nothing.
        # sudo: officers and cashiers read no journal items
        member_lines = self.env['coop.shu.member.line'].sudo().search([
            ('payable_line_id', 'in', self.sudo().payable_line_id.ids),
        ])
        choices = payout._get_choices_paid()
        for line in member_lines:
            if line.payout_method not in choices:
                labels = dict(line._fields['payout_method']._description_selection(self.env))
                raise UserError(self.env._(
                    "%(member)s wants this SHU as “%(choice)s”, and the payout pays it as “%(method)s”. Take the line"
                    " off the payout, or note the new choice on the member's SHU.",
                    member=line.membership_id.display_name, choice=labels[line.payout_method],
                    method=labels[payout.method],
                ))
        _paid, waiting = member_lines._split_by_minimum()
        for line in waiting[:1]:
            raise UserError(self.env._(
                "%(member)s is owed less SHU than the least payout of the rule, and it waits for the next year. Take"
                " the line off the payout.", member=line.membership_id.display_name,
            ))
        if payout.method != 'cash':  # consents are checked with the debts themselves
            return
        _paid, held = payout._split_by_debts(member_lines)
        for line in held[:1]:
            raise UserError(self.env._(
                "%(member)s wants this SHU set off, and still owes the cooperative something. Take the line off the"
                " payout and set the debts off first; what is left can then be paid in cash.",
                member=line.membership_id.display_name,
            ))
