from odoo import fields, models

from odoo.addons.producer_cooperative.reports.people_table import PeopleTable
from odoo.addons.producer_cooperative.tools.report_table import Column, Report, Table


class CoopMembershipRegister(models.TransientModel):
    """The register of members (Buku Daftar Anggota) as it stood on a day, in the columns that the agency asks for."""
    _name = 'coop.membership.register'
    _inherit = ['coop.report.mixin']
    _description = "Register of Members"

    _report_action = 'producer_cooperative.coop_membership_register_action_report'
    _report_landscape = True

    date = fields.Date(string="As Of", required=True, default=fields.Date.context_today)
    scope = fields.Selection(
        selection=[('members', "Members"), ('left', "Former members"), ('all', "Everybody ever admitted")],
        string="Who", required=True, default='all',
    )
    with_personal_data = fields.Boolean(
        string="With Identity Numbers", default=True,
        help="Identity number, birth and occupation. Leave them out of copies that everybody may see (UU 27/2022).",
    )

    # === BUSINESS METHODS === #

    def _is_answerable(self):
        return super()._is_answerable() and bool(self.date and self.scope)

    def _get_report(self):
        memberships = self._get_memberships()
        report = Report(
            title=self.env._("Register of Members"), subtitles=self._get_subtitles(),
            signatures=[self.env._("Secretary"), self.env._("Chair")],
        )
        report.tables = [self._get_register_table(memberships), self._get_count_table(memberships)]
        return report

    def _get_subtitles(self):
        scope = dict(self._fields['scope']._description_selection(self.env))[self.scope]
        day = fields.Date.to_date(self.date)
        return [self.env._("As of %s", self._format_date(day)), scope]

    def _get_memberships(self):
        """Return the memberships that the register shows, in the order of their numbers."""
        self.ensure_one()
        memberships = self.env['coop.membership']._search_admitted(self.company_id, self.date)
        if self.scope != 'all':
            memberships = memberships.filtered(
                lambda membership: membership._is_member_on(self.date) == (self.scope == 'members'),
            )
        return memberships.sorted(lambda membership: membership._get_rank())

    def _shows_personal_data(self):
        return self.with_personal_data and self.env['coop.membership']._may_read_personal_data()

    def _get_columns(self):
        _ = self.env._
        columns = [
            Column('serial', _("No."), 'integer', 4), Column('number', _("Member Number"), width=9),
            Column('name', _("Name"), width=18),
        ]
        if self._shows_personal_data():
            columns += [
                Column('identity_number', _("NIK KTP"), width=14),
                Column('birth', _("Place and Date of Birth"), width=14),
                Column('sex', _("Sex"), width=7), Column('occupation', _("Occupation"), width=10),
            ]
        return columns + [
            Column('address', _("Address"), width=20), Column('date_joined', _("Date In"), 'date', 9),
            Column('signature', _("Signature"), 'blank', 10),
            Column('chair_signature', _("Chair's Signature"), 'blank', 10),
            Column('date_left', _("Date Out"), 'date', 9), Column('leave_reason', _("Reason Out"), width=9),
            Column('remarks', _("Remarks"), width=10),
        ]

    def _get_register_table(self, memberships):
        table = Table(self._get_columns(), title=self.env._("Register"))
        for serial, membership in enumerate(memberships, start=1):
            table.add(serial=serial, **self._prepare_row_values(membership))
        return table

    def _prepare_row_values(self, membership):
        """Return what the register says of one membership on its day: who left later had not left then."""
        left = membership.date_left and membership.date_left <= self.date
        values = {
            'number': membership.number,
            'name': membership.partner_id.name,
            'address': membership._get_address_line(),
            'date_joined': membership.date_joined,
            'date_left': membership.date_left if left else None,
            'leave_reason': self._get_label(membership, 'leave_reason') if left else '',
            'remarks': self._get_remarks(membership, left),
        }
        if self._shows_personal_data():
            birth_date = membership.birth_date and self._format_date(membership.birth_date)
            values.update({
                'identity_number': membership.identity_number,
                'birth': ", ".join(part for part in (membership.birth_place, birth_date) if part),
                'sex': self._get_label(membership, 'sex') or (
                    self.env._("Organisation") if membership.is_organisation else ''
                ),
                'occupation': membership.occupation or ", ".join(membership.producer_kind_ids.mapped('name')),
            })
        return values

    def _get_remarks(self, membership, left):
        """Return the remark beside a membership. For a room to have more to say, it must override this method."""
        remarks = []
        if membership._get_category_on(self.date) == 'associate':
            remarks.append(dict(membership._fields['category']._description_selection(self.env))['associate'])
        if membership.state == 'suspended' and not left and (membership.date_suspended or self.date) <= self.date:
            remarks.append(self._get_label(membership, 'state'))
        return ", ".join(remarks)

    def _get_count_table(self, memberships):
        """Return how many they are, women and men apart, as the agency asks; organisations have no sex."""
        _ = self.env._
        table = PeopleTable(memberships, _("Status"))
        current = memberships.filtered(lambda membership: membership._is_member_on(self.date))
        parts = {_("Members"): current, _("Former members"): memberships - current, **self._get_breakdown(current)}
        for label, part in parts.items():
            table.add_count(label, part)
        return table

    def _get_breakdown(self, members):
        """Return ``{label: memberships}`` that the summary counts beside the members as a whole."""
        by_category = members.grouped(lambda membership: membership._get_category_on(self.date))
        labels = dict(members._fields['category']._description_selection(self.env))
        parts = {label: by_category[key] for key, label in labels.items() if len(by_category) > 1}
        parts |= {
            kind.name: members.filtered(lambda m, kind=kind: kind in m.producer_kind_ids)
            for kind in members.producer_kind_ids
        }
        return {self.env._("of whom: %s", label): part for label, part in parts.items()}
