from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.producer_cooperative.models.account_move import OWNER_TOKEN

NUMBER_SEQUENCE = 'coop.membership'
#: What the register says of an admitted member; only the manager corrects it.
REGISTER_FIELDS = {'partner_id', 'company_id', 'date_joined', 'date_applied', 'category', 'category_date'}
#: States of somebody who was admitted and stands in the register.
ADMITTED_STATES = ('active', 'suspended', 'left')
MANAGER = 'producer_cooperative.group_coop_manager'
#: Who reads personal data (UU 27/2022 on personal data: need to know).
PERSONAL_DATA_GROUPS = 'producer_cooperative.group_coop_officer,producer_cooperative.group_coop_supervisor'
#: Who reads more of a member than number and state: neither the warehouse nor members on the portal. Managers are
#: officers, and accountants are cashiers.
STAFF_GROUPS = (
    'producer_cooperative.group_coop_officer,producer_cooperative.group_coop_cashier,'
    'producer_cooperative.group_coop_supervisor'
)


class CoopMembership(models.Model):
    """A partner's membership of one cooperative, from the application to the leaving."""
    _name = 'coop.membership'
    _inherit = ['coop.document.mixin', 'portal.mixin', 'mail.thread', 'mail.activity.mixin']
    _description = "Membership"
    _order = 'number, id'
    _rec_names_search = ['number', 'partner_id']
    _check_company_auto = True

    _transitions = {
        'candidate': ('active', 'rejected'),
        'rejected': ('candidate',),
        'active': ('suspended', 'left'),
        'suspended': ('active', 'left'),
        'left': (),
    }
    _guarded_fields = frozenset({
        'state', 'lock_version', 'date_left', 'leave_reason', 'date_suspended', 'suspend_reason', 'date_closed',
        'close_reason',
    })

    partner_id = fields.Many2one(
        comodel_name='res.partner', string="Member", required=True, index=True, check_company=True, tracking=True,
        ondelete='restrict', domain="[('parent_id', '=', False)]",
    )
    company_id = fields.Many2one(
        comodel_name='res.company', required=True, index=True, readonly=True, default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related='company_id.currency_id')
    number = fields.Char(
        string="Member Number", copy=False, tracking=True, index='trigram',
        help="Drawn at admission and never used again. Give it only when importing an existing register.",
    )
    state = fields.Selection(
        selection=[
            ('candidate', "Candidate"), ('rejected', "Not Admitted"), ('active', "Active"),
            ('suspended', "Suspended"), ('left', "Left"),
        ],
        default='candidate', required=True, copy=False, tracking=True, index=True,
    )
    date_applied = fields.Date(string="Applied On", default=fields.Date.context_today, required=True, tracking=True)
    date_joined = fields.Date(string="Joined On", copy=False, tracking=True)
    date_left = fields.Date(string="Left On", copy=False, readonly=True, tracking=True)
    leave_reason = fields.Selection(
        selection=[
            ('resigned', "Resigned"), ('deceased', "Deceased"), ('expelled', "Expelled"), ('moved', "Moved Away"),
        ],
        string="Reason for Leaving", copy=False, readonly=True, tracking=True,
    )
    producer_kind_ids = fields.Many2many(comodel_name='coop.producer.kind', string="Produces")
    identity_number = fields.Char(
        string="Identity Number (NIK KTP)", size=16, groups=PERSONAL_DATA_GROUPS, copy=False,
    )
    birth_place = fields.Char(groups=PERSONAL_DATA_GROUPS)
    birth_date = fields.Date(groups=PERSONAL_DATA_GROUPS)
    sex = fields.Selection(
        selection=[('female', "Female"), ('male', "Male")], groups=PERSONAL_DATA_GROUPS,
    )
    occupation = fields.Char(groups=PERSONAL_DATA_GROUPS)
    street = fields.Char(related='partner_id.street')
    city = fields.Char(related='partner_id.city')
    phone = fields.Char(related='partner_id.phone')
    note = fields.Html(string="Remarks")

    _number_uniq = models.Constraint(
        'UNIQUE (company_id, number)', "This member number was given before; a number is never used again.",
    )
    _one_current = models.UniqueIndex(
        "(partner_id, company_id) WHERE state != 'left'", "This partner already has a membership of this cooperative.",
    )

    # === COMPUTE METHODS === #

    @api.depends('number', 'partner_id')
    def _compute_display_name(self):
        for membership in self:
            parts = (membership.number, membership.partner_id.display_name)
            membership.display_name = " ".join(part for part in parts if part)

    def _compute_access_url(self):
        super()._compute_access_url()
        for membership in self:
            membership.access_url = '/my/membership'

    # === CONSTRAINT METHODS === #

    @api.constrains('partner_id')
    def _check_partner(self):
        for membership in self:
            partner = membership.partner_id
            if partner.commercial_partner_id != partner:
                raise ValidationError(self.env._(
                    "%(contact)s is a contact of %(company)s. Make %(company)s the member instead: entries and goods"
                    " are kept under the main partner.",
                    contact=partner.display_name, company=partner.commercial_partner_id.display_name,
                ))

    @api.constrains('state', 'number', 'date_joined', 'date_applied', 'date_left')
    def _check_admitted(self):
        for membership in self:
            admitted = membership.state in ADMITTED_STATES
            if admitted and not (membership.number and membership.date_joined):
                raise ValidationError(self.env._(
                    "%s has been admitted: the member number and the date of joining cannot be empty.",
                    membership.display_name,
                ))
            if admitted and membership.date_left and membership.date_left < membership.date_joined:
                raise ValidationError(self.env._("%s cannot leave before joining.", membership.display_name))

    @api.constrains('identity_number')
    def _check_identity_number(self):
        for membership in self.sudo():  # sudo: the number is hidden from some who may write other fields
            number = membership.identity_number
            if number and not (len(number) == 16 and number.isdigit()):
                raise ValidationError(self.env._("An identity number (NIK KTP) has 16 digits."))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get('number') and vals.get('date_joined'):
                vals.setdefault('date_applied', vals['date_joined'])
        memberships = super().create(vals_list)
        if any(memberships.mapped('number')):
            self._check_user_is(MANAGER)
        # An imported register brings numbers and dates: these members were admitted long ago.
        admitted = memberships.filtered(lambda m: m.state == 'candidate' and m.number and m.date_joined)
        admitted._check_admitted_before_today()
        admitted._update_state('active')
        return memberships

    def write(self, vals):
        if 'number' in vals or (REGISTER_FIELDS & vals.keys() and any(self.mapped('number'))):
            self._check_user_is(MANAGER)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_admitted(self):
        admitted = self.filtered(lambda membership: membership.state in ADMITTED_STATES)
        if admitted and self.env.context.get('coop_owner_token') is not OWNER_TOKEN:
            raise UserError(self.env._(
                "%s was admitted and stays in the register. A member who goes is recorded as having left.",
                admitted[0].display_name,
            ))

    # === ACTIONS === #

    def action_admit(self):
        """Admit the candidates: check what is missing, draw their numbers, enter them in the register.

        Members who are admitted already stay as they are.

        :raises AccessError: for anybody but the manager.
        :raises UserError: naming each savings type that is not paid in yet.
        """
        self._check_user_is(MANAGER)
        candidates = self.filtered(lambda membership: membership.state == 'candidate')
        candidates._queue_up()
        candidates._check_can_be_admitted()
        for membership in candidates.sorted('id'):
            membership._update_state('active', **membership._prepare_admission_values())

    # === BUSINESS METHODS - ADMISSION === #

    def _check_admitted_before_today(self):
        """Refuse members of today who come in with a number: that is for registers, where nothing is paid in anew.

        :raises UserError: saying to admit them.
        """
        today = fields.Date.context_today(self)
        for membership in self:
            if membership.date_joined >= today:
                raise UserError(self.env._(
                    "%s joins today or later. A number is given by hand only to who was admitted before; leave it"
                    " out, take in the savings, and press “Admit”.", membership.display_name,
                ))

    def _check_can_be_admitted(self):
        for membership in self:
            missing = membership._admission_error_message()
            if missing:
                raise UserError(missing)

    def _admission_error_message(self):
        """Return what still stands in the way of admission, or an empty text.

        For a room to ask for more, it must override this method.
        """
        self.ensure_one()
        return ""

    def _prepare_admission_values(self):
        """Return what is written when the member is admitted."""
        self.ensure_one()
        date = self.date_joined or fields.Date.context_today(self)
        return {'date_joined': date, 'number': self.number or self._draw_number(date)}

    def _draw_number(self, date):
        """Return the next free number; numbers that were imported or given by hand are passed over."""
        self.ensure_one()
        while True:
            number = self.company_id._next_coop_number(NUMBER_SEQUENCE, prefix='', date=date)
            if not self._find_number_holders([number], self.company_id):
                return number

    # === BUSINESS METHODS - WHO IS A MEMBER === #

    @api.model
    def _get_in_force(self, partners, companies):
        """Return the memberships, past ones too, of these commercial partners in these companies, newest first."""
        if not partners or not companies:
            return self.browse()
        return self.search([
            ('partner_id', 'in', partners.ids), ('company_id', 'in', companies.ids),
            ('state', 'in', ADMITTED_STATES),
        ], order='date_joined DESC, id DESC')

    def _is_member_on(self, date):
        """Whether the membership was in force on ``date``: joined by then and not yet left. Candidates are none."""
        self.ensure_one()
        return bool(
            self.state in ADMITTED_STATES and self.date_joined and self.date_joined <= date
            and (not self.date_left or date < self.date_left)
        )
