import re

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.producer_cooperative.models.coop_membership import MANAGER, NUMBER_SEQUENCE
from odoo.addons.producer_cooperative.tools.member_numbers import plain

#: Columns of an imported register that are kept on the member's contact.
CONTACT_FIELDS = {
    'partner_name': 'name', 'is_organisation': 'is_company', 'street': 'street', 'street2': 'street2', 'city': 'city',
    'zip': 'zip', 'phone': 'phone', 'email': 'email',
}
LEAVING_FIELDS = ('date_left', 'leave_reason')
#: What registers write for the sex, beside the labels: L(aki-laki) and P(erempuan), pria and wanita, m(ale), f(emale).
SEX_IN_REGISTERS = {
    'l': 'male', 'lk': 'male', 'laki': 'male', 'laki-laki': 'male', 'pria': 'male', 'm': 'male',
    'p': 'female', 'pr': 'female', 'perempuan': 'female', 'wanita': 'female', 'w': 'female', 'f': 'female',
}
#: A spreadsheet keeps 15 digits of a number; from so many identity numbers that all end in 0 on, that is no chance.
SUSPICIOUS_ZEROS = 4
#: Numbers of more digits than this are not continued by the sequence.
LONGEST_COUNTED = 9


class CoopMembership(models.Model):
    """Bringing in an existing register: one row makes the contact and the membership."""
    _inherit = 'coop.membership'

    partner_name = fields.Char(related='partner_id.name', string="Name", readonly=False)
    is_organisation = fields.Boolean(readonly=False)
    street = fields.Char(readonly=False)
    street2 = fields.Char(related='partner_id.street2', string="Village and District", readonly=False)
    city = fields.Char(readonly=False)
    zip = fields.Char(related='partner_id.zip', string="Postcode", readonly=False)
    phone = fields.Char(readonly=False)
    email = fields.Char(related='partner_id.email', readonly=False)
    # Open to an import of the register; everybody else is refused, see _guarded_fields.
    date_left = fields.Date(readonly=False)
    leave_reason = fields.Selection(readonly=False)

    _identity_number_uniq = models.UniqueIndex(
        "(company_id, identity_number) WHERE state != 'left' AND identity_number IS NOT NULL AND identity_number != ''",
        "A member with this identity number (NIK KTP) is in the register already.",
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [dict(vals) for vals in vals_list]
        self._create_contacts(vals_list)
        for vals in vals_list:
            self._normalise_identity_number(vals)
            for name in LEAVING_FIELDS:  # an empty cell is no date of leaving
                if name in vals and not vals[name]:
                    del vals[name]
        former = [index for index, vals in enumerate(vals_list) if self._is_former(vals)]
        others = [index for index in range(len(vals_list)) if index not in set(former)]
        created = super().create([vals_list[index] for index in others])
        created += self._create_former([vals_list[index] for index in former])
        order = {index: membership.id for index, membership in zip(others + former, created, strict=True)}
        memberships = self.browse(order[index] for index in range(len(vals_list)))
        memberships._advance_number_sequence()
        return memberships

    def write(self, vals):
        vals = dict(vals)
        self._normalise_identity_number(vals)
        return super().write(vals)

    # === IMPORT === #

    @api.model
    def get_import_templates(self):
        return [{
            'label': self.env._("Import Template for Members"),
            'template': '/producer_cooperative/import_template/coop.membership',
        }]

    @api.model
    def _get_import_template(self):
        """Return ``(name, headers, rows)`` of the file to fill in: labels in the user's language, three examples."""
        def label(name):
            return self._fields[name]._description_string(self.env)

        def choice(name, value):
            return dict(self._fields[name]._description_selection(self.env))[value]

        columns = [
            ('number', 'text', 12), ('partner_name', 'text', 26), ('is_organisation', 'text', 14),
            ('identity_number', 'text', 22), ('birth_place', 'text', 16), ('birth_date', 'date', 12),
            ('sex', 'text', 12), ('occupation', 'text', 16), ('street', 'text', 24), ('street2', 'text', 22),
            ('city', 'text', 16), ('phone', 'text', 16), ('producer_kind_ids', 'text', 18), ('category', 'text', 18),
            ('date_joined', 'date', 12), ('date_left', 'date', 12), ('leave_reason', 'text', 20),
        ]
        full = choice('category', 'full')
        kind = self.env['coop.producer.kind'].search([], limit=1)
        fisher = self.env.ref('producer_cooperative.kind_fisher', raise_if_not_found=False) or kind
        date = fields.Date.to_date
        rows = [
            ['00001', "Siti Aminah", '', '3513014107800001', "Probolinggo", date('1980-07-01'),
             choice('sex', 'female'), "Petani", "Dusun Krajan RT 2 RW 1", "Desa Sumberejo, Kec. Tongas", "Probolinggo",
             '081234567801', kind.name or '', full, date('2015-03-12'), None, ''],
            ['00002', "Budi Santoso", '', '3513011505750002', "Lumajang", date('1975-05-15'), choice('sex', 'male'),
             "Nelayan", "Jl. Pantai 7", "Desa Gili, Kec. Sumberasih", "Probolinggo", '', fisher.name or '', full,
             date('2016-01-04'), date('2024-06-30'), choice('leave_reason', 'moved')],
            ['00003', "Kelompok Tani Makmur", '1', '', '', None, '', '', "Jl. Raya Kraksaan 21", '', "Probolinggo",
             '081234567803', kind.name or '', full, date('2018-08-17'), None, ''],
        ]
        headers = [(label(name), kind, width) for name, kind, width in columns]
        return self.env._("Members"), headers, rows

    @api.model
    def load(self, fields, data):
        """Load a register. What stands in a row's way in the register itself is told for all rows at once.

        Nothing is loaded then: the rows that were in order come in together with the corrected ones.
        """
        data = self._read_sex_as_registers_write_it(fields, data)
        problems = self._get_import_problems(fields, data)
        if problems:
            return {'ids': False, 'nextrow': 0, 'messages': [
                {
                    'type': 'error', 'rows': {'from': row, 'to': row}, 'record': row, 'field': name, 'message': message,
                    'field_name': self._fields[name]._description_string(self.env),
                }
                for row, name, message in problems
            ]}
        return super().load(fields, data)

    @api.model
    def name_search(self, name='', domain=None, operator='ilike', limit=100):
        """Find exactly one member where exactly one is meant, as imports do: the number decides, then the full name.

        A name that several members have is found for none of them, so that no money goes to a namesake.
        """
        if operator != '=' or not name:
            return super().name_search(name, domain, operator, limit)
        text, domain = name.strip(), Domain(domain or Domain.TRUE)
        found = self.search(domain & Domain('number', '=', text))
        if not found:
            ids = [member_id for member_id, _name in super().name_search(text, domain, operator, limit)]
            namesakes = self.browse(ids) or self._search_number_and_name(text, domain)
            found = namesakes.filtered(lambda membership: membership.state != 'left') or namesakes
        return [(membership.id, membership.display_name) for membership in found if len(found) == 1]

    def _search_number_and_name(self, text, domain):
        """Find "00012 Siti Aminah", which is how a member stands in an exported file."""
        return self.search(domain & Domain('number', '=', text.split(' ', 1)[0])).filtered(
            lambda membership: membership.display_name == text,
        )

    # === BUSINESS METHODS - NEW CONTACTS === #

    def _create_contacts(self, vals_list):
        """Create a contact for every row that names none: two members called Siti are two persons."""
        rows = [
            vals for vals in vals_list
            if vals.get('partner_name') and not vals.get('partner_id', self.env.context.get('default_partner_id'))
        ]
        partners = self.env['res.partner'].create([self._prepare_contact_values(vals) for vals in rows])
        for vals, partner in zip(rows, partners, strict=True):
            vals['partner_id'] = partner.id
            for column in CONTACT_FIELDS:
                vals.pop(column, None)

    def _prepare_contact_values(self, vals):
        """Return the contact that a row describes; it lives in the country of the cooperative."""
        company = self.env['res.company'].browse(vals.get('company_id')) or self.env.company
        return {
            'country_id': company.country_id.id,
            # Odoo's own default is the language that the database was made in.
            'lang': self.env.lang or self.env.user.lang,
            **{name: vals[column] for column, name in CONTACT_FIELDS.items() if vals.get(column)},
        }

    # === BUSINESS METHODS - FORMER MEMBERS === #

    def _is_former(self, vals):
        """Whether a row of a register is about somebody who has left.

        :raises UserError: when it does not say enough for that.
        """
        if 'state' in vals or not any(vals.get(name) for name in LEAVING_FIELDS):
            return False
        needed = ('number', 'date_joined', *LEAVING_FIELDS)
        missing = [self._fields[name]._description_string(self.env) for name in needed if not vals.get(name)]
        if missing:
            raise UserError(self.env._(
                "Somebody who left long ago comes into the register with the number, both dates and the reason."
                " Missing: %s.", ", ".join(missing),
            ))
        if fields.Date.to_date(vals['date_left']) > fields.Date.context_today(self):
            raise UserError(self.env._("The date of leaving is in the future; let the member leave on that day."))
        return True

    def _create_former(self, vals_list):
        """Enter members who left before the register was brought in."""
        if not vals_list:
            return self.browse()
        self._check_user_is(MANAGER)
        allowed = set(LEAVING_FIELDS)
        for vals in vals_list:
            self._check_not_forged({name: value for name, value in vals.items() if name not in allowed})
        # sudo: only the manager, and only with the state that the row's own dates mean
        former = super(CoopMembership, self.sudo()).create([  # pylint: disable=super-method-mismatch; called by create
            {'date_applied': vals['date_joined'], **vals, 'state': 'left'} for vals in vals_list
        ]).sudo(self.env.su)
        former.check_access('create')
        return former

    # === BUSINESS METHODS - NUMBERS === #

    def _advance_number_sequence(self):
        """Let the next number drawn come after the highest one here: a gap below it is never filled.

        Only for numbers that members come into the register with. A number that is corrected later moves nothing, so
        that a slip of the finger does not either; drawing passes over it.
        """
        for company, memberships in self.filtered('number').grouped('company_id').items():
            sequence = company._get_coop_sequence(NUMBER_SEQUENCE, prefix='')
            prefix, suffix = sequence._get_prefix_suffix()
            numbers = [
                number.removeprefix(prefix).removesuffix(suffix) for number in memberships.mapped('number')
                if number.startswith(prefix) and number.endswith(suffix)
            ]
            # Longer ones carry a date or an identity number: nothing to count on from, and too large for a sequence.
            highest = max(
                (int(number) for number in numbers if number.isdecimal() and len(number) <= LONGEST_COUNTED), default=0,
            )
            if highest >= sequence.number_next_actual:
                sequence.number_next_actual = highest + 1

    # === BUSINESS METHODS - READING ROWS === #

    @api.model
    def _normalise_identity_number(self, vals):
        if vals.get('identity_number'):
            vals['identity_number'] = _digits(vals['identity_number'])

    @api.model
    def _read_sex_as_registers_write_it(self, names, data):
        if 'sex' not in names:
            return data
        index = names.index('sex')
        return [
            [
                SEX_IN_REGISTERS.get(str(cell).strip().lower().rstrip('.'), cell) if column == index else cell
                for column, cell in enumerate(row)
            ]
            for row in data
        ]

    def _get_import_problems(self, names, data):
        """Return ``[(row, field, message)]`` of what the register refuses, for new rows of the active company."""
        limit = self.env.context.get('_import_limit')
        rows = [
            (index, {name: str(cell or '').strip() for name, cell in zip(names, row, strict=False)})
            for index, row in enumerate(data[:limit] if limit else data)
        ]
        # Rows with an id change what is there; rows of another company meet the database's own constraints.
        rows = [(index, row) for index, row in rows if not any(row.get(name) for name in ('id', '.id', 'company_id'))]
        problems = []
        for find in (self._find_used_numbers, self._find_identity_numbers, self._find_partners, self._find_gaps):
            problems += find(rows)
        return sorted(problems, key=lambda problem: problem[0])

    def _find_used_numbers(self, rows):
        given = [row['number'] for _index, row in rows if row.get('number')]
        holders = self._find_number_holders(given, self.env.company)
        first = {}
        for index, row in rows:
            number = row.get('number')
            if not number:
                continue
            if plain(number) in holders:
                yield index, 'number', self._number_error_message(number, holders[plain(number)][0])
            elif plain(number) in first:
                yield index, 'number', self.env._(
                    "The number %(number)s stands in row %(row)s of the file already.",
                    number=number, row=first[plain(number)] + 1,
                )
            first.setdefault(plain(number), index)

    def _find_identity_numbers(self, rows):
        given = {index: _digits(row['identity_number']) for index, row in rows if row.get('identity_number')}
        # sudo: only for who imports identity numbers; whoever does so finds out that one exists from the refusal anyway
        holders = self.sudo().search([
            ('company_id', '=', self.env.company.id), ('state', '!=', 'left'),
            ('identity_number', 'in', list(given.values())),
        ]).grouped('identity_number')
        cut = len(given) >= SUSPICIOUS_ZEROS and all(number.endswith('0') for number in given.values())
        former = {index for index, row in rows if row.get('date_left')}
        first = {}
        for index, number in given.items():
            if len(number) != 16 or not number.isdecimal():
                yield index, 'identity_number', self.env._(
                    "An identity number (NIK KTP) has 16 digits; “%s” is none.", number,
                )
            elif cut:
                yield index, 'identity_number', self.env._(
                    "All identity numbers end in 0: the spreadsheet cut off the last digit. Format the column as text"
                    " and enter them again.",
                )
            elif index in former:
                continue
            elif number in holders:
                yield index, 'identity_number', self.env._(
                    "%s has this identity number (NIK KTP) and is in the register already.",
                    holders[number].display_name,
                )
            elif number in first:
                yield index, 'identity_number', self.env._(
                    "This identity number (NIK KTP) stands in row %s of the file already.", first[number] + 1,
                )
            first.setdefault(number, index)

    def _find_partners(self, rows):
        first = {}
        for index, row in rows:
            column = next((name for name in ('partner_id', 'partner_id/id', 'partner_id/.id') if row.get(name)), None)
            if not column or row.get('date_left'):
                continue
            if row[column] in first:
                yield index, 'partner_id', self.env._(
                    "%(partner)s stands in row %(row)s of the file already: one contact, one membership.",
                    partner=row[column], row=first[row[column]] + 1,
                )
            first.setdefault(row[column], index)

    def _find_gaps(self, rows):
        for index, row in rows:
            if not any(row.get(name) for name in ('partner_name', 'partner_id', 'partner_id/id', 'partner_id/.id')):
                yield index, 'partner_name', self.env._("The row names nobody: fill in the name.")
            if row.get('number') and not row.get('date_joined'):
                yield index, 'date_joined', self.env._(
                    "Number %s has no date of joining. Look it up in the old register; without it nobody can say who"
                    " was a member when.", row['number'],
                )
            if row.get('date_joined') and self._is_still_to_come(row['date_joined']):
                yield index, 'date_joined', self.env._(
                    "Nobody joined on a day that is still to come: correct %s.", row['date_joined'],
                )

    def _is_still_to_come(self, text):
        """Whether a date of the file, as Odoo's import hands it over, is after today."""
        try:
            return fields.Date.to_date(text) > fields.Date.context_today(self)
        except ValueError:
            return False


def _digits(identity_number):
    """Return an identity number without the blanks, dots and dashes that people write into it."""
    return re.sub(r"[\s.\-']", '', str(identity_number))
