from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.producer_cooperative.models.coop_shu_allocation import FROZEN_STATES, UNDECIDED_STATES
from odoo.addons.producer_cooperative.tools.ordering import natural_key
from odoo.addons.producer_cooperative.tools.report_table import Column, Report, Table


class CoopShuMeetingTable(models.TransientModel):
    """The members' meeting's table: how the surplus is shared, and what every member gets, by member number."""
    _name = 'coop.shu.meeting.table'
    _inherit = ['coop.report.mixin']
    _description = "SHU Table for the Meeting"

    _report_action = 'producer_cooperative.coop_shu_meeting_report'
    _report_landscape = True

    allocation_id = fields.Many2one(
        comodel_name='coop.shu.allocation', string="SHU Allocation", required=True,
        domain="[('company_id', '=', company_id), ('state', 'not in', ('draft', 'computing'))]",
        default=lambda self: self._default_allocation_id(),
    )
    with_bases = fields.Boolean(
        string="What the Parts Follow From", default=True,
        help="Adds each member's capital and business with the cooperative, so that everybody can check the own part.",
    )
    with_signature = fields.Boolean(string="Room to Sign", default=True)
    with_empty = fields.Boolean(string="Members Who Get Nothing Too", default=True)

    @api.model
    def _default_allocation_id(self):
        allocations = self.env['coop.shu.allocation']
        if self.env.context.get('active_model') == allocations._name:
            return allocations.browse(self.env.context.get('active_id')).exists()
        return allocations.search(
            [('company_id', '=', self.env.company.id), ('state', 'in', FROZEN_STATES)],
            limit=1,
        )

    # === BUSINESS METHODS === #

    def _is_answerable(self):
        return super()._is_answerable() and bool(self.allocation_id)

    def _get_report(self):
        self.ensure_one()
        _ = self.env._
        allocation = self.allocation_id
        allocation.check_access('read')
        report = Report(
            title=_("Distribution of the SHU %s", allocation._get_period_label()),
            subtitles=self._get_facts(), tables=[self._get_share_table()],
            signatures=[_("Chair"), _("Secretary"), _("Treasurer")],
        )
        if not allocation.is_loss:
            report.tables.append(self._get_member_table())
        return report

    def _get_facts(self):
        _ = self.env._
        allocation = self.allocation_id
        facts = [_(
            "%(start)s to %(end)s", start=self._format_date(allocation.date_from),
            end=self._format_date(allocation.date_to),
        )]
        if allocation.meeting_number:
            facts.append(_(
                "Members' meeting %(number)s of %(date)s", number=allocation.meeting_number,
                date=self._format_date(allocation.meeting_date),
            ))
        if allocation.state in ('cancelling', 'cancelled'):
            facts.append(_("CANCELLED"))
        elif allocation.state in UNDECIDED_STATES:
            facts.append(_("Proposal to the members' meeting"))
        if allocation.is_loss:
            facts.append(_("The period made a loss. There is no SHU to share."))
        return facts

    def _get_share_table(self):
        _ = self.env._
        allocation = self.allocation_id
        table = Table([
            Column('share', _("Share"), width=40), Column('percent', _("%"), 'quantity', 10),
            Column('amount', _("By Percentage"), 'amount', 20), Column('rounding_amount', _("Rounding"), 'amount', 14),
            *self._get_moved_columns(), Column('booked', _("Amount"), 'amount', 20),
        ], title=_("Shares"))
        for share in allocation.share_ids:
            table.add(
                share=share.name, percent=share.percent or None, amount=share.amount, booked=share.amount_booked,
                **{name: share[name] or None for name in ('rounding_amount', 'others_amount', 'forgone_amount')},
            )
        table.add_total(_("Loss") if allocation.is_loss else _("Surplus"), table.rows, skip=('percent',))
        return table

    def _get_moved_columns(self):
        """Return columns for what moves from one share to another, where anything does."""
        fields_ = self.env['coop.shu.allocation.share']._fields
        return [
            Column(name, fields_[name].get_description(self.env, ['string'])['string'], 'amount', 16)
            for name in ('others_amount', 'forgone_amount')
            if any(not self.currency_id.is_zero(share[name]) for share in self.allocation_id.share_ids)
        ]

    def _get_member_table(self):
        """Return one row for each member; one query for all of them and one for their bases, however many there are."""
        _ = self.env._
        shares = self.allocation_id.share_ids.filtered(lambda share: share._is_for_members())
        columns = [
            Column('place', _("No."), 'integer', 6), Column('number', _("Number"), width=12),
            Column('name', _("Member"), width=28),
        ]
        for share in shares if self.with_bases else ():
            in_days = share.kind == 'capital' and self.allocation_id.capital_days
            label = _("%s: own (rupiah × days)", share.name) if in_days else _("%s: own", share.name)
            columns.append(Column(f'own_{share.id}', label, 'quantity' if in_days else 'amount', 17))
        lines = self._get_lines()
        has_forgone = any(line[-1] for line in lines)
        if len(shares) > 1 or has_forgone:
            columns += [Column(f'part_{share.id}', share.name, 'amount', 15) for share in shares]
        if has_forgone:
            columns.append(Column('forgone', _("Below the Smallest Payout"), 'amount', 15))
        columns.append(Column('amount', _("SHU"), 'amount', 15))
        if not self.currency_id.is_zero(self.allocation_id.tax_total):
            columns += [Column('tax', _("Tax"), 'amount', 13), Column('net', _("Owed to the Member"), 'amount', 15)]
        if self.with_signature:
            columns.append(Column('signature', _("Signature or Thumbprint"), 'blank', 22))
        table = Table(columns, title=_("Members"), new_page=True)
        parts = self._get_parts()
        for place, (line_id, number, name, amount, tax, forgone) in enumerate(lines, start=1):
            amount, tax = float(amount), float(tax)
            table.add(
                place=place, number=number, name=name, amount=amount, tax=tax, forgone=-float(forgone) or None,
                net=self.currency_id.round(amount - tax), **parts.get(line_id, {}),
            )
        table.add_total(_("Total"), table.rows, label_key='name', skip=('place',))
        return table

    def _get_lines(self):
        """Return ``[(id, member number, name, SHU, tax, forgone)]`` by member number."""
        self.env['coop.shu.member.line'].check_access('read')
        for model in ('coop.shu.member.line', 'coop.membership', 'res.partner'):
            self.env[model].flush_model()
        # By SQL: a member's name and number through the ORM would be read in as many queries as there are thousands.
        # The allocation was checked, and whoever reads it reads its lines.
        rows = self.env.execute_query(SQL(
            """
            SELECT l.id, m.number, p.name, l.amount_total, COALESCE(l.amount_tax, 0), COALESCE(l.amount_forgone, 0)
              FROM coop_shu_member_line l
              JOIN coop_membership m ON m.id = l.membership_id
              JOIN res_partner p ON p.id = m.partner_id
             WHERE l.allocation_id = %s AND (%s OR l.amount_total != 0 OR l.amount_forgone != 0)
            """, self.allocation_id.id, self.with_empty,
        ))
        return sorted(rows, key=lambda row: (natural_key(row[1]), row[0]))

    def _get_parts(self):
        """Return ``{line id: {own_<share>: base, part_<share>: part}}``."""
        self.env['coop.shu.member.part'].check_access('read')
        self.env['coop.shu.member.part'].flush_model()
        # By SQL: see _get_lines.
        rows = self.env.execute_query(SQL(
            "SELECT p.line_id, p.share_id, p.numerator, p.amount FROM coop_shu_member_part p"
            " JOIN coop_shu_allocation_share s ON s.id = p.share_id WHERE s.allocation_id = %s",
            self.allocation_id.id,
        ))
        parts = {}
        for line_id, share_id, numerator, amount in rows:
            of_line = parts.setdefault(line_id, {})
            of_line[f'own_{share_id}'] = float(numerator or 0)
            of_line[f'part_{share_id}'] = float(amount or 0)
        return parts
