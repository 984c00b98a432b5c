from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_date

#: How a member can say yes to a price.
CONSENT_KINDS = [
    ('signed', "Signed on paper"), ('spoken', "Spoken at the counter"), ('phone', "By telephone"),
    ('message', "In a message"),
]
#: Who said yes, when and how: another user than the one who wrote them down lowers the prices.
CONSENT_FIELDS = frozenset({'consent_by', 'consent_date', 'consent_kind', 'membership_id'})


class CoopConsignmentReduction(models.Model):
    """A lower asking price for goods that do not sell, with the member's consent: who gave it, when and how."""
    _name = 'coop.consignment.reduction'
    _inherit = ['coop.numbered.mixin', 'mail.thread', 'mail.activity.mixin']
    _description = "Price Reduction"
    _order = 'date DESC, id DESC'
    _check_company_auto = True
    _number_prefix = 'PHJ/%(range_year)s/'

    _transitions = {'draft': ('confirmed', 'cancelled'), 'confirmed': ('cancelled',), 'cancelled': ()}
    _guarded_fields = frozenset({
        'state', 'lock_version', 'name', 'cancel_reason', 'partner_id', 'noted_by_id', 'confirmed_by_id',
        'confirmed_on',
    })

    currency_id = fields.Many2one(related='company_id.currency_id')
    membership_id = fields.Many2one(
        comodel_name='coop.membership', string="Member", required=True, index=True, check_company=True, tracking=True,
        ondelete='restrict', domain="[('state', '!=', 'candidate')]",
    )
    partner_id = fields.Many2one(
        related='membership_id.partner_id', string="Owner", store=True, index=True, related_sudo=True,
    )
    date = fields.Date(required=True, default=fields.Date.context_today, copy=False, tracking=True)
    consent_by = fields.Char(
        string="Consent Given By", copy=False, tracking=True,
        help="The member, or whoever may speak for the member.",
    )
    consent_date = fields.Date(string="Consent Given On", copy=False, tracking=True)
    consent_kind = fields.Selection(
        selection=CONSENT_KINDS, string="Consent Given How", copy=False, tracking=True,
    )
    noted_by_id = fields.Many2one(
        comodel_name='res.users', string="Consent Noted By", readonly=True, copy=False, ondelete='restrict',
    )
    confirmed_by_id = fields.Many2one(
        comodel_name='res.users', string="Lowered By", readonly=True, copy=False, ondelete='restrict', tracking=True,
    )
    confirmed_on = fields.Datetime(readonly=True, copy=False)
    line_ids = fields.One2many(
        comodel_name='coop.consignment.reduction.line', inverse_name='reduction_id', string="Goods",
    )
    state = fields.Selection(
        selection=[('draft', "Draft"), ('confirmed', "Confirmed"), ('cancelled', "Cancelled")],
        default='draft', required=True, readonly=True, copy=False, tracking=True, index=True,
    )
    note = fields.Html(string="Remarks")

    # === COMPUTE METHODS === #

    @api.depends('name')
    def _compute_display_name(self):
        for reduction in self:
            reduction.display_name = reduction.name or self.env._("Draft Price Reduction")

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        reductions = super().create(vals_list)
        reductions._note_writer()
        return reductions

    def write(self, vals):
        frozen = {
            'membership_id', 'date', 'consent_by', 'consent_date', 'consent_kind', 'line_ids', 'company_id',
        } & vals.keys()
        if frozen and any(reduction.state != 'draft' for reduction in self):
            raise UserError(self._frozen_error_message())
        res = super().write(vals)
        if CONSENT_FIELDS & vals.keys():
            self._note_writer()
        return res

    def _note_writer(self):
        """Remember who wrote down the consent, or took it back, last."""
        self.sudo().noted_by_id = self.env.user  # sudo: a guarded field, set to nobody else than the writer

    # === ACTIONS === #

    def action_confirm(self):
        """Lower the asking prices, once somebody else than the writer agrees.

        What the cooperative owes for goods that it lets spoil goes by the asking price: one word is not enough.

        :raises UserError: when the consent is not noted, a price is not lower, the goods are not this member's, or
            whoever wrote the reduction confirms it.
        """
        self.check_access('write')  # whoever may not write is not told what is missing
        for reduction in self:
            reduction._queue_up()
            reduction._check_complete()
            reduction._check_other_user()
            number = reduction._draw_number()
            # sudo: the prices before are the document's own; nobody types them in
            for line in reduction.sudo().line_ids:
                line.price_before = line.consignment_line_id.price_now
            reduction._update_state(
                'confirmed', name=number, confirmed_by_id=self.env.uid, confirmed_on=fields.Datetime.now(),
            )
            reduction._note_on_member()

    # === BUSINESS METHODS === #

    @api.model
    def _create_for_unsold(self, unsold):
        """Return a draft with these unsold goods of one member; each intake slip line once."""
        unsold.owner_id.ensure_one()
        membership = self.env['coop.membership']._get_in_force(unsold.owner_id, unsold.company_id)[:1]
        return self.create({
            'membership_id': membership.id, 'company_id': unsold.company_id.id,
            'consent_by': unsold.owner_id.name,
            'line_ids': [
                Command.create({'consignment_line_id': line.id, 'price': line.price_now})
                for line in unsold.consignment_line_id
            ],
        })

    def _cancel_with_reason(self, reason):
        """Take a reduction back: the asking prices are what they were before it, or what a later one says."""
        for reduction in self:
            reduction._queue_up()
            reduction._update_state('cancelled', cancel_reason=reason)

    def _note_on_member(self):
        """Write the new prices into the member's record, in the member's language."""
        self.ensure_one()
        membership = self.sudo().membership_id  # sudo: a note on the owner of the goods, whoever lowers the price
        changes = self.sudo().with_context(lang=membership._get_notice_language()).line_ids
        env = changes.env
        membership._message_log(body=Markup("<p>%s</p><ul>%s</ul><p>%s</p>") % (
            env._("The asking prices of these goods were lowered (%s):", self.name),
            Markup().join(
                Markup("<li>%s</li>") % env._(
                    "%(goods)s: from %(before)s to %(now)s per %(unit)s",
                    goods=change.consignment_line_id.display_name, unit=change.uom_id.name,
                    before=change.currency_id.format(change.price_before),
                    now=change.currency_id.format(change.price),
                ) for change in changes
            ),
            env._(
                "%(person)s consented on %(date)s (%(how)s). If that is not so, please tell us at the counter.",
                person=self.consent_by, date=format_date(env, self.consent_date),
                how=dict(changes.reduction_id._fields['consent_kind']._description_selection(env))[self.consent_kind],
            ),
        ))

    def _frozen_error_message(self):
        return self.env._("A confirmed price reduction is not changed: cancel it and write a new one.")

    def _check_complete(self):
        self.ensure_one()
        if self.state != 'draft':
            raise UserError(self._state_error_message('confirmed'))
        self.company_id._coop_check_day_has_come(self.display_name, self.date)
        if not self.consent_by or not self.consent_date or not self.consent_kind:
            raise UserError(self.env._(
                "Note who of %s consented to the lower price, when, and how. Without consent the price stays.",
                self.partner_id.display_name,
            ))
        if self.consent_date > self.date:
            raise UserError(self.env._("The consent must be given before the price is lowered."))
        if not self.line_ids:
            raise UserError(self.env._("Add the goods whose price is lowered."))
        for line in self.line_ids:
            line._check_complete()

    def _check_other_user(self):
        """Refuse to confirm to whoever wrote the prices or the consent."""
        self.ensure_one()
        writers = self.create_uid | self.noted_by_id | self.line_ids.create_uid | self.line_ids.write_uid
        self._check_written_by_others(writers, self.env._(
            "You wrote this price reduction or the consent to it. Another user than you lowers the prices.",
        ))
