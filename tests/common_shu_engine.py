from odoo.addons.producer_cooperative.tests.common_shu import ShuCommon


class ShuEngineCommon(ShuCommon):
    """A rule with shares of every kind, two members with capital, and what they bought."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._create_rule(
            ('reserve', 40), ('capital', 20), ('patronage', 30, 'purchases'), ('fund', 10, 'social'),
        )
        cls.siti = cls._create_registered("Siti", '001', 300_000)
        cls.budi = cls._create_registered("Budi", '002', 100_000)
        cls._invoice(cls.siti, 600_000)
        cls._invoice(cls.budi, 400_000)
