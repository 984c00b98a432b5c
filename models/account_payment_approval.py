from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import format_amount

#: What says who is paid how much, and where to.
WRITTEN_FIELDS = {
    'partner_id', 'amount', 'currency_id', 'payment_type', 'partner_bank_id', 'invoice_ids', 'date', 'company_id',
}
#: Who did what; kept by itself.
STAMPS = {'coop_written_by_ids', 'coop_alone_on', 'coop_alone_by_id'}


class AccountPayment(models.Model):
    """Large payments to members are for two people, whichever screen they are made on."""
    _inherit = 'account.payment'

    # Odoo's own note of who changed a payment last becomes that of whoever confirms it.
    coop_written_by_ids = fields.Many2many(
        comodel_name='res.users', relation='coop_account_payment_written_by_rel', string="Written By", readonly=True,
        copy=False, groups='base.group_user', help="Everybody who wrote the draft or changed who is paid how much.",
    )
    coop_alone_on = fields.Datetime(
        string="By One Person Alone", readonly=True, copy=False, groups='base.group_user',
        help="When the same person who wrote the payment to a member confirmed it.",
    )
    coop_alone_by_id = fields.Many2one(
        comodel_name='res.users', readonly=True, copy=False, groups='base.group_user', export_string_translation=False,
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._coop_check_writers_not_forged(vals)
        writer = [Command.link(self.env.uid)]
        return super().create([{**vals, 'coop_written_by_ids': writer} for vals in vals_list])

    def write(self, vals):
        self._coop_check_writers_not_forged(vals)
        if WRITTEN_FIELDS & vals.keys():
            self._coop_keep_writer(vals)
        return super().write(vals)

    # === BUSINESS METHODS === #

    def _coop_check_writers_not_forged(self, vals):
        if STAMPS & vals.keys() and not self.env.su:
            raise AccessError(self.env._("Who wrote a payment is kept by itself."))

    def _coop_keep_writer(self, vals):
        """Keep that the user changes what counts in these drafts; a window sends what it shows, changed or not."""
        # sudo: a stamp of our own, which nobody chooses
        drafts = self.sudo().filtered(
            lambda payment: payment.state == 'draft' and self.env.user not in payment.coop_written_by_ids
            and payment._coop_changes_what_counts(vals),
        )
        if drafts:
            drafts.write({'coop_written_by_ids': [Command.link(self.env.uid)]})

    def _coop_changes_what_counts(self, vals):
        self.ensure_one()
        for name in WRITTEN_FIELDS & vals.keys():
            field = self._fields[name]
            if field.type == 'many2many' or (
                field.convert_to_cache(vals[name], self) != field.convert_to_cache(self[name], self)
            ):
                return True
        return False

    def _coop_check_recipient_account(self):
        super()._coop_check_recipient_account()
        self._coop_check_two_people()

    def _coop_check_two_people(self):
        """Refuse that who wrote a payment to a member, or changed its draft, confirms it, above the limit for payouts.

        :raises UserError: naming the member and the ways to pay.
        """
        if self.env.uid == SUPERUSER_ID:
            return
        # sudo: who wrote it
        mine = self.filtered(lambda payment: payment.payment_type == 'outbound' and self.env.user in (
            payment.create_uid | payment.sudo().coop_written_by_ids
        ))
        for company, payments in mine.grouped('company_id').items():
            limit = company._coop_get_approval_limit('payout')
            if not company.coop_is_cooperative or not limit:
                continue
            for payment in payments.filtered(lambda payment: payment._coop_pays_member()):
                # Several payments of one person to one member on one day count together.
                amount = payment._coop_get_company_amount() + company._coop_get_paid_alone(
                    payment.partner_id, payment.date, payment,
                )
                if limit._needs_two(amount):
                    raise UserError(self.env._(
                        "Above %(limit)s, two people are needed to pay %(member)s. Write a payout under Consignment or"
                        " SHU, which somebody else posts or approves, or let somebody else confirm a draft payment of"
                        " yours.", limit=format_amount(self.env, limit.amount, company.currency_id),
                        member=payment.partner_id.display_name,
                    ))
                # sudo: stamps of our own
                payment.sudo().write({'coop_alone_on': fields.Datetime.now(), 'coop_alone_by_id': self.env.uid})

    def _coop_get_company_amount(self):
        """Return what is paid, in the company's currency."""
        self.ensure_one()
        return self.currency_id._convert(self.amount, self.company_id.currency_id, self.company_id, self.date)
