from odoo import Command, fields

from odoo.addons.producer_cooperative.tests.common import CoopCommon


class ControlCommon(CoopCommon):
    """Two cashiers, two managers and two treasurers; Siti and Budi have Rp 20,000,000 of voluntary savings each.

    They paid by bank: the drawer holds the Rp 220,000 that they joined with (2 × Rp 110,000).
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.context_today(cls.env['res.users'])
        cls.other_cashier = cls._create_role_user('cashier_2', 'producer_cooperative.group_coop_cashier')
        cls.other_manager = cls._create_role_user('manager_2', 'producer_cooperative.group_coop_manager')
        cls.other_accountant = cls._create_role_user('accountant_2', 'producer_cooperative.group_coop_accountant')
        cls.cash_journal.coop_cashier_ids = cls.cashier | cls.other_cashier
        cls.cash = cls.cash_journal.default_account_id
        cls.siti, cls.budi = cls._create_member("Siti"), cls._create_member("Budi")
        for member in (cls.siti, cls.budi):
            cls._save(member, {cls.voluntary: 20_000_000}, journal=cls.bank_journal)
        cls.env.flush_all()

    # === FIXTURES === #

    @classmethod
    def _withdraw(cls, amount, user, member=None, journal=None, **values):
        """Return a draft withdrawal of voluntary savings, written by ``user``."""
        return cls.env['coop.savings.voucher'].with_user(user).create({
            'direction': 'out', 'journal_id': (journal or cls.cash_journal).id, 'date': cls.today,
            'line_ids': [Command.create({
                'membership_id': (member or cls.siti).id, 'type_id': cls.voluntary.id, 'amount': amount,
            })], **values,
        })

    @classmethod
    def _fill_drawer(cls, amount, date=None):
        """Let Budi pay mandatory savings in cash."""
        return cls._save(cls.budi, {cls.mandatory: amount}, date=date or cls.today)

    @classmethod
    def _count(cls, notes, user=None, sign=True, **values):
        """Return a cash count of ``{note: how many}``, signed by the cashier or by ``user``."""
        count = cls.env['coop.cash.count'].with_user(user or cls.cashier).create({
            'journal_id': cls.cash_journal.id, 'note_ids': [
                Command.create({'value': value, 'quantity': quantity}) for value, quantity in notes.items()
            ], **values,
        })
        if sign:
            count.action_sign()
        return count

    @classmethod
    def _hand_over(cls, notes, giver=None, receiver=None, offer=True, **values):
        """Return a hand-over of ``{note: how many}`` from the first to the second cashier, signed by the giver."""
        giver = giver or cls.cashier
        handover = cls.env['coop.cash.handover'].with_user(giver).create({
            'journal_id': cls.cash_journal.id, 'from_user_id': giver.id,
            'to_user_id': (receiver or cls.other_cashier).id,
            'note_ids': [Command.create({'value': value, 'quantity': quantity}) for value, quantity in notes.items()],
            **values,
        })
        if offer:
            handover.action_hand_over()
        return handover
