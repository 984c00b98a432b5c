from odoo.addons.producer_cooperative.tests.common_shu import ShuCommon


class ShuPayoutCommon(ShuCommon):
    """SHU of 400,000: 300,000 for Siti and 100,000 for Budi."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._create_rule(('reserve', 60), ('capital', 40))
        cls.siti = cls._create_registered("Siti", '001', 300_000)
        cls.budi = cls._create_registered("Budi", '002', 100_000)
        cls.allocation = cls._post(1_000_000)
        cls.of_siti, cls.of_budi = cls.allocation.member_line_ids

    @classmethod
    def _consent(cls, member, date='2025-01-10'):
        member.shu_set_off_date = date

    @classmethod
    def _end_mandatory_savings(cls):
        """Let nobody be in arrears with savings."""
        cls.env['coop.savings.rate'].search([('type_id', '=', cls.mandatory.id)]).amount = 0

    @classmethod
    def _owe(cls, member, amount, date, due=None):
        """Return the open item of an invoice of the member that is due on its day, or on another."""
        invoice = cls._invoice(member, amount, date=date, post=False)
        invoice.invoice_date_due = due or date
        invoice.action_post()
        return invoice.line_ids.filtered(lambda item: item.account_id.account_type == 'asset_receivable')
