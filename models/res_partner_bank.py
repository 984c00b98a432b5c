from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain

from odoo.addons.producer_cooperative.models.account_move import OWNER_TOKEN

#: Who approves a member's account, and is asked to.
APPROVERS = ('producer_cooperative.group_coop_manager', 'producer_cooperative.group_coop_accountant')
APPROVAL_ACTIVITY = 'producer_cooperative.mail_activity_type_bank_approval'
#: What makes it another account: money would go elsewhere.
ACCOUNT_FIELDS = ('acc_number', 'acc_holder_name', 'bank_id', 'partner_id', 'clearing_number')
#: Who did what; only the account's own actions write it.
STAMPS = frozenset({
    'coop_changed_by_id', 'coop_changed_on', 'coop_approved_by_id', 'coop_approved_on', 'coop_approval',
    'coop_earlier_holder_ids',
})


class ResPartnerBank(models.Model):
    """Accounts of members are paid to only once somebody else than who entered them has approved them.

    Approval is Odoo's own trust in an account (``allow_out_payment``), with another rule for who may give it. Accounts
    of partners without a membership follow Odoo's rule alone. Bank accounts are personal data (UU 27/2022): the
    member's chatter shows the last four digits only.
    """
    _inherit = 'res.partner.bank'

    coop_is_member_account = fields.Boolean(
        string="Member's Account", compute='_compute_coop_is_member_account', store=True, index=True,
        help="The holder is, was or applies to be a member of a cooperative, is a contact below one, or is an heir who"
             " is still to be paid.",
    )
    coop_approval = fields.Selection(
        selection=[('to_approve', "To Approve"), ('approved', "Approved")],
        string="Approval", compute='_compute_coop_approval', search='_search_coop_approval',
    )
    coop_masked_number = fields.Char(
        string="Last Digits of the Account", compute='_compute_coop_masked_number',
        help="The last four digits of the account number.",
    )
    coop_membership_id = fields.Many2one(related='partner_id.coop_membership_id', string="Membership")
    coop_changed_by_id = fields.Many2one(
        comodel_name='res.users', string="Last Changed By", readonly=True, copy=False,
    )
    coop_changed_on = fields.Datetime(string="Last Changed On", readonly=True, copy=False)
    coop_approved_by_id = fields.Many2one(comodel_name='res.users', string="Approved By", readonly=True, copy=False)
    coop_approved_on = fields.Datetime(string="Approved On", readonly=True, copy=False)
    coop_earlier_holder_ids = fields.Many2many(
        comodel_name='res.partner', relation='coop_partner_bank_earlier_holder_rel', string="Earlier Holders",
        readonly=True, copy=False, help="The members whose account it was before.",
    )
    coop_may_approve = fields.Boolean(compute='_compute_coop_may_approve', export_string_translation=False)

    # === COMPUTE METHODS === #

    @api.depends(
        'partner_id.commercial_partner_id.coop_membership_ids', 'partner_id.coop_heir_ids.is_waiting',
        'partner_id.commercial_partner_id.coop_heir_ids.is_waiting',
    )
    def _compute_coop_is_member_account(self):
        for account in self:
            account.coop_is_member_account = bool(account.partner_id._coop_get_concerned_memberships())

    @api.depends('coop_is_member_account', 'allow_out_payment', 'coop_approved_by_id')
    def _compute_coop_approval(self):
        for account in self:
            approved = account.allow_out_payment and account.coop_approved_by_id
            account.coop_approval = account.coop_is_member_account and ('approved' if approved else 'to_approve')

    def _search_coop_approval(self, operator, value):
        if operator != 'in':
            return NotImplemented
        approved = Domain([('allow_out_payment', '=', True), ('coop_approved_by_id', '!=', False)])
        of_member = Domain('coop_is_member_account', '=', True)
        by_value = {'approved': of_member & approved, 'to_approve': of_member & ~approved, False: ~of_member}
        return Domain.OR(by_value[key] for key in value if key in by_value)

    @api.depends('sanitized_acc_number')
    def _compute_coop_masked_number(self):
        for account in self:
            account.coop_masked_number = _mask(account.sanitized_acc_number)

    @api.depends('coop_approval', 'coop_changed_by_id')
    @api.depends_context('uid')
    def _compute_coop_may_approve(self):
        for account in self:
            account.coop_may_approve = (
                account.coop_approval == 'to_approve' and not account._coop_approval_error_message()
            )

    def _compute_lock_trust_fields(self):
        """Let members' accounts be changed while they are trusted: the change takes the trust away."""
        super()._compute_lock_trust_fields()
        self.filtered('coop_is_member_account').lock_trust_fields = False

    def _check_allow_out_payment(self):
        """Leave the trust in members' accounts to their approval, which has checked who gives it."""
        if self.env.context.get('coop_owner_token') is not OWNER_TOKEN:
            super()._check_allow_out_payment()

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        now = fields.Datetime.now()
        default_id = self.env.context.get('default_partner_id')
        holder_ids = [vals.get('partner_id', default_id) for vals in vals_list]
        holders = self.env['res.partner'].browse(filter(None, holder_ids))
        members = holders.filtered(lambda holder: holder._coop_get_concerned_memberships())
        for vals, holder_id in zip(vals_list, holder_ids, strict=True):
            # Given to every account, so that nothing in the values or the context stands in for it.
            vals.update(
                coop_changed_by_id=self.env.uid, coop_changed_on=now, coop_approved_by_id=False, coop_approved_on=False,
                coop_earlier_holder_ids=False,
            )
            if holder_id in members.ids:
                vals['allow_out_payment'] = False
        accounts = super().create(vals_list)
        of_members = accounts.filtered('coop_is_member_account')
        # sudo: nobody trusts a member's account in the act of entering it, whatever the user's groups
        of_members.filtered('allow_out_payment').sudo()._coop_write({'allow_out_payment': False})
        of_members._coop_log_changes({})
        of_members._coop_ask_for_approval()
        return accounts

    def write(self, vals):
        if self.env.context.get('coop_owner_token') is OWNER_TOKEN:
            return super().write(vals)
        if STAMPS & vals.keys():
            raise AccessError(self.env._("These change only by entering and approving bank accounts."))
        of_members = self.filtered('coop_is_member_account')
        if 'allow_out_payment' in vals and of_members:
            before = {account: account._coop_get_account_values() for account in of_members}
            rest = {name: value for name, value in vals.items() if name != 'allow_out_payment'}
            if rest:
                of_members.write(rest)
            # An account that is changed in the same breath waits for approval, whatever was asked for.
            same = of_members.filtered(lambda account: not account._coop_is_changed(before[account]))
            same._coop_write_trust(vals['allow_out_payment'])
            return (self - of_members).write(vals) if self != of_members else True
        if of_members and of_members != self:
            return (self - of_members).write(vals) and of_members.write(vals)
        before = {account: account._coop_get_account_values() for account in self}
        res = super(ResPartnerBank, self._coop_without_partner_log(vals)).write(vals)
        changed = self.filtered(lambda account: account._coop_is_changed(before[account]))
        if changed:
            changed._coop_withdraw_trust(before)
        return res

    def unlink(self):
        """Archive members' accounts as Odoo does, without the account number in the partner's chatter."""
        of_members = self.filtered('coop_is_member_account')
        of_members.check_access('unlink')
        of_members.action_archive()
        others = self - of_members
        return super(ResPartnerBank, others).unlink() if others else True

    # === ACTIONS === #

    def action_coop_approve(self):
        """Approve members' bank accounts: money may be paid to them from now on.

        :raises UserError: for whoever entered or last changed the account, and for everybody who is neither manager
            nor accountant.
        """
        for account in self.filtered(lambda account: account.coop_approval == 'to_approve'):
            account.check_access('read')
            message = account._coop_approval_error_message()
            if message:
                raise UserError(message)
            # sudo: who approves was checked, and may not have Odoo's own right to trust accounts
            account.sudo()._coop_write({
                'allow_out_payment': True, 'coop_approved_by_id': self.env.uid,
                'coop_approved_on': fields.Datetime.now(),
            })
            alone = account._coop_get_last_changer() == self.env.user
            account._coop_log(self.env._(
                "Bank account %s approved for payouts by who entered it: two people are not required at present.",
                account.coop_masked_number,
            ) if alone else self.env._("Bank account %s approved for payouts.", account.coop_masked_number))
            # sudo: the reminders of the other approvers are done with as well
            account.sudo().activity_unlink([APPROVAL_ACTIVITY])

    def action_coop_withdraw_approval(self):
        """Stop payouts to members' bank accounts until they are approved again.

        :raises UserError: for everybody who is neither manager nor accountant.
        """
        for account in self.filtered(lambda account: account.coop_approval == 'approved'):
            account.check_access('read')
            if not account._coop_is_approver():
                raise UserError(account._coop_role_error_message())
            account._coop_write_untrusted({})
            account._coop_log(self.env._("Approval of bank account %s withdrawn.", account.coop_masked_number))
            account._coop_ask_for_approval()

    def action_coop_open(self):
        """Open the account with its whole number, its changes and its approval."""
        self.ensure_one()
        view = self.env.ref('account.view_partner_bank_form_inherit_account')
        return {**self._get_records_action(name=self.env._("Bank Account")), 'views': [(view.id, 'form')]}

    # === BUSINESS METHODS - WHO APPROVES === #

    @api.model
    def _coop_is_approver(self):
        return any(self.env.user.has_group(group) for group in APPROVERS)

    def _coop_get_last_changer(self):
        """Return who entered or last changed the account; accounts older than that record have their creator."""
        self.ensure_one()
        return self.coop_changed_by_id or self.create_uid

    def _coop_approval_error_message(self):
        """Say why this user cannot approve the account, or return an empty text."""
        self.ensure_one()
        if not self._coop_is_approver():
            return self._coop_role_error_message()
        companies = self.partner_id._coop_get_concerned_memberships().company_id
        two_needed = not companies or any(company._coop_needs_two_people('bank_account') for company in companies)
        if two_needed and self._coop_get_last_changer() == self.env.user:
            others = self._coop_get_approvers() - self.env.user
            return self.env._(
                "You entered or changed this account of %(member)s yourself: another manager or accountant approves"
                " it. Ask: %(users)s.",
                member=self.partner_id.display_name,
                users=", ".join(others.mapped('name')) or self.env._("nobody else has such a role yet"),
            )
        return ""

    def _coop_role_error_message(self):
        return self.env._(
            "Bank accounts of members are approved by a manager or an accountant. Ask: %s.",
            ", ".join(self._coop_get_approvers().mapped('name')) or self.env._("nobody has such a role yet"),
        )

    def _coop_get_approvers(self):
        """Return the managers and accountants of the companies that the accounts' holders are members of."""
        companies = self.partner_id._coop_get_concerned_memberships().company_id
        # sudo: who holds these roles, for whoever enters an account
        groups = self.env['res.groups'].sudo().browse([self.env.ref(group).id for group in APPROVERS])
        return groups.all_user_ids.filtered(
            lambda user: user.active and user.company_ids & companies and user.id != api.SUPERUSER_ID,
        ).sorted('name').with_env(self.env)

    # === BUSINESS METHODS - CHANGES === #

    def _coop_may_be_paid(self):
        """Whether money may go to this account: it is no member's, or it was approved."""
        self.ensure_one()
        return self.coop_approval != 'to_approve'

    def _coop_get_account_values(self):
        self.ensure_one()
        return {
            'of_member': self.coop_is_member_account, 'masked': self.coop_masked_number, 'active': self.active,
            'number': self.sanitized_acc_number, 'holder': self.acc_holder_name, 'bank': self.bank_id,
            'partner': self.partner_id, 'clearing': self.clearing_number or False,
        }

    def _coop_is_changed(self, before):
        """Whether the account is another one now than ``before``, or was taken back into use."""
        after = self._coop_get_account_values()
        return any(after[name] != value for name, value in before.items() if name not in ('of_member', 'masked'))

    def _coop_withdraw_trust(self, before):
        """Record who changed these accounts; members' accounts wait for approval again.

        :param before: ``{account: values}`` of :meth:`_coop_get_account_values` before the change.
        """
        archived = self.filtered(lambda account: before[account]['active'] and not account.active)
        of_members = self.filtered(lambda account: account.coop_is_member_account or before[account]['of_member'])
        for account in self:
            stamps = {'coop_changed_by_id': self.env.uid, 'coop_changed_on': fields.Datetime.now()}
            if before[account]['partner'] != account.partner_id:
                stamps['coop_earlier_holder_ids'] = [Command.link(before[account]['partner'].id)]
            if account in of_members:
                account._coop_write_untrusted(stamps)
            else:
                # sudo: stamps only, by whoever was allowed to change the account
                account.sudo()._coop_write({**stamps, 'coop_approved_by_id': False, 'coop_approved_on': False})
        of_members._coop_log_changes(before)
        archived.sudo().activity_unlink([APPROVAL_ACTIVITY])  # sudo: reminders of others
        (of_members - archived)._coop_ask_for_approval()

    def _coop_write_trust(self, trusted):
        """Write Odoo's own field as approval, so that its switch, imports and scripts follow the same rule."""
        if trusted:
            self.action_coop_approve()
        else:
            self.action_coop_withdraw_approval()

    def _coop_write_untrusted(self, values):
        # sudo: taking trust away is part of the change that the user was allowed to make
        self.sudo()._coop_write({
            'allow_out_payment': False, 'coop_approved_by_id': False, 'coop_approved_on': False, **values,
        })

    def _coop_write(self, vals):
        return self.with_context(coop_owner_token=OWNER_TOKEN).write(vals)

    @api.model
    def _coop_untrust_new_members(self, partners):
        """Let accounts wait for approval that were trusted before their holders had a membership."""
        # sudo: accounts of the new member, which the officer's rules may hide until now
        accounts = self.sudo().search([
            '|', ('partner_id', 'in', partners.ids), ('partner_id.commercial_partner_id', 'in', partners.ids),
            ('coop_approved_by_id', '=', False),
        ])
        accounts.filtered('allow_out_payment')._coop_write({'allow_out_payment': False})
        accounts._coop_ask_for_approval()

    # === BUSINESS METHODS - LOG AND REMINDERS === #

    def _coop_without_partner_log(self, vals):
        """Keep the whole number of a member's account out of the partner's chatter, which everybody may read."""
        partners = self.partner_id | self.env['res.partner'].browse(vals.get('partner_id'))
        if partners._coop_get_concerned_memberships():
            return self.with_context(coop_bank_log_token=OWNER_TOKEN)
        return self

    def _coop_log_changes(self, before):
        """Write into the chatter of the holders' memberships what became of these accounts."""
        for account in self:
            old = before.get(account)
            if not old:
                account._coop_log(self.env._("Bank account %s entered.", account._coop_describe()))
            elif old['active'] and not account.active:
                account._coop_log(self.env._("Bank account %s archived.", account.coop_masked_number))
            else:
                account._coop_log(
                    self.env._("Bank account changed; it waits for approval."), account._coop_list_changes(old),
                    old['partner'],
                )

    def _coop_describe(self):
        self.ensure_one()
        return ", ".join(filter(None, (self.coop_masked_number, self.bank_id.name, self.acc_holder_name)))

    def _coop_list_changes(self, old):
        """Return ``[(field label, old, new)]`` with masked numbers."""
        new = self._coop_get_account_values()
        labels = {
            'number': 'acc_number', 'holder': 'acc_holder_name', 'bank': 'bank_id', 'partner': 'partner_id',
            'clearing': 'clearing_number', 'active': 'active',
        }
        changes = []
        for name, field_name in labels.items():
            if old[name] != new[name]:
                label = self._fields[field_name]._description_string(self.env)
                changes.append((label, *(self._coop_show_value(name, values) for values in (old, new))))
        return changes

    def _coop_show_value(self, name, values):
        if name == 'number':
            return values['masked']
        if name == 'active':
            return self.env._("in use") if values['active'] else self.env._("archived")
        if name in ('bank', 'partner'):
            return values[name].display_name or ""
        return values[name] or ""

    def _coop_log(self, text, changes=(), other_partner=None):
        self.ensure_one()
        items = Markup().join(
            Markup("<li>%s: %s → %s</li>") % (label, old, new) for label, old, new in changes
        )
        body = Markup("<p>%s</p>") % text + (Markup("<ul>%s</ul>") % items if items else Markup())
        partners = self.partner_id | (other_partner or self.env['res.partner'])
        # The register of every company remembers it, also of one that this user does not work in.
        memberships = partners._coop_get_concerned_memberships()
        if memberships:
            memberships._message_log_batch(bodies={membership.id: body for membership in memberships})

    def _coop_ask_for_approval(self):
        """Remind the managers and accountants, except who made the change; once for each account."""
        for account in self.filtered('active'):
            # sudo: reminders are for other users
            account_sudo = account.sudo()
            reminded = account_sudo.activity_search([APPROVAL_ACTIVITY]).user_id
            changer = account._coop_get_last_changer()
            account_sudo.activity_unlink([APPROVAL_ACTIVITY], user_id=changer.id)
            for user in account._coop_get_approvers() - reminded - changer:
                account_sudo.activity_schedule(
                    APPROVAL_ACTIVITY, user_id=user.id, date_deadline=fields.Date.context_today(account),
                    summary=self.env._("Approve the bank account of %s", account.partner_id.display_name),
                )


def _mask(number):
    """Return an account number with all but its last four characters hidden; short ones are hidden whole."""
    number = number or ""
    return f"•••• {number[-4:]}" if len(number) > 6 else "••••"
