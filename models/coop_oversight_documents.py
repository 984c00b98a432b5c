from odoo import models
from odoo.tools import SQL

#: What a cancelled paper was about, the first of these that it has.
AMOUNT_FIELDS = ('amount_total', 'amount_payable', 'amount', 'member_total')
#: Papers whose entries are dated on the last day of a period by rule.
DATED_BY_RULE = ('coop.commission.accrual', 'coop.shu.allocation')


class CoopOversight(models.Model):
    """Voids, back-dated documents, changed weights and prices, and overridden proposals on the supervisors' list."""
    _inherit = 'coop.oversight'

    # === QUERY === #

    def _get_sources(self):
        sources = super()._get_sources()
        cancelled = [self._select_cancelled(Model) for Model in self._get_cancelled_models()]
        papers = [self._select_backdated_papers(Model) for Model in self._get_paper_models()]
        return {
            **sources, 1: self._select_reset_entries(), 2: self._select_backdated_entries(),
            3: self._select_weights(), 4: self._select_written_off(), 5: self._select_reductions(),
            6: self._select_price_corrections(), 7: self._select_terms(), 8: self._select_shares(),
            9: self._select_overruled(), 10: SQL(" UNION ALL ").join(cancelled), 11: SQL(" UNION ALL ").join(papers),
        }

    # === QUERY - VOIDS AND BACK-DATED === #

    def _get_documents(self, *names):
        """Return the models of the cooperative's documents that have these stored fields."""
        return [
            Model for name in sorted(self.env.registry) for Model in [self.env[name]]
            if not Model._abstract and not Model._transient and Model._auto
            and isinstance(Model, self.env.registry['coop.document.mixin'])
            and all(name in Model._fields and Model._fields[name].store for name in names)
        ]

    def _get_cancelled_models(self):
        return [
            Model for Model in self._get_documents('state', 'company_id', 'cancel_reason')
            if 'cancelled' in Model._fields['state'].get_values(self.env)
        ]

    def _get_paper_models(self):
        """Return the dated documents that book nothing themselves: their day is not a ledger's."""
        return [
            Model for Model in self._get_documents('state', 'company_id', 'date') if 'move_id' not in Model._fields
        ]

    def _select_cancelled(self, Model):
        """Return the cancelled papers of one model; ids are told apart by the number of the model."""
        self._flush(Model._name)
        fields_of = Model._fields
        member = 'membership_id' in fields_of and fields_of['membership_id'].store
        dated = 'date' in fields_of and fields_of['date'].store
        is_numbered = 'name' in fields_of and fields_of['name'].store
        return SQL(
            """
            SELECT %(model_id)s::bigint * 100000000 + d.id AS id, d.company_id,
                   COALESCE(d.state_changed_on, d.write_date) AS date, 'void' AS kind, 'cancelled' AS what,
                   COALESCE(d.state_changed_by_id, d.write_uid) AS user_id, %(member)s AS membership_id,
                   %(model)s AS res_model, d.id AS res_id, %(day)s AS day, %(amount)s AS amount,
                   NULL::float AS quantity, d.cancel_reason AS reason, FALSE AS by_own_hand
              FROM %(table)s d
             WHERE d.state = 'cancelled' AND (%(numbered)s)
            """,
            model_id=self.env['ir.model']._get_id(Model._name), model=Model._name, table=SQL.identifier(Model._table),
            member=SQL("d.membership_id") if member else SQL("NULL::int"),
            day=SQL("d.date") if dated else SQL("NULL::date"),
            amount=self._get_cancelled_amount(Model),
            numbered=SQL("COALESCE(d.name, '') != ''") if is_numbered else SQL("TRUE"),
        )

    def _get_cancelled_amount(self, Model):
        """Return what a cancelled paper of the model was about."""
        if Model._name == 'coop.counter.receipt':  # money both ways, and what was set off
            return SQL("d.amount_in + d.amount_out + d.amount_set_off")
        fields_of = Model._fields
        amount = next((name for name in AMOUNT_FIELDS if name in fields_of and fields_of[name].store), None)
        return SQL("d.%s", SQL.identifier(amount)) if amount else SQL("NULL::numeric")

    def _select_backdated_papers(self, Model):
        self._flush(Model._name)
        member = 'membership_id' in Model._fields and Model._fields['membership_id'].store
        return SQL(
            """
            SELECT %(model_id)s::bigint * 100000000 + d.id AS id, d.company_id, d.create_date AS date,
                   'backdated' AS kind, 'paper_backdated' AS what, d.create_uid AS user_id, %(member)s AS membership_id,
                   %(model)s AS res_model, d.id AS res_id, d.date AS day, NULL::numeric AS amount,
                   NULL::float AS quantity, NULL AS reason, FALSE AS by_own_hand
              FROM %(table)s d
             WHERE d.date < %(written)s AND d.state NOT IN ('draft', 'cancelled')
            """,
            model_id=self.env['ir.model']._get_id(Model._name), model=Model._name, table=SQL.identifier(Model._table),
            member=SQL("d.membership_id") if member else SQL("NULL::int"),
            written=self._local_day(SQL("d.create_date")),
        )

    def _select_reset_entries(self):
        self._flush('account.move')
        return SQL("""
            SELECT m.id, m.company_id, COALESCE(m.coop_unbooked_on, m.write_date) AS date, 'void' AS kind,
                   'reset' AS what, COALESCE(m.coop_unbooked_by_id, m.write_uid) AS user_id,
                   m.coop_membership_id AS membership_id, 'account.move' AS res_model, m.id AS res_id, m.date AS day,
                   ABS(m.amount_total_signed) AS amount, NULL::float AS quantity, m.ref AS reason, FALSE AS by_own_hand
              FROM account_move m
              JOIN res_company c ON c.id = m.company_id AND c.coop_is_cooperative
             WHERE m.coop_unbooking_number IS NOT NULL
        """)

    def _select_backdated_entries(self):
        """Return what was booked on an earlier day than it was written; bills of vendors come late by nature."""
        return SQL(
            """
            SELECT m.id, m.company_id, COALESCE(m.coop_booked_on, m.create_date) AS date, 'backdated' AS kind,
                   'entry_backdated' AS what, COALESCE(m.coop_booked_by_id, m.create_uid) AS user_id,
                   m.coop_membership_id AS membership_id,
                   COALESCE(m.coop_source_model, 'account.move') AS res_model,
                   COALESCE(m.coop_source_id, m.id) AS res_id,
                   m.date AS day, ABS(m.amount_total_signed) AS amount, NULL::float AS quantity, m.ref AS reason,
                   FALSE AS by_own_hand
              FROM account_move m
              JOIN res_company c ON c.id = m.company_id AND c.coop_is_cooperative
             WHERE m.state = 'posted' AND m.date < %(written)s
               AND (m.coop_source_id IS NOT NULL OR m.move_type NOT IN ('in_invoice', 'in_refund', 'in_receipt'))
               AND COALESCE(m.coop_source_model, '') NOT IN %(by_rule)s
            """, written=self._local_day(SQL("COALESCE(m.coop_booked_on, m.create_date)")), by_rule=DATED_BY_RULE,
        )

    # === QUERY - WEIGHTS AND PRICES === #

    def _select_weights(self):
        self._flush('coop.consignment.correction', 'coop.consignment')
        return SQL("""
            SELECT d.id, d.company_id, COALESCE(d.state_changed_on, d.write_date) AS date, 'weight' AS kind,
                   'weight_corrected' AS what, COALESCE(d.approved_by_id, d.write_uid) AS user_id, slip.membership_id,
                   'coop.consignment.correction' AS res_model, d.id AS res_id, d.date AS day, NULL::numeric AS amount,
                   d.difference::float AS quantity, d.reason,
                   COALESCE(d.approved_by_id = d.weighed_by_id, FALSE) AS by_own_hand
              FROM coop_consignment_correction d
              JOIN coop_consignment slip ON slip.id = d.consignment_id
             WHERE d.state = 'posted'
        """)

    def _select_written_off(self):
        self._flush('coop.consignment.loss', 'coop.consignment.loss.share')
        return SQL("""
            SELECT d.id, d.company_id, d.approved_on AS date, 'weight' AS kind, 'written_off' AS what,
                   d.approved_by_id AS user_id, NULL::int AS membership_id, 'coop.consignment.loss' AS res_model,
                   d.id AS res_id, d.date AS day, d.amount_total AS amount,
                   (SELECT -SUM(s.quantity)::float FROM coop_consignment_loss_share s WHERE s.loss_id = d.id)
                   AS quantity, d.reason, FALSE AS by_own_hand
              FROM coop_consignment_loss d
             WHERE d.state IN ('approved', 'done')
        """)

    def _select_reductions(self):
        self._flush('coop.consignment.reduction', 'coop.consignment.reduction.line')
        return SQL("""
            SELECT l.id, d.company_id, d.confirmed_on AS date, 'price' AS kind, 'price_reduced' AS what,
                   d.confirmed_by_id AS user_id, d.membership_id, 'coop.consignment.reduction' AS res_model,
                   d.id AS res_id, d.date AS day, l.price - l.price_before AS amount, NULL::float AS quantity,
                   d.consent_by AS reason, FALSE AS by_own_hand
              FROM coop_consignment_reduction_line l
              JOIN coop_consignment_reduction d ON d.id = l.reduction_id
             WHERE d.state = 'confirmed'
        """)

    def _select_price_corrections(self):
        self._flush('account.move.line')
        return SQL("""
            SELECT MIN(l.id) AS id, m.company_id, m.create_date AS date, 'price' AS kind, 'price_corrected' AS what,
                   m.create_uid AS user_id, NULL::int AS membership_id, 'account.move' AS res_model, m.id AS res_id,
                   m.date AS day, -SUM(l.balance) AS amount, NULL::float AS quantity, m.ref AS reason,
                   FALSE AS by_own_hand
              FROM account_move_line l
              JOIN account_move m ON m.id = l.move_id
             WHERE l.coop_corrected_line_id IS NOT NULL AND m.state = 'posted'
             GROUP BY m.id
        """)

    def _select_terms(self):
        self._flush('coop.consignment.term', 'coop.consignment.agreement')
        return SQL(
            """
            SELECT t.id, t.company_id, t.create_date AS date, 'price' AS kind, 'terms_backdated' AS what,
                   t.create_uid AS user_id, a.membership_id, 'coop.consignment.agreement' AS res_model,
                   a.id AS res_id, t.date_from AS day, NULL::numeric AS amount, NULL::float AS quantity, NULL AS reason,
                   FALSE AS by_own_hand
              FROM coop_consignment_term t
              JOIN coop_consignment_agreement a ON a.id = t.agreement_id
             WHERE t.date_from < %s
            """, self._local_day(SQL("t.create_date")),
        )

    # === QUERY - PROPOSALS === #

    def _select_shares(self):
        self._flush('coop.pool.allocation')
        return SQL("""
            SELECT d.id, d.company_id, d.manual_date AS date, 'allocation' AS kind, 'share_changed' AS what,
                   d.manual_user_id AS user_id, d.membership_id, 'coop.pool' AS res_model, d.pool_id AS res_id,
                   NULL::date AS day, NULL::numeric AS amount, (d.quantity - d.quantity_computed)::float AS quantity,
                   d.manual_reason AS reason, COALESCE(u.partner_id = ms.partner_id, FALSE) AS by_own_hand
              FROM coop_pool_allocation d
              JOIN coop_membership ms ON ms.id = d.membership_id
         LEFT JOIN res_users u ON u.id = d.manual_user_id
             WHERE d.is_manual
        """)

    def _select_overruled(self):
        self._flush('coop.pool.line')
        return SQL("""
            SELECT d.id, d.company_id, COALESCE(d.overruled_on, d.write_date) AS date, 'allocation' AS kind,
                   'proposal_overruled' AS what, COALESCE(d.overruled_by_id, d.write_uid) AS user_id,
                   NULL::int AS membership_id, 'coop.pool' AS res_model, d.pool_id AS res_id,
                   NULL::date AS day, NULL::numeric AS amount, (d.quantity - d.proposed_quantity)::float AS quantity,
                   d.overrule_reason AS reason, FALSE AS by_own_hand
              FROM coop_pool_line d
             WHERE COALESCE(d.overrule_reason, '') != ''
        """)
