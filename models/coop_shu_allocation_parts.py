from __future__ import annotations

from contextlib import contextmanager
from decimal import Decimal

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_amount

from odoo.addons.producer_cooperative.models.coop_shu_allocation_progress import AT_ONCE
from odoo.addons.producer_cooperative.tools.units import from_units, to_decimal, to_units

#: How many members a message names.
NAMED = 10


class CoopShuAllocation(models.Model):
    """Every member's part, worked out by the database for all members at once.

    The arithmetic is that of ``tools.apportion`` (``apportion_with_rest``, ``apportion_floor``), on exact decimal
    numbers: a hundred thousand members never pass through Python.
    """
    _inherit = 'coop.shu.allocation'

    # === BUSINESS METHODS - WHO TAKES PART === #

    def _get_eligible_sql(self):
        """Return a SELECT of the memberships that take part: ``id``, ``partner_id``, ``number``.

        Members on the last day, who joined and who left as the rule says; with the rule's months of membership
        completed by the end of the period, or by leaving, where it wants some.
        """
        self.ensure_one()
        memberships = self.env['coop.membership']
        memberships.flush_model()
        # sudo: who takes part does not depend on whom the user may see
        query = memberships.sudo().with_context(active_test=False)._search(
            self._get_eligible_domain() & Domain('company_id', '=', self.company_id.id),
        )
        table = SQL.identifier(query.table)
        if self.rule_id.joiners == 'months':
            # The same day of a later month, or its last day: as relativedelta counts.
            query.add_where(SQL(
                "(%(table)s.date_joined + make_interval(months => %(months)s))::date"
                " <= LEAST(%(last)s::date + 1, COALESCE(%(table)s.date_left, %(last)s::date + 1))",
                table=table, months=self.rule_id.joiner_months, last=self.date_to,
            ))
        return query.select(*(SQL("%s.%s", table, SQL.identifier(name)) for name in ('id', 'partner_id', 'number')))

    def _count_eligible(self):
        """Return how many members take part."""
        self.ensure_one()
        [(count,)] = self.env.execute_query(SQL("SELECT COUNT(*) FROM (%s) eligible", self._get_eligible_sql()))
        return count

    # === BUSINESS METHODS - LINES === #

    def _remove_results(self):
        """Delete what was computed before; return where members chose to be paid otherwise: ``{id: choice}``."""
        self.ensure_one()
        self.env.flush_all()
        choices = dict(self.env.execute_query(SQL(
            "SELECT line.membership_id, line.payout_method FROM coop_shu_member_line line"
            " JOIN coop_membership membership ON membership.id = line.membership_id"
            " WHERE line.allocation_id = %s AND line.payout_method <> %s",
            self.id, self._get_member_line_columns()['payout_method'],
        )))
        # In SQL: computed rows that no other record knows of, one for every member and share.
        for query in (
            "DELETE FROM coop_shu_member_part part USING coop_shu_member_line line"
            " WHERE part.line_id = line.id AND line.allocation_id = %s",
            "DELETE FROM coop_shu_member_line WHERE allocation_id = %s",
        ):
            self.env.cr.execute(SQL(query, self.id))
        self.env.invalidate_all()
        self.share_ids.unlink()
        return choices

    def _create_member_lines(self, choices):
        """List everybody who takes part, by member number: so the order of the lines decides between equal fractions.

        :param choices: ``{membership id: way of payment}`` to keep.
        """
        self.ensure_one()
        columns = self._get_member_line_columns()
        self.env.flush_all()
        # In SQL: a line per member, all alike but for the member.
        self.env.cr.execute(SQL(
            """
            INSERT INTO coop_shu_member_line (%(names)s)
                 SELECT %(values)s
                   FROM (%(eligible)s) member
                   JOIN coop_membership membership ON membership.id = member.id
               ORDER BY %(number_key)s
            """,
            names=SQL(", ").join(map(SQL.identifier, columns)), values=SQL(", ").join(columns.values()),
            eligible=self._get_eligible_sql(), number_key=_number_key(SQL("member.number")),
        ))
        if choices:
            self.env.cr.execute(SQL(
                "UPDATE coop_shu_member_line line SET payout_method = choice.method"
                " FROM unnest(%s::int[], %s::varchar[]) choice(membership_id, method)"
                " WHERE line.allocation_id = %s AND line.membership_id = choice.membership_id",
                list(choices), list(choices.values()), self.id,
            ))
        self.env.invalidate_all()
        self._analyze('coop_shu_member_line')

    def _get_member_line_columns(self):
        """Return ``{column: SQL}`` of a new member line; ``membership`` is the row of the member's ``coop_membership``.

        Fields with a default get it, stored numbers are zero. For a room whose field follows from the member, it must
        override this method.
        """
        self.ensure_one()
        return {
            **_prepare_columns(self.env['coop.shu.member.line']),
            'allocation_id': SQL("%s", self.id),
            'company_id': SQL("%s", self.company_id.id),
            'date_to': SQL("%s::date", self.date_to),
            'membership_id': SQL("membership.id"),
            'partner_id': SQL("membership.partner_id"),
            'payout_method': SQL("membership.shu_payout_method"),
        }

    def _total_member_lines(self):
        """Add up the parts of every member, and leave out what is too little to be paid where the rule says so."""
        self.ensure_one()
        self._analyze('coop_shu_member_part')
        rule, columns = self.rule_id, self._get_member_total_columns()
        self.env.flush_all()
        minimum = rule.minimum_amount if rule.minimum_treatment == 'reserve' else 0.0
        # In SQL: one UPDATE for all members.
        self.env.cr.execute(SQL(
            """
            UPDATE coop_shu_member_line line
               SET %(assignments)s
              FROM (SELECT part.line_id, SUM(part.amount) AS amount,
                           COALESCE(SUM(part.amount) FILTER (WHERE part.kind = 'capital'), 0) AS capital,
                           COALESCE(SUM(part.amount) FILTER (WHERE part.kind <> 'capital'), 0) AS patronage,
                           CASE WHEN SUM(part.amount) < %(minimum)s THEN SUM(part.amount) ELSE 0 END AS forgone
                      FROM coop_shu_member_part part
                      JOIN coop_shu_allocation_share share ON share.id = part.share_id
                     WHERE share.allocation_id = %(allocation)s
                  GROUP BY part.line_id) total
             WHERE line.id = total.line_id AND line.allocation_id = %(allocation)s
            """,
            allocation=self.id, minimum=minimum,
            assignments=SQL(", ").join(
                SQL("%s = %s", SQL.identifier(name), value) for name, value in columns.items()
            ),
        ))
        forgone = self.env.execute_query(SQL(
            "SELECT part.share_id, SUM(part.amount) FROM coop_shu_member_part part"
            " JOIN coop_shu_member_line line ON line.id = part.line_id"
            " WHERE line.allocation_id = %s AND line.amount_forgone <> 0 GROUP BY part.share_id", self.id,
        )) if minimum else []
        self.env.invalidate_all()
        for share_id, amount in forgone:
            self.env['coop.shu.allocation.share'].browse(share_id).forgone_amount = -float(amount)

    def _get_member_total_columns(self):
        """Return ``{column: SQL}`` of what is written on every line once its parts are known.

        ``total`` has the sums ``amount``, ``capital``, ``patronage``, and ``forgone`` for what goes to the reserve.
        For a room whose stored field follows from the amounts, it must override this method.
        """
        return {
            'capital_amount': SQL("total.capital"), 'patronage_amount': SQL("total.patronage"),
            'amount_forgone': SQL("total.forgone"), 'amount_total': SQL("total.amount - total.forgone"),
        }

    # === BUSINESS METHODS - PARTS === #

    def _get_share_base_sql(self, rule_share):
        """Return a SELECT of ``membership_id`` and ``amount`` of what members share by: capital, or their business."""
        self.ensure_one()
        if rule_share.kind == 'capital':
            return self._get_capital_sql(whole_cooperative=rule_share.denominator_base == 'cooperative')
        return rule_share._get_base_sql(self.date_from, self.date_to)

    def _get_bases_sql(self, rule_share):
        """Return the sum of every membership's base, to the cent, as a SELECT of ``membership_id`` and ``amount``."""
        return SQL(
            "SELECT source.membership_id, ROUND(SUM(source.amount)::numeric, 2) AS amount FROM (%s) source"
            " GROUP BY source.membership_id", self._get_share_base_sql(rule_share),
        )

    def _distribute_share(self, share):
        """Share a pool out to the members who take part, and write down every part with what it follows from.

        :raises UserError: when there is something to share and nobody to share it by, or savings are below zero.
        """
        self.ensure_one()
        rule_share, unit = share.rule_share_id, to_decimal(self.rule_id.rounding_unit)
        if not rule_share:
            raise UserError(self.env._("The rule has no share “%s” any more. Compute again.", share.name))
        pool = to_units(share.amount, unit)
        self.env.flush_all()
        with self._reading_everybody():
            [(*sums, negative)] = self.env.execute_query(self._get_distribution_sql(share, rule_share, pool, unit))
        own, rest, rest_part, given = map(Decimal, sums)
        self.env.invalidate_all()
        if negative:
            self._report_negative(share, negative)
        if pool and not own:
            raise UserError(self.env._(
                "No member has anything that “%s” could be shared by in the period. Have the rule changed first.",
                share.name,
            ))
        fallen_to_others = from_units(int(rest_part), unit)
        share.write({
            'denominator': float(own + rest),
            'others_amount': -float(fallen_to_others),
            'rounding_amount': -float(from_units(pool, unit) - fallen_to_others - given),
        })

    def _get_distribution_sql(self, share, rule_share, pool, unit):
        """Return the statement that inserts the parts of one pool; it returns sums, as texts, and who is below zero.

        Whole units of pool × own ÷ all for everybody; by largest remainder, the units that are left go one each to the
        largest remainders, of equal ones to the lower line, which is the lower member number. Where the whole
        cooperative is what is divided by, its other business is one more row, which comes last.
        """
        columns = {
            **_prepare_columns(self.env['coop.shu.member.part']),
            'line_id': SQL("ranked.line_id"),
            'share_id': SQL("%s", share.id),
            'company_id': SQL("%s", self.company_id.id),
            'kind': SQL("%s", share.kind),
            'numerator': SQL("ranked.base"),
            'amount': SQL("ranked.units * %s::numeric", str(unit)),
        }
        whole_cooperative = rule_share.denominator_base == 'cooperative'
        by_remainder = self.rule_id.rounding_method != 'floor'
        return SQL(
            """
            WITH bases AS MATERIALIZED (%(bases)s),
            own AS MATERIALIZED (
                SELECT line.id AS line_id, line.membership_id, COALESCE(bases.amount, 0) AS amount
                  FROM coop_shu_member_line line
             LEFT JOIN bases ON bases.membership_id = line.membership_id
                 WHERE line.allocation_id = %(allocation)s
            ),
            total AS MATERIALIZED (
                SELECT COALESCE((SELECT SUM(GREATEST(amount, 0)) FROM own), 0) AS own, %(rest)s AS rest
            ),
            exact AS MATERIALIZED (
                SELECT own.line_id, GREATEST(own.amount, 0) AS base,
                       %(pool)s::numeric * GREATEST(own.amount, 0) AS product,
                       NULLIF(total.own + total.rest, 0) AS divisor
                  FROM own, total
             UNION ALL
                SELECT NULL, total.rest, %(pool)s::numeric * total.rest, total.own + total.rest
                  FROM total WHERE total.rest > 0
            ),
            floored AS MATERIALIZED (
                SELECT line_id, base, COALESCE(DIV(product, divisor), 0) AS units,
                       COALESCE(MOD(product, divisor), 0) AS remainder
                  FROM exact
            ),
            ranked AS MATERIALIZED (
                SELECT line_id, base, %(units)s AS units
                  FROM floored
            ),
            inserted AS (
                INSERT INTO coop_shu_member_part (%(names)s)
                     SELECT %(values)s FROM ranked WHERE line_id IS NOT NULL ORDER BY line_id
                  RETURNING amount
            )
            SELECT total.own::text, total.rest::text,
                   COALESCE((SELECT units FROM ranked WHERE line_id IS NULL), 0)::text,
                   COALESCE((SELECT SUM(amount) FROM inserted), 0)::text,
                   (SELECT array_agg(ARRAY[membership_id, amount] ORDER BY line_id) FROM own WHERE amount < 0)
              FROM total
            """,
            bases=self._get_bases_sql(rule_share), allocation=self.id, pool=pool,
            rest=SQL(
                "COALESCE((SELECT SUM(GREATEST(amount, 0)) FROM bases WHERE NOT EXISTS"
                " (SELECT FROM own WHERE own.membership_id = bases.membership_id)), 0)",
            ) if whole_cooperative else SQL("0::numeric"),
            units=SQL(
                "units + CASE WHEN ROW_NUMBER() OVER (ORDER BY remainder DESC, line_id NULLS LAST)"
                " <= %s - SUM(units) OVER () THEN 1 ELSE 0 END", pool,
            ) if by_remainder else SQL("units"),
            names=SQL(", ").join(map(SQL.identifier, columns)), values=SQL(", ").join(columns.values()),
        )

    def _count_changed_people(self):
        """Return how many take part by the register of today and not in the computation, or the other way round."""
        self.ensure_one()
        if self.is_loss:
            return 0
        self.env.flush_all()
        # In SQL: compares two sets, one row per member.
        [(count,)] = self.env.execute_query(SQL(
            """
            SELECT COUNT(*) FROM (%s) eligible
         FULL JOIN (SELECT id, membership_id FROM coop_shu_member_line WHERE allocation_id = %s) line
                ON line.membership_id = eligible.id
             WHERE line.id IS NULL OR eligible.id IS NULL
            """, self._get_eligible_sql(), self.id,
        ))
        return count

    def _count_changed_bases(self, share):
        """Return for how many members a base is another one now than when it was read."""
        self.ensure_one()
        if not share.rule_share_id:
            return 0
        self.env.flush_all()
        # In SQL: compares two sets, one row per member.
        query = SQL(
            """
            WITH bases AS MATERIALIZED (%s)
            SELECT COUNT(*) FROM coop_shu_member_part part
              JOIN coop_shu_member_line line ON line.id = part.line_id
         LEFT JOIN bases ON bases.membership_id = line.membership_id
             WHERE part.share_id = %s AND part.numerator IS DISTINCT FROM GREATEST(COALESCE(bases.amount, 0), 0)
            """, self._get_bases_sql(share.rule_share_id), share.id,
        )
        with self._reading_everybody():
            [(count,)] = self.env.execute_query(query)
        return count

    def _report_negative(self, share, negative):
        """Say who has less than nothing; that of savings is a mistake in the books.

        :param negative: ``[[membership id, base]]`` by member number.
        :raises UserError: naming the members whose savings are below zero.
        """
        names = ", ".join(
            f"{self.env['coop.membership'].browse(int(member_id)).display_name}"
            f" {format_amount(self.env, float(amount), self.currency_id)}"
            for member_id, amount in negative[:NAMED]
        ) + (" …" if len(negative) > NAMED else "")
        if share.kind == 'capital':
            raise UserError(self.env._(
                "These members have less than nothing in their savings; correct the books first: %s", names,
            ))
        self._message_log(body=self.env._(
            "“%(share)s”: more came back than was bought or sold, which counts as nothing: %(members)s",
            share=share.name, members=names,
        ))

    # === BUSINESS METHODS - DATABASE === #

    def _is_large(self):
        """Whether there are more members than are dealt with while the user waits."""
        lines = self.env['coop.shu.member.line']
        return lines.search_count([('allocation_id', '=', self.id)], limit=AT_ONCE + 1) > AT_ONCE

    def _analyze(self, table):
        """Let the database know how many rows there are now; it would look for every member one by one otherwise."""
        if self._is_large():
            self.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))

    @contextmanager
    def _reading_everybody(self):
        """Let the database read whole tables side by side and not row by row, which is for a few members only.

        It would otherwise trust what it knew of tables that a large import has filled since.
        """
        if not self._is_large():
            yield
            return
        self.env.cr.execute("SET LOCAL enable_nestloop = off")
        yield
        self.env.cr.execute("SET LOCAL enable_nestloop = on")


def _prepare_columns(model):
    """Return ``{column: SQL}`` of what every row that is inserted has: who and when, defaults, zero for numbers."""
    stored = {
        name: field for name, field in model._fields.items()
        if field.store and field.column_type and name != 'id' and not field.related
    }
    columns = {
        name: SQL("0") for name, field in stored.items() if field.type in ('monetary', 'float', 'integer')
    }
    for name, value in model.default_get([name for name, field in stored.items() if field.default]).items():
        columns[name] = SQL("%s", stored[name].convert_to_column_insert(value, model))
    now = SQL("(now() AT TIME ZONE 'UTC')")
    uid = SQL("%s", model.env.uid)
    return {**columns, 'create_uid': uid, 'write_uid': uid, 'create_date': now, 'write_date': now}


def _number_key(number):
    """Return what member numbers are put in order by: as by ``tools.ordering.natural_key``, digits by their number."""
    return SQL(
        """
        (SELECT string_agg(
                    CASE WHEN part[1] ~ '^[0-9]'
                         THEN '0' || to_char(length(ltrim(part[1], '0')), 'FM0000') || ltrim(part[1], '0')
                         ELSE '1' || part[1] || chr(1) END, '' ORDER BY place)
           FROM regexp_matches(%(number)s, '[0-9]+|[^0-9]+', 'g') WITH ORDINALITY AS found(part, place)
        ) COLLATE "C", %(number)s COLLATE "C", member.id
        """, number=number,
    )
