from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CoopSavingsArrears(models.Model):
    """Mandatory savings that members owe, by member and month, as of today.

    What was paid covers the oldest month first. The same as ``tools.arrears.unpaid_months``, for all members in one
    query.
    """
    _name = 'coop.savings.arrears'
    _description = "Arrears of Savings"
    _auto = False
    _order = 'membership_id, month, id'
    _rec_name = 'membership_id'
    _depends = {
        'account.move.line': ['account_id', 'balance', 'company_id', 'date', 'parent_state', 'partner_id'],
        'coop.membership': ['company_id', 'date_applied', 'date_joined', 'number', 'partner_id', 'state'],
        'coop.savings.rate': ['amount', 'date_from', 'type_id'],
        'coop.savings.type': ['account_id', 'company_id', 'kind'],
        'res.partner': ['commercial_partner_id'],
    }

    membership_id = fields.Many2one(comodel_name='coop.membership', string="Member", readonly=True)
    partner_id = fields.Many2one(comodel_name='res.partner', string="Contact", readonly=True)
    member_state = fields.Selection(related='membership_id.state', string="Member Is")
    reminded_on = fields.Date(related='membership_id.arrears_reminded_on')
    company_id = fields.Many2one(comodel_name='res.company', readonly=True)
    currency_id = fields.Many2one(related='company_id.currency_id')
    type_id = fields.Many2one(comodel_name='coop.savings.type', string="Savings", readonly=True)
    month = fields.Date(readonly=True, help="The month that the savings were due for.")
    amount_due = fields.Monetary(string="Due", readonly=True, help="What the meeting set for the month.")
    amount = fields.Monetary(string="Owed", readonly=True, help="What is still owed for the month.")
    age = fields.Integer(
        string="Months Old", readonly=True, aggregator='max', help="Months since the one it was due in.",
    )
    ageing = fields.Selection(
        selection=[
            ('0', "Up to 1 Month"), ('1', "1 to 3 Months"), ('3', "3 to 6 Months"), ('6', "6 to 12 Months"),
            ('12', "Over 12 Months"),
        ],
        readonly=True,
    )

    @property
    def _table_query(self):
        return SQL(
            "WITH schedule AS (%(schedule)s), paid AS (%(paid)s), owed AS (%(owed)s) SELECT %(select)s FROM owed",
            schedule=self._schedule(), paid=self._paid(), owed=self._owed(), select=self._select(),
        )

    def _schedule(self):
        """Return what is due in each month, and in all months up to it, for each day of joining that occurs.

        A month is due on its first day, the month of joining on the day of joining, at the rate of that day.
        """
        return SQL(
            """
            SELECT type.id AS type_id, type.account_id, joined.company_id, joined.date_joined,
                   month::date AS month, COALESCE(rate.amount, 0) AS due,
                   SUM(COALESCE(rate.amount, 0)) OVER same_day AS due_until,
                   ROW_NUMBER() OVER same_day AS position
              FROM (
                    SELECT DISTINCT company_id, date_joined FROM coop_membership
                     WHERE state IN ('active', 'suspended') AND date_joined <= %(today)s
                   ) joined
              JOIN coop_savings_type type ON type.company_id = joined.company_id AND type.kind = 'mandatory'
        CROSS JOIN LATERAL generate_series(
                    date_trunc('month', joined.date_joined::timestamp), %(today)s::timestamp, interval '1 month'
                   ) month
         LEFT JOIN LATERAL (
                    SELECT amount FROM coop_savings_rate
                     WHERE type_id = type.id AND date_from <= GREATEST(month::date, joined.date_joined)
                  ORDER BY date_from DESC LIMIT 1
                   ) rate ON TRUE
            WINDOW same_day AS (PARTITION BY type.id, joined.company_id, joined.date_joined ORDER BY month)
            """, today=fields.Date.context_today(self),
        )

    def _paid(self):
        """Return what the ledger shows for each partner on the accounts of mandatory savings.

        For those who were a member before, what was booked since they applied anew.
        """
        return SQL(
            """
            SELECT partner.commercial_partner_id AS partner_id, line.company_id, line.account_id,
                   -SUM(line.balance) AS amount
              FROM account_move_line line
              JOIN res_partner partner ON partner.id = line.partner_id
         LEFT JOIN (
                    SELECT partner_id, company_id, MAX(date_applied) AS since FROM coop_membership
                  GROUP BY partner_id, company_id HAVING COUNT(*) > 1
                   ) again ON again.partner_id = partner.commercial_partner_id AND again.company_id = line.company_id
             WHERE line.parent_state = 'posted' AND (again.since IS NULL OR line.date >= again.since)
               AND line.account_id IN (SELECT account_id FROM coop_savings_type WHERE kind = 'mandatory')
          GROUP BY partner.commercial_partner_id, line.company_id, line.account_id
            """,
        )

    def _owed(self):
        """Return the months that are not covered by what was paid; an overdrawn account is owed with the first."""
        return SQL(
            """
            SELECT member.id AS membership_id, member.partner_id, schedule.company_id, schedule.type_id,
                   schedule.month, schedule.due,
                   CASE WHEN schedule.position = 1 THEN schedule.due_until - COALESCE(paid.amount, 0)
                        ELSE LEAST(schedule.due, schedule.due_until - COALESCE(paid.amount, 0))
                   END AS amount
              FROM coop_membership member
              JOIN schedule ON schedule.company_id = member.company_id AND schedule.date_joined = member.date_joined
         LEFT JOIN paid ON paid.partner_id = member.partner_id AND paid.company_id = member.company_id
               AND paid.account_id = schedule.account_id
             WHERE member.state IN ('active', 'suspended')
               AND schedule.due_until > COALESCE(paid.amount, 0)
               AND (schedule.due > 0 OR schedule.position = 1)
            """,
        )

    def _select(self):
        """Return the columns; the id is made of member, savings type and month, so that it stays while others pay."""
        return SQL(
            """
            (membership_id::bigint * 100000 + type_id %% 100000) * 10000
                + (EXTRACT(YEAR FROM month) - 1900)::bigint * 12 + EXTRACT(MONTH FROM month)::bigint AS id,
            membership_id, partner_id, company_id, type_id, month, due AS amount_due, amount, %(age)s AS age,
            CASE WHEN %(age)s >= 12 THEN '12' WHEN %(age)s >= 6 THEN '6' WHEN %(age)s >= 3 THEN '3'
                 WHEN %(age)s >= 1 THEN '1' ELSE '0' END AS ageing
            """, age=SQL(
                "(EXTRACT(YEAR FROM AGE(date_trunc('month', %(today)s::timestamp), month)) * 12"
                " + EXTRACT(MONTH FROM AGE(date_trunc('month', %(today)s::timestamp), month)))::integer",
                today=fields.Date.context_today(self),
            ),
        )

    # === ACTIONS === #

    def action_remind(self):
        """Ask how the members of these rows are to be reminded."""
        memberships = self.membership_id
        if not memberships:
            raise UserError(self.env._("Choose the arrears of the members to be reminded."))
        return memberships.action_remind_of_arrears()

    @api.model
    def _get_by_membership(self, memberships):
        """Return ``{membership: rows}`` of the members who owe something, oldest month first."""
        return self.search([('membership_id', 'in', memberships.ids)], order='month, id').grouped('membership_id')
