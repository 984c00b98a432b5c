import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

#: What the heads of the papers say of the cooperative.
IDENTITY_FIELDS = ('coop_legal_number', 'coop_legal_date', 'coop_nik', 'coop_nib')
#: How many digits the Nomor Induk Koperasi of the ministry's register has, and the NIB of the business licence (OSS).
DIGITS = {'coop_nik': 13, 'coop_nib': 13}


class ResCompany(models.Model):
    """Who the cooperative is before the law; it stands at the head of its papers."""
    _inherit = 'res.company'

    coop_legal_number = fields.Char(
        string="Legal Entity Number", copy=False,
        help="Number of the decree that made the cooperative a legal entity (nomor badan hukum), e.g."
             " AHU-0001234.AH.01.29.TAHUN 2023 or 518/123/BH/XVI.7/2008.",
    )
    coop_legal_date = fields.Date(string="Legal Entity Since", copy=False, help="Date of the decree.")
    coop_nik = fields.Char(
        string="NIK Koperasi", copy=False, help="13 digits, from the ministry's register of cooperatives (ODS).",
    )
    coop_nib = fields.Char(string="NIB", copy=False, help="Business identification number (OSS), 13 digits.")

    # === CONSTRAINT METHODS === #

    @api.constrains('coop_nik', 'coop_nib')
    def _check_coop_digits(self):
        for company in self:
            for name, count in DIGITS.items():
                number = company[name]
                if number and not re.fullmatch(rf'\d{{{count}}}', number):
                    raise ValidationError(self.env._(
                        "%(field)s has %(count)s digits and nothing else; “%(number)s” has %(found)s. Look at the"
                        " certificate.", field=company._fields[name]._description_string(self.env), count=count,
                        number=number, found=len(re.sub(r'\D', '', number)),
                    ))

    @api.constrains('coop_legal_number', 'coop_legal_date')
    def _check_coop_legal(self):
        for company in self:
            number = company.coop_legal_number
            if number and (len(number) < 5 or not re.search(r'\d', number)):
                raise ValidationError(self.env._(
                    "“%s” is no number of a legal entity. Copy it from the decree, with its letters and strokes.",
                    number,
                ))
            if company.coop_legal_date and company.coop_legal_date > fields.Date.context_today(self):
                raise ValidationError(self.env._("A legal entity is not made in the future: correct the date."))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._normalise_coop_identity(vals)
        return super().create(vals_list)

    def write(self, vals):
        vals = dict(vals)
        self._normalise_coop_identity(vals)
        return super().write(vals)

    # === BUSINESS METHODS === #

    def _coop_get_heading(self):
        company = self.sudo()  # sudo: what stands on every paper
        lines = super()._coop_get_heading()
        if company.coop_legal_number:
            lines = [line for line in lines if not company.company_registry or company.company_registry not in line]
            lines.append(self.env._(
                "Legal entity No. %(number)s of %(date)s", number=company.coop_legal_number,
                date=format_date(self.env, company.coop_legal_date, date_format='d MMMM y'),
            ) if company.coop_legal_date else self.env._("Legal entity No. %s", company.coop_legal_number))
        labelled = (("NIK Koperasi", company.coop_nik), ("NIB", company.coop_nib))
        numbers = [f"{label} {number}" for label, number in labelled if number]
        return [*lines, " · ".join(numbers)] if numbers else lines

    @api.model
    def _normalise_coop_identity(self, vals):
        """Take blanks, dots and dashes out of the numbers, as people copy them from certificates."""
        for name in DIGITS:
            if vals.get(name):
                vals[name] = re.sub(r'[\s.\-]', '', vals[name])
        if vals.get('coop_legal_number'):
            vals['coop_legal_number'] = " ".join(vals['coop_legal_number'].split())
