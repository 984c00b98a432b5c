from odoo.tests import Form

from odoo.addons.producer_cooperative.tests.common_payout import PayoutCommon


class CounterCommon(PayoutCommon):
    """Siti is owed Rp 9,045 and Budi Rp 18,090 on settlements; neither owes anything, savings are paid up to today."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_limit('set_off_consent', is_required=False)
        for member in (cls.siti, cls.budi):
            owed = member._get_arrears()[member][cls.mandatory]
            if owed:
                cls._save(member, {cls.mandatory: owed}, date=cls.today)
        cls.member_receivable = cls.siti.partner_id.property_account_receivable_id

    # === FIXTURES === #

    @classmethod
    def _draft_receipt(cls, member, choices=None, user=None, **values):
        """Return a draft as the screen makes it: the member is chosen, then amounts are typed in.

        :param choices: ``{kind or (kind, record): amount}``, 0 for what is not settled; what is usual by default.
            A record is a savings type, an invoice, a settlement or a deposit.
        """
        form = Form(cls.env['coop.counter.receipt'].with_user(user or cls.cashier))
        form.membership_id = member.with_env(form._env)
        for name, value in values.items():
            setattr(form, name, value)
        if choices is not None:
            cls._choose(form, choices)
        return form.save().with_env(cls.env)

    @classmethod
    def _choose(cls, form, choices):
        for index in range(len(form.line_ids)):
            with form.line_ids.edit(index) as line:
                amount = cls._get_choice(line, choices)
                line.amount = amount
                line.chosen = bool(amount)

    @classmethod
    def _get_choice(cls, line, choices):
        item = cls.env['account.move.line'].browse(line.item_id.id)
        records = {
            line.savings_type_id, line.deposit_id, item.move_id,
            cls.env[item.move_id.coop_source_model].browse(item.move_id.coop_source_id)
            if item.move_id.coop_source_id else item.move_id,
        }
        for key, amount in choices.items():
            kind, record = key if isinstance(key, tuple) else (key, None)
            if kind == line.kind and (record is None or record in records):
                return amount
        return 0

    @classmethod
    def _serve(cls, member, choices=None, user=None, **values):
        """Return a posted receipt."""
        receipt = cls._draft_receipt(member, choices, user, **values)
        receipt.with_user(user or cls.cashier).action_post()
        return receipt

    @classmethod
    def _void(cls, receipt, user=None, reason="Wrong member"):
        receipt.with_user(user or cls.cashier)._cancel_with_reason(reason)

    def _line(self, receipt, kind):
        return receipt.line_ids.filtered(lambda line: line.kind == kind)
