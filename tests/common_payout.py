from odoo import Command

from odoo.addons.producer_cooperative.tests.common_consignment import ConsignmentCommon


class PayoutCommon(ConsignmentCommon):
    """Siti is owed Rp 9,045 and Budi Rp 18,090: sales of 1,005 and 2,010 at Rp 10, less 10 % commission."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cash = cls.cash_journal.default_account_id
        cls.bank = cls.bank_journal.default_account_id
        for member, quantity in ((cls.siti, 1_005), (cls.budi, 2_010)):
            cls._sold(member, quantity)
        cls.of_siti, cls.of_budi = cls._settle(cls.siti), cls._settle(cls.budi)

    # === FIXTURES === #

    @classmethod
    def _draft(cls, journal=None, user=None, **values):
        """Return a draft payout over the cash journal, or another one."""
        Payout = cls.env['coop.payout'].with_user(user) if user else cls.env['coop.payout']
        return Payout.create({'journal_id': (journal or cls.cash_journal).id, 'date': cls.today, **values})

    @classmethod
    def _fill(cls, journal=None, user=None, **values):
        payout = cls._draft(journal, user, **values)
        payout.action_fill()
        return payout

    @classmethod
    def _pay(cls, journal=None, user=None, **values):
        """Return a posted payout of everything that can be paid."""
        payout = cls._fill(journal, user, **values)
        payout.action_post()
        return payout

    @classmethod
    def _line_values(cls, settlement, amount=None):
        values = {'settlement_id': settlement.id}
        if amount is not None:
            values['amount'] = amount
        return Command.create(values)

    @classmethod
    def _open_account(cls, member, number, approve=True, **values):
        """Return a bank account of a member that the officer entered and, unless told otherwise, the manager approved.
        """
        bank = cls.env['res.bank'].create({'name': "BRI", 'bic': "BRINIDJA"})
        account = cls.env['res.partner.bank'].with_user(cls.officer).create({
            'partner_id': member.partner_id.id, 'acc_number': number, 'bank_id': bank.id, **values,
        })
        if approve:
            account.with_user(cls.manager).action_coop_approve()
        return account.with_env(cls.env)

    def _of(self, payout, member):
        return payout.line_ids.filtered(lambda line: line.membership_id == member)

    def _payable(self, settlement):
        return settlement.move_id.line_ids.filtered(lambda item: item.account_id == self.proceeds)
