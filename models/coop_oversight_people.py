from odoo import models
from odoo.tools import SQL


class CoopOversight(models.Model):
    """Bank accounts, dealings of those who work here, and what was done about closings on the supervisors' list."""
    _inherit = 'coop.oversight'

    # === QUERY === #

    def _get_sources(self):
        return {
            **super()._get_sources(), 12: self._select_banks(), 13: self._select_own_entries(),
            14: self._select_own_goods(), 15: self._select_reopened(), 16: self._select_passed(),
            17: self._select_locks(), 18: self._select_lock_exceptions(),
        }

    # === QUERY - PEOPLE === #

    def _select_banks(self):
        """Return bank accounts of members and heirs as they were last changed, once in each company that pays them."""
        self._flush('res.partner.bank', 'coop.membership', 'coop.leaving', 'coop.leaving.heir')
        return SQL("""
            SELECT b.id::bigint * 100000 + payee.company_id AS id, payee.company_id, b.coop_changed_on AS date,
                   'bank' AS kind, 'bank_changed' AS what, b.coop_changed_by_id AS user_id,
                   MAX(payee.membership_id) AS membership_id, 'res.partner.bank' AS res_model, b.id AS res_id,
                   NULL::date AS day, NULL::numeric AS amount, NULL::float AS quantity, NULL AS reason,
                   COALESCE(BOOL_OR(u.partner_id = payee.partner_id), FALSE) AS by_own_hand
              FROM res_partner_bank b
              JOIN res_partner p ON p.id = b.partner_id
              JOIN (
                   SELECT partner_id, company_id, id AS membership_id FROM coop_membership
                   UNION ALL
                   SELECT heir.partner_id, heir.company_id, leaving.membership_id
                     FROM coop_leaving_heir heir
                     JOIN coop_leaving leaving ON leaving.id = heir.leaving_id
                   ) payee ON payee.partner_id IN (p.id, p.commercial_partner_id) OR payee.partner_id IN (
                       SELECT earlier.res_partner_id FROM coop_partner_bank_earlier_holder_rel earlier
                        WHERE earlier.res_partner_bank_id = b.id
                   )
         LEFT JOIN res_users u ON u.id = b.coop_changed_by_id
             WHERE b.coop_changed_on IS NOT NULL
             GROUP BY b.id, payee.company_id
        """)

    def _select_own_entries(self):
        """Return what was booked between the cooperative and the members who work or worked here.

        One row per entry and person; whose login is archived is not forgotten.
        """
        self._flush('account.move', 'account.move.line', 'res.users')
        return SQL("""
            SELECT MIN(e.id) AS id, e.company_id, COALESCE(m.coop_booked_on, m.create_date) AS date, 'own' AS kind,
                   'own_entry' AS what, COALESCE(m.coop_booked_by_id, m.create_uid) AS user_id,
                   MAX(e.membership_id) AS membership_id,
                   COALESCE(m.coop_source_model, 'account.move') AS res_model,
                   COALESCE(m.coop_source_id, m.id) AS res_id,
                   m.date AS day, SUM(e.amount) AS amount, NULL::float AS quantity, m.ref AS reason,
                   m.create_uid = ANY(ARRAY_AGG(u.id)) OR COALESCE(m.coop_booked_by_id = ANY(ARRAY_AGG(u.id)), FALSE)
                   AS by_own_hand
              FROM %s e
              JOIN account_move m ON m.id = e.move_id
              JOIN res_users u ON u.partner_id = e.partner_id AND NOT u.share
             GROUP BY m.id, e.company_id, e.partner_id
        """, self.env['coop.member.entry']._table_sql)

    def _select_own_goods(self):
        self._flush('coop.consignment')
        return SQL("""
            SELECT MIN(u.id)::bigint * 100000000 + d.id AS id, d.company_id, d.create_date AS date, 'own' AS kind,
                   'own_goods' AS what, d.create_uid AS user_id, d.membership_id, 'coop.consignment' AS res_model,
                   d.id AS res_id, d.date AS day, NULL::numeric AS amount, NULL::float AS quantity, NULL AS reason,
                   d.create_uid = ANY(ARRAY_AGG(u.id)) AS by_own_hand
              FROM coop_consignment d
              JOIN res_users u ON u.partner_id = d.partner_id AND NOT u.share
             WHERE d.state IN ('confirmed', 'received')
             GROUP BY d.id
        """)

    # === QUERY - CLOSING === #

    def _select_reopened(self):
        self._flush('coop.closing')
        return SQL("""
            SELECT d.id, d.company_id, d.reopened_on AS date, 'lock' AS kind, 'reopened' AS what,
                   d.reopened_by_id AS user_id, NULL::int AS membership_id, 'coop.closing' AS res_model, d.id AS res_id,
                   d.date_to AS day, NULL::numeric AS amount, NULL::float AS quantity, d.reopen_reason AS reason,
                   FALSE AS by_own_hand
              FROM coop_closing d
             WHERE d.reopen_count > 0
        """)

    def _select_passed(self):
        self._flush('coop.closing.item')
        return SQL("""
            SELECT d.id, d.company_id, d.done_on AS date, 'lock' AS kind, 'passed' AS what, d.done_by_id AS user_id,
                   NULL::int AS membership_id, 'coop.closing' AS res_model, d.closing_id AS res_id, NULL::date AS day,
                   NULL::numeric AS amount, NULL::float AS quantity, CONCAT_WS(' – ', d.name, d.note) AS reason,
                   FALSE AS by_own_hand
              FROM coop_closing_item d
             WHERE d.state = 'passed'
        """)

    def _select_locks(self):
        """Return lock dates of the books that were moved back, wherever that was done: Odoo's own log tells."""
        self._flush('mail.message', 'mail.tracking.value')
        return SQL("""
            SELECT v.id, c.id AS company_id, g.date, 'lock' AS kind, 'lock_back' AS what, v.create_uid AS user_id,
                   NULL::int AS membership_id, 'res.company' AS res_model, c.id AS res_id,
                   v.new_value_datetime::date AS day, NULL::numeric AS amount, NULL::float AS quantity,
                   CONCAT(v.old_value_datetime::date, ' → ', v.new_value_datetime::date) AS reason, FALSE AS by_own_hand
              FROM mail_tracking_value v
              JOIN ir_model_fields f ON f.id = v.field_id AND f.model = 'res.company' AND f.name LIKE '%%lock\\_date'
              JOIN mail_message g ON g.id = v.mail_message_id AND g.model = 'res.company'
              JOIN res_company c ON c.id = g.res_id AND c.coop_is_cooperative
             WHERE v.old_value_datetime IS NOT NULL
               AND (v.new_value_datetime IS NULL OR v.new_value_datetime < v.old_value_datetime)
        """)

    def _select_lock_exceptions(self):
        """Return who was allowed to book in a locked period all the same, by whom and why."""
        self._flush('account.lock_exception')
        return SQL("""
            SELECT x.id, c.id AS company_id, x.create_date AS date, 'lock' AS kind, 'lock_exception' AS what,
                   x.create_uid AS user_id, NULL::int AS membership_id, 'account.lock_exception' AS res_model,
                   x.id AS res_id, x.lock_date AS day, NULL::numeric AS amount, NULL::float AS quantity,
                   CONCAT_WS(' – ', p.name, x.reason) AS reason,
                   COALESCE(x.user_id = x.create_uid, FALSE) AS by_own_hand
              FROM account_lock_exception x
              JOIN res_company c ON c.id = x.company_id AND c.coop_is_cooperative
         LEFT JOIN res_users u ON u.id = x.user_id
         LEFT JOIN res_partner p ON p.id = u.partner_id
        """)
