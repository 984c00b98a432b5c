from odoo import Command

from odoo.addons.producer_cooperative.tests.common_consignment import ConsignmentCommon


class EntriesCommon(ConsignmentCommon):
    """A company that may sell as principal, be registered for VAT, and pay advances."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.siti.partner_id
        cls.advances = cls._account('member_advance')
        cls.cost = cls._account('cost_of_goods')
        cls.vat_out = cls.env['account.account'].create({
            'name': "PPN Keluaran", 'code': '21230099', 'account_type': 'liability_current',
        })
        repartition = [
            Command.create({'repartition_type': 'base'}),
            Command.create({'repartition_type': 'tax', 'account_id': cls.vat_out.id}),
        ]
        cls.vat = cls.env['account.tax'].create({
            'name': "PPN 11%", 'amount': 11, 'type_tax_use': 'sale', 'company_id': cls.company.id,
            'invoice_repartition_line_ids': repartition,
            'refund_repartition_line_ids': [
                Command.create({'repartition_type': 'base'}),
                Command.create({'repartition_type': 'tax', 'account_id': cls.vat_out.id}),
            ],
        })
        cls.revenue = cls.env['account.account'].create({
            'name': "Penjualan", 'code': '41000099', 'account_type': 'income',
        })

    @classmethod
    def _become_principal(cls):
        cls.company.coop_consignment_basis = 'principal'
        cls.rice.property_account_income_id = cls.revenue

    @classmethod
    def _register_for_vat(cls):
        cls.company.coop_vat_status = 'registered'
        cls.company.coop_commission_tax_id = cls.vat

    @classmethod
    def _advance(cls, member, amount, direction='out', date=None):
        advance = cls.env['coop.settlement.advance'].create({
            'membership_id': member.id, 'amount': amount, 'direction': direction, 'journal_id': cls.cash_journal.id,
            'date': date or cls.today,
        })
        advance.action_post()
        return advance
