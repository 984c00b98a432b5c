from __future__ import annotations

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_amount

from odoo.addons.producer_cooperative.models.coop_membership import STAFF_GROUPS


class CoopShuUnclaimed(models.Model):
    """SHU that is booked and that members have not come for, with its age; one row for each member and year."""
    _name = 'coop.shu.unclaimed'
    _description = "Unclaimed SHU"
    _auto = False
    _order = 'date_owed, membership_id, id'
    _rec_name = 'member_line_id'
    _depends = {
        'coop.shu.allocation': ['meeting_date', 'rule_id', 'state'],
        'coop.shu.lapse.line': ['member_line_id', 'restored_on'],
        'coop.shu.member.line': [
            'allocation_id', 'amount_net', 'amount_residual', 'company_id', 'date_to', 'membership_id', 'partner_id',
            'payout_method',
        ],
        'coop.shu.rule': ['unclaimed_years'],
    }

    member_line_id = fields.Many2one(comodel_name='coop.shu.member.line', string="Member's SHU", readonly=True)
    allocation_id = fields.Many2one(comodel_name='coop.shu.allocation', string="SHU Allocation", readonly=True)
    membership_id = fields.Many2one(comodel_name='coop.membership', string="Member", readonly=True)
    partner_id = fields.Many2one(comodel_name='res.partner', string="Contact", readonly=True)
    member_state = fields.Selection(related='membership_id.state', string="Member Is")
    phone = fields.Char(related='partner_id.phone')
    reminded_on = fields.Date(related='membership_id.shu_reminded_on')
    company_id = fields.Many2one(comodel_name='res.company', readonly=True)
    currency_id = fields.Many2one(related='company_id.currency_id')
    payout_method = fields.Selection(related='member_line_id.payout_method')
    date_to = fields.Date(string="Period", readonly=True)
    date_owed = fields.Date(string="Owed Since", readonly=True, help="The day of the meeting that decided.")
    date_lapse = fields.Date(
        string="Term Ends On", readonly=True,
        help="From then on a meeting may give it to the cooperative. Where it was given once and the member came, the"
             " term counts from the day on which it was owed again.",
    )
    is_over = fields.Boolean(string="Term Is Over", readonly=True)
    amount = fields.Monetary(string="Not Paid Yet", readonly=True)
    amount_net = fields.Monetary(string="SHU", readonly=True)
    age = fields.Integer(string="Years Old", readonly=True, aggregator='max', help="Full years since the meeting.")
    ageing = fields.Selection(
        selection=[('0', "Up to 1 Year"), ('1', "1 to 2 Years"), ('2', "2 to 3 Years"), ('3', "3 to 5 Years"),
                   ('5', "Over 5 Years")],
        readonly=True,
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT line.id, line.id AS member_line_id, line.allocation_id, line.membership_id, line.partner_id,
                   line.company_id, line.date_to, line.amount_residual AS amount, line.amount_net,
                   allocation.meeting_date AS date_owed, term.date_lapse,
                   COALESCE(term.date_lapse <= %(today)s, FALSE) AS is_over, term.age,
                   CASE WHEN term.age >= 5 THEN '5' WHEN term.age >= 3 THEN '3' WHEN term.age >= 2 THEN '2'
                        WHEN term.age >= 1 THEN '1' ELSE '0' END AS ageing
              FROM coop_shu_member_line line
              JOIN coop_shu_allocation allocation ON allocation.id = line.allocation_id
         LEFT JOIN coop_shu_rule rule ON rule.id = allocation.rule_id
        CROSS JOIN LATERAL (
                    SELECT MAX(restored_on) AS restored_on
                      FROM coop_shu_lapse_line
                     WHERE member_line_id = line.id
                   ) again
        CROSS JOIN LATERAL (
                    SELECT CASE WHEN rule.unclaimed_years > 0
                                THEN (GREATEST(allocation.meeting_date, again.restored_on)
                                      + make_interval(years => rule.unclaimed_years))::date
                           END AS date_lapse,
                           EXTRACT(YEAR FROM AGE(%(today)s::date, allocation.meeting_date))::integer AS age
                   ) term
             WHERE allocation.state IN ('posted', 'paid') AND line.amount_residual > 0
            """, today=fields.Date.context_today(self),
        )

    # === ACTIONS === #

    def action_remind(self):
        """Ask how the members of these rows are to be reminded."""
        if not self:
            raise UserError(self.env._("Choose the SHU of the members to be reminded."))
        return self.membership_id.action_remind_of_shu()

    def action_pay_out(self):
        """Pay these members' SHU out."""
        return self.member_line_id.action_pay_out()

    def action_propose(self):
        """Propose to a meeting that these parts go to the cooperative; those whose term is over.

        :raises UserError: when none of them is old enough.
        """
        over = self.filtered('is_over')
        if not over:
            raise UserError(self.env._(
                "The term of none of these is over. How long SHU is owed stands in the SHU rule of its year.",
            ))
        return self.env['coop.shu.lapse']._propose(over)._get_records_action()

    # === BUSINESS METHODS === #

    @api.model
    def _get_by_membership(self, memberships):
        """Return ``{membership: rows}`` of the members who are owed SHU, the oldest first."""
        return self.search([('membership_id', 'in', memberships.ids)], order='date_owed, id').grouped('membership_id')


class CoopMembership(models.Model):
    """SHU that the member has not come for."""
    _inherit = 'coop.membership'

    shu_reminded_on = fields.Date(
        string="Last Reminded of SHU", readonly=True, copy=False, groups=STAFF_GROUPS,
        help="When the member was last reminded of SHU that waits.",
    )

    # === ACTIONS === #

    def action_remind_of_shu(self):
        """Ask how these members are to be reminded of SHU that waits for them."""
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Remind of Unclaimed SHU"),
            'res_model': 'coop.shu.remind',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_membership_ids': self.ids},
        }

    # === BUSINESS METHODS === #

    def _is_guarded(self, name):
        return name == 'shu_reminded_on' or super()._is_guarded(name)

    def _get_unclaimed_rows(self):
        """Return the SHU that waits for this member, the oldest first."""
        self.ensure_one()
        return self.env['coop.shu.unclaimed'].search([('membership_id', '=', self.id)], order='date_owed, id')

    def _get_unclaimed_html(self, rows):
        """Return this SHU of the member year by year as a list for messages."""
        self.ensure_one()
        # sudo: the period of the member's own SHU, for the mail that the member gets
        return Markup("<ul>%s</ul>") % Markup().join(
            Markup("<li>SHU %s: %s</li>") % (
                row.allocation_id.sudo()._get_period_label(), format_amount(self.env, row.amount, row.currency_id),
            ) for row in rows
        )
