from __future__ import annotations

from odoo import models
from odoo.tools import SQL


class CoopShuAllocation(models.Model):
    """Members' capital as the ledger has it: the balance on the last day, or balance times days."""
    _inherit = 'coop.shu.allocation'

    # === BUSINESS METHODS === #

    def _get_capital_sql(self, whole_cooperative=False):
        """Return a SELECT of ``membership_id`` and ``amount`` of capital, times days where it is averaged.

        Whoever was a member more than once has in each membership what was booked in its time (see
        ``coop.membership._pick_by_day``). By days of membership, a leaver's balance is that of the day before leaving;
        it counts for the days of membership in the period, to the cent, a half up. What was held before the period
        counts from its first day.

        :param whole_cooperative: also what belongs to no membership.
        """
        self.ensure_one()
        for name in ('account.move.line', 'coop.membership', 'res.partner'):
            self.env[name].flush_model()
        amount = self._get_average_amount() if self.rule_id.capital_base == 'average' else SQL("-item.balance")
        movements = SQL(
            """
            SELECT life.id AS membership_id, life.days, %(amount)s AS amount
              FROM account_move_line item
              JOIN res_partner partner ON partner.id = item.partner_id
         %(join)s JOIN (%(lives)s) life ON life.partner_id = partner.commercial_partner_id
                   AND item.date >= life.since AND item.date < life.until
             WHERE item.parent_state = 'posted' AND item.company_id = %(company)s AND item.account_id IN %(accounts)s
               AND item.date <= %(last)s AND (life.counts_until IS NULL OR item.date < life.counts_until)
            """,
            amount=amount, join=SQL("LEFT") if whole_cooperative else SQL("INNER"), lives=self._get_lives_sql(),
            company=self.company_id.id, last=self.date_to,
            accounts=tuple(self.rule_id._get_capital_types().account_id.ids or [0]),
        )
        if not self._counts_by_days():
            return movements
        return SQL(
            "SELECT held.membership_id,"
            " ROUND(SUM(held.amount) * COALESCE(held.days, %(period)s) / %(period)s, 2) AS amount"
            " FROM (%(movements)s) held GROUP BY held.membership_id, held.days",
            movements=movements, period=(self.date_to - self.date_from).days + 1,
        )

    def _get_average_amount(self):
        """Return one movement times the days that it was held in the period, as a member."""
        return SQL(
            """
            -item.balance * GREATEST(
                LEAST(%(last)s::date + 1, COALESCE(life.date_left, %(last)s::date + 1))
                - GREATEST(item.date, %(first)s::date, COALESCE(life.date_joined, %(first)s::date)), 0)
            """, first=self.date_from, last=self.date_to,
        )

    def _counts_by_days(self):
        """Whether closing balances count by days of membership for some (see ``coop.shu.rule._counts_days_of``)."""
        rule = self.rule_id
        return rule.capital_base == 'closing' and 'prorata' in (rule.joiners, rule.leavers)

    def _get_lives_sql(self):
        """Return a SELECT of memberships with the days from and until which journal items belong to them.

        ``days`` are those for which the closing balance counts, ``counts_until`` the first day that does not.
        """
        rule, by_days = self.rule_id, self._counts_by_days()
        first, day_after = SQL("%s::date", self.date_from), SQL("(%s::date + 1)", self.date_to)
        start = SQL("GREATEST(%s, date_joined)", first) if rule.joiners == 'prorata' else first
        left = SQL("LEAST(%s, date_left)", day_after) if rule.leavers == 'prorata' else day_after
        return SQL(
            """
            SELECT id, partner_id, date_joined, date_left,
                   CASE WHEN ROW_NUMBER() OVER lives = 1 THEN '-infinity'::date ELSE date_applied END AS since,
                   COALESCE(LEAD(date_applied) OVER lives, 'infinity'::date) AS until,
                   %(days)s AS days, %(counts_until)s AS counts_until
              FROM coop_membership
             WHERE company_id = %(company)s
            WINDOW lives AS (PARTITION BY partner_id ORDER BY date_applied, id)
            """,
            company=self.company_id.id,
            days=SQL("GREATEST(%s - %s, 0)", left, start) if by_days else SQL("NULL::integer"),
            counts_until=SQL("date_left") if by_days and rule.leavers == 'prorata' else SQL("NULL::date"),
        )
