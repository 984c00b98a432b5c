from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from odoo.addons.producer_cooperative.tools.ordering import natural_key

#: States of an allocation that nobody decided on: what it rests on may still change.
UNDECIDED_STATES = ('draft', 'computed', 'cancelled')
#: What makes a number one of its kind: one share, one member, one period.
KEY_FIELDS = ('share_id', 'membership_id', 'date_from', 'date_to')


class CoopShuBaseValue(models.Model):
    """What one member did in a period that no document shows: litres delivered to the dairy, hours worked."""
    _name = 'coop.shu.base.value'
    _inherit = ['coop.guard.mixin', 'mail.thread']
    _description = "Number Entered per Member"
    _order = 'date_to DESC, share_id, id'
    _rec_name = 'membership_id'
    _check_company_auto = True

    membership_id = fields.Many2one(
        comodel_name='coop.membership', string="Member", required=True, index=True, ondelete='restrict',
        check_company=True, domain="[('state', 'in', ('active', 'suspended', 'left'))]", tracking=True,
    )
    date_from = fields.Date(
        string="From", required=True, default=lambda self: self.env.company._coop_get_last_year()['date_from'],
    )
    date_to = fields.Date(
        string="To", required=True, default=lambda self: self.env.company._coop_get_last_year()['date_to'],
    )
    share_id = fields.Many2one(
        comodel_name='coop.shu.rule.share', required=True, index=True, ondelete='restrict',
        compute='_compute_share_id', store=True, readonly=False, precompute=True, domain="[('base', '=', 'imported')]",
        context={'coop_name_with_rule': True},
        help="The share of the surplus that goes by this number. Filled in where the rule in force has only one.",
    )
    rule_id = fields.Many2one(related='share_id.rule_id', string="SHU Rule", store=True, precompute=True, index=True)
    company_id = fields.Many2one(related='membership_id.company_id', store=True, precompute=True)
    quantity = fields.Float(string="Figure", required=True, digits=(16, 2), tracking=True)
    unit_name = fields.Char(related='share_id.unit_name')
    note = fields.Char(string="Remarks", help="Where the number comes from, e.g. the dairy's list.")

    _period_ok = models.Constraint('CHECK (date_to >= date_from)', "The period ends before it begins.")
    # Two people who import the same list at once are stopped here; ranges need no extension.
    _no_overlap = models.Constraint(
        "EXCLUDE USING gist (int4range(share_id, share_id, '[]') WITH &&,"
        " int4range(membership_id, membership_id, '[]') WITH &&, daterange(date_from, date_to, '[]') WITH &&)",
        "This member has a number for this share and period already. Change that one.",
    )

    # === COMPUTE METHODS === #

    @api.depends('membership_id', 'date_to')
    def _compute_share_id(self):
        for value in self:
            company = value.membership_id.company_id or self.env.company
            value.share_id = value.share_id or self._find_share(company, value.date_to)

    # === CONSTRAINT METHODS === #

    @api.constrains('quantity', 'share_id', 'membership_id', 'date_from', 'date_to')
    def _check_values(self):
        """Refuse numbers that cannot be shared by.

        :raises ValidationError: naming the member, for a number below zero, a share that goes by something else, a
            candidate, another cooperative's member, days of more than one year, or a number that was entered already.
        """
        years = {}  # the year of each day, worked out once for a list of thousands
        for value in self:
            key = value.company_id, value.date_to
            if key not in years:
                years[key] = value.company_id.compute_fiscalyear_dates(value.date_to)
            if value.date_from < years[key]['date_from']:
                # The year of the last day would get all of it.
                raise ValidationError(self.env._(
                    "%(member)s: %(first)s to %(last)s is more than one fiscal year. Enter one number for each year;"
                    " the last begins on %(start)s.",
                    member=value.membership_id.display_name, first=format_date(self.env, value.date_from),
                    last=format_date(self.env, value.date_to), start=format_date(self.env, years[key]['date_from']),
                ))
            if value.quantity < 0:
                raise ValidationError(self.env._(
                    "%(member)s: %(number)s is below zero. Enter what the member did, or leave the member out.",
                    member=value.membership_id.display_name, number=value.quantity,
                ))
            if value.share_id.base != 'imported':
                raise ValidationError(self.env._(
                    "“%s” does not go by a number entered per member. Choose another share, or have its base changed.",
                    value.share_id.name,
                ))
            if value.share_id.company_id != value.company_id:
                raise ValidationError(self.env._(
                    "%(member)s is a member of %(company)s, and “%(share)s” is a share of %(other)s.",
                    member=value.membership_id.display_name, company=value.company_id.name,
                    share=value.share_id.name, other=value.share_id.company_id.name,
                ))
            if not value.membership_id.date_joined:
                raise ValidationError(self.env._(
                    "%s is a candidate: numbers are entered for members.", value.membership_id.display_name,
                ))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._add_missing_default_values(vals) for vals in vals_list]
        found = {}  # the share of each day, looked up once for a list of thousands
        keys = [self._get_key(vals, found) for vals in vals_list]
        for share, member, _first, last in keys:
            if not share and member and last:
                raise UserError(self._missing_share_message(member.company_id, last))
        self._check_entered_once([(self.browse(), key) for key in keys])
        values = super().create([
            {**vals, 'share_id': share.id} for vals, (share, *_others) in zip(vals_list, keys, strict=True)
        ])
        values._check_not_decided()
        values._reset_computations()
        return values

    def write(self, vals):
        self._check_not_decided()
        if vals.keys() & set(KEY_FIELDS):
            self._check_entered_once([(value, value._get_key(vals)) for value in self])
        res = super().write(vals)
        self._check_not_decided()
        self._reset_computations()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        self._check_not_decided()
        self._reset_computations()

    # === BUSINESS METHODS === #

    @api.model
    def _find_share(self, company, date):
        """Return the share that goes by a number under the rule in force on ``date``; empty unless it is one."""
        shares = self._find_shares(company, date) if date else self.env['coop.shu.rule.share']
        return shares if len(shares) == 1 else shares.browse()

    @api.model
    def _find_shares(self, company, date):
        """Return all shares that go by a number under the rule in force on ``date``."""
        rule = self.env['coop.shu.rule']._get_in_force(company, date)
        return rule.share_ids.filtered(lambda share: share.base == 'imported')

    @api.model
    def _missing_share_message(self, company, date):
        """Return why a number belongs to no share, and what to do."""
        day, shares = format_date(self.env, date), self._find_shares(company, date)
        if shares:
            return self.env._(
                "The SHU rule in force on %(date)s has several shares that go by a number: %(shares)s. Say on each"
                " number which of them it is for, under “Share”.",
                date=day, shares=", ".join(shares.mapped('name')),
            )
        return self.env._(
            "No SHU rule in force on %s has a share that goes by a number entered per member. Have one made first: a"
            " share for members by patronage, by “A Number Entered per Member”.", day,
        )

    def _get_key(self, vals, found=None):
        """Return ``(share, member, first day, last day)`` as the number will have them once ``vals`` are written.

        :param found: shares that were found already, by company and day; filled in further.
        """
        found = {} if found is None else found
        member = self.env['coop.membership'].browse(vals.get('membership_id', self.membership_id.id) or [])
        first, last = (fields.Date.to_date(vals.get(name, self[name])) for name in ('date_from', 'date_to'))
        share = self.env['coop.shu.rule.share'].browse(vals.get('share_id', self.share_id.id) or [])
        company = member.company_id or self.env.company
        if not share and (company, last) not in found:
            found[company, last] = self._find_share(company, last)
        return share or found[company, last], member, first, last

    @api.model
    def _check_entered_once(self, rows):
        """Refuse a second number of the same member for days that have one, before the database does.

        :param rows: ``[(number or an empty recordset, its key)]``, see :meth:`_get_key`.
        :raises ValidationError: naming the member, the share and the days.
        """
        members = self.env['coop.membership'].union(*(key[1] for _value, key in rows))
        changed = self.union(*(value for value, _key in rows))
        others = self.search([('membership_id', 'in', members.ids), ('id', 'not in', changed.ids)])
        taken = [(value, value._get_key({})) for value in others]
        by_member = {}
        for _value, (share, member, first, last) in taken + rows:
            periods = by_member.setdefault((share, member), [])
            for other_first, other_last in periods if share and member and first and last else ():
                if other_first <= last and other_last >= first:
                    raise ValidationError(self.env._(
                        "%(member)s has a number for “%(share)s” from %(first)s to %(last)s already. Change that one"
                        " instead of entering another.",
                        member=member.display_name, share=share.name, first=format_date(self.env, other_first),
                        last=format_date(self.env, other_last),
                    ))
            periods.append((first, last))

    def _find_allocations(self, operator, states):
        """Return the allocations whose state is, or is not, among these, that share by any of these numbers."""
        if not self:
            return self.env['coop.shu.allocation']
        # sudo: which allocations rest on the number, whoever enters it
        allocations = self.env['coop.shu.allocation'].sudo().search([
            ('rule_id', 'in', self.rule_id.ids), ('state', operator, states),
            ('date_from', '<=', max(self.mapped('date_to'))), ('date_to', '>=', min(self.mapped('date_to'))),
        ])
        return allocations.filtered(lambda allocation: any(
            value.rule_id == allocation.rule_id and allocation.date_from <= value.date_to <= allocation.date_to
            for value in self
        ))

    def _check_not_decided(self):
        """Refuse to touch a number by which an approved surplus was shared.

        :raises UserError: naming the allocation.
        """
        allocations = self._find_allocations('not in', UNDECIDED_STATES)
        if allocations:
            raise UserError(self.env._(
                "%s is being computed or was approved; the numbers that it goes by stay. Cancel it first to change"
                " them.",
                allocations[0].display_name,
            ))

    def _reset_computations(self):
        self._find_allocations('in', ['computed'])._reset_computation()

    # === IMPORT === #

    @api.model
    def load(self, fields, data):
        """Load numbers, and leave out rows without one: the file to fill in names members who did nothing as well."""
        if 'quantity' not in fields:
            return super().load(fields, data)
        cells = [row[fields.index('quantity')] for row in data]
        kept = [
            number for number, cell in enumerate(cells) if cell is not None and cell is not False and str(cell).strip()
        ]
        if not kept:
            message = self.env._("No row has a number. Enter what each member did, and import the list again.")
            return {'ids': False, 'nextrow': 0, 'messages': [{'type': 'error', 'message': message}]}
        result = super().load(fields, [data[number] for number in kept])
        # What is told about a row is told about the row of the file.
        for message in result['messages']:
            if 'rows' in message:
                message['rows'] = {end: kept[number] for end, number in message['rows'].items()}
            if 'record' in message:
                message['record'] = kept[message['record']]
        if result.get('nextrow'):
            result['nextrow'] = kept[result['nextrow']]
        return result

    @api.model
    def get_import_templates(self):
        return [{
            'label': self.env._("Import Template with All Members"),
            'template': '/producer_cooperative/import_template/coop.shu.base.value',
        }]

    @api.model
    def _get_import_template(self):
        """Return ``(name, headers, rows)`` of the file to fill in: one row per member, the numbers left empty."""
        def label(name):
            return self._fields[name]._description_string(self.env)

        period = self.env.company._coop_get_last_year()
        members = self.env['coop.membership'].search([
            ('company_id', '=', self.env.company.id), ('date_joined', '<=', period['date_to']),
            ('state', 'in', ('active', 'suspended', 'left')),
            '|', ('date_left', '=', False), ('date_left', '>', period['date_from']),
        ]).sorted(lambda member: natural_key(member.number))
        headers = [
            (label('membership_id'), 'text', 20), (label('date_from'), 'date', 12), (label('date_to'), 'date', 12),
            (label('quantity'), 'amount', 16), (label('note'), 'text', 30),
        ]
        rows = [
            [member.number, period['date_from'], period['date_to'], None, member.partner_id.name] for member in members
        ]
        return self.env._("Numbers per Member"), headers, rows
