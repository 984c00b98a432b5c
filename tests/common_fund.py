from odoo import Command, fields

from odoo.addons.producer_cooperative.tests.common_shu import ShuCommon


class FundCommon(ShuCommon):
    """A cooperative whose rule gives 10 per cent to the board, split 40 / 35 / 25, and 10 to the social fund."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._create_rule(
            ('reserve', 40), ('capital', 40), ('fund', 10, 'board'), ('fund', 10, 'social'),
        )
        cls.siti = cls._create_registered("Siti", '001', 300_000)
        cls.chair, cls.secretary, cls.treasurer = cls.env['res.partner'].create([
            {'name': name} for name in ("Pak Ketua", "Bu Sekretaris", "Pak Bendahara")
        ])
        cls.board_share = cls.rule.share_ids.filtered(lambda share: share.fund == 'board')
        cls.board_share.person_ids = [
            Command.create({'partner_id': partner.id, 'role': role, 'percent': percent})
            for partner, role, percent in (
                (cls.chair, "Chair", 40), (cls.secretary, "Secretary", 35), (cls.treasurer, "Treasurer", 25),
            )
        ]
        cls.board, cls.social = (cls._find_fund(key) for key in ('fund_board', 'fund_social'))

    @classmethod
    def _find_fund(cls, key):
        return cls.env['coop.fund'].search([
            ('account_id', '=', cls._account(key).id), ('company_id', '=', cls.company.id),
        ])

    @classmethod
    def _draft_spending(cls, fund, *lines, user=None, **values):
        """Return a draft that the officer wrote; lines are ``(person or None, purpose, amount)`` or with tax per cent.
        """
        return cls.env['coop.fund.spending'].with_user(user or cls.officer).create({
            'fund_id': fund.id, 'reason': "Decision of the board", 'date': fields.Date.to_date('2025-03-01'),
            'journal_id': cls.cash_journal.id,
            'line_ids': [
                Command.create({
                    'partner_id': partner and partner.id, 'name': purpose, 'amount': amount,
                    'tax_percent': tax[0] if tax else 0,
                })
                for partner, purpose, amount, *tax in lines
            ],
            **values,
        })

    @classmethod
    def _spend(cls, fund, *lines, **values):
        """Return a spending that the officer wrote and the accountant posted."""
        spending = cls._draft_spending(fund, *lines, **values)
        spending.with_user(cls.accountant).action_post()
        return spending.with_env(cls.env)
