from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from odoo.addons.producer_cooperative.models.coop_payout_shu import ALLOCATION

#: What says who is paid and how; whoever changed it last does not post it. The cash box is chosen by whoever pays.
PREPARED_FIELDS = {'way', 'savings_type_id', 'line_ids', 'set_off_early'}
LINE_FIELDS = {'payout_id', 'settlement_id', 'shu_line_id', 'payable_line_id', 'partner_bank_id', 'amount'}


class CoopPayout(models.Model):
    """SHU is paid by two people: one writes the payout, another posts it."""
    _inherit = 'coop.payout'

    prepared_by_id = fields.Many2one(
        comodel_name='res.users', readonly=True, copy=False, index='btree_not_null', ondelete='restrict',
        help="Who wrote it, or changed last who is paid and how; much SHU is posted by another user.",
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        payouts = super().create(vals_list)
        payouts._note_preparer()
        return payouts

    def write(self, vals):
        res = super().write(vals)
        if PREPARED_FIELDS & vals.keys():
            self._note_preparer()
        return res

    def _note_preparer(self):
        self.sudo().write({'prepared_by_id': self.env.uid})  # sudo: guarded; whoever changes what is paid

    # === BUSINESS METHODS === #

    def _check_complete(self):
        super()._check_complete()
        self._check_four_eyes()

    def _check_four_eyes(self):
        """Refuse to let one person alone write and post much SHU."""
        self._check_shu_by_two()

    def _get_shu_paid(self):
        # By what is paid, and not by what the lines name: a line may name nothing.
        # sudo: officers and cashiers read no journal items
        of_shu = self.sudo().line_ids.filtered(
            lambda line: line.payable_line_id.move_id.coop_source_model == ALLOCATION,
        )
        return sum(of_shu.mapped('amount'))


class CoopCashMixin(models.AbstractModel):
    """Much SHU is paid by two people, whichever document pays it."""
    _inherit = 'coop.cash.mixin'

    # === BUSINESS METHODS === #

    def _get_shu_paid(self):
        """Return how much SHU the document pays. Each document that pays SHU must override this method."""
        self.ensure_one()
        return 0.0

    def _pays_own_shu(self):
        """Whether the document pays more SHU than one person may pay alone, and the user wrote it."""
        self.ensure_one()
        # Work of the system itself has no second person.
        return not self.env.su and self.prepared_by_id == self.env.user and self.currency_id.compare_amounts(
            # sudo: a setting that concerns everybody who pays
            self._get_shu_paid(), self.company_id.sudo().coop_shu_payout_limit,
        ) > 0

    def _needs_two_for_shu(self):
        """Whether the SHU that the document pays needs somebody else, who posts or approves it."""
        self.ensure_one()
        # sudo: a setting that concerns everybody who pays
        return self.company_id.sudo().coop_shu_four_eyes and self._pays_own_shu()

    def _check_shu_by_two(self):
        """Refuse to let one person alone write and post much SHU; where that is allowed, keep it in the chatter.

        :raises UserError: naming the user and the limit.
        """
        self.ensure_one()
        if not self._pays_own_shu() or self._get_valid_approval():
            return
        company = self.company_id.sudo()  # sudo: settings that concern everybody who pays
        if company.coop_shu_four_eyes:
            raise UserError(self.env._(
                "%(user)s wrote %(payout)s or changed it last, and it pays SHU of %(amount)s. One person alone pays up"
                " to %(limit)s: ask somebody else to look it through and post it, or press “Ask for Approval”.",
                user=self.env.user.name, payout=self.display_name,
                amount=format_amount(self.env, self._get_shu_paid(), self.currency_id),
                limit=format_amount(self.env, company.coop_shu_payout_limit, self.currency_id),
            ))
        self._message_log(body=self.env._(
            "%s wrote and posted this payout alone: two people are not required at present.", self.env.user.name,
        ))


class CoopPayoutLine(models.Model):
    """SHU is paid as the member chose, whoever put it on the payout."""
    _inherit = 'coop.payout.line'

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.payout_id._note_preparer()
        return lines

    def write(self, vals):
        payouts = self.payout_id
        res = super().write(vals)
        if LINE_FIELDS & vals.keys():
            (payouts | self.payout_id)._note_preparer()
        return res

    def unlink(self):
        payouts = self.payout_id
        res = super().unlink()
        payouts.exists()._note_preparer()
        return res

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
        # By what is paid, as above. sudo: officers and cashiers read no journal items
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
