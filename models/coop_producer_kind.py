from odoo import fields, models


class CoopProducerKind(models.Model):
    _name = 'coop.producer.kind'
    _description = "Kind of Producer"
    _order = 'sequence, name'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    active = fields.Boolean(default=True)

    _name_uniq = models.Constraint('UNIQUE (name)', "This kind of producer exists already.")
