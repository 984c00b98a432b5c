"""What the arithmetic raises instead of guessing."""

import ast
from pathlib import Path

from odoo.tests import BaseCase, tagged

from odoo.addons.producer_cooperative import tools
from odoo.addons.producer_cooperative.tools.errors import (
    MESSAGES,
    ArithmeticRefusal,
    InputRefusal,
    RuleRefusal,
)

REFUSALS = {'ArithmeticRefusal', 'InputRefusal', 'RuleRefusal'}


def raised_refusals():
    """The calls that make a refusal in the modules of the arithmetic, as (code, names of the parameters)."""
    for path in Path(tools.__file__).parent.glob('*.py'):
        for node in ast.walk(ast.parse(path.read_text(encoding='utf-8'))):
            if isinstance(node, ast.Call) and getattr(node.func, 'id', '') in REFUSALS:
                yield node.args[0].value, {keyword.arg for keyword in node.keywords}


@tagged('post_install', '-at_install')
class TestToolsErrors(BaseCase):

    def test_a_refusal_says_its_code_its_params_and_a_sentence(self):
        refusal = InputRefusal('above_last_band', base=6_001, upper=6_000)
        self.assertEqual(refusal.code, 'above_last_band')
        self.assertEqual(refusal.params, {'base': 6_001, 'upper': 6_000})
        self.assertEqual(str(refusal), "No commission band covers 6001: the last one ends at 6000.")

    def test_every_refusal_is_a_value_error(self):
        for kind in (ArithmeticRefusal, InputRefusal, RuleRefusal):
            with self.subTest(kind=kind):
                self.assertTrue(issubclass(kind, ArithmeticRefusal))
                self.assertTrue(issubclass(kind, ValueError))

    def test_an_unknown_code_is_a_mistake_of_ours(self):
        with self.assertRaises(KeyError):
            ArithmeticRefusal('no_such_code')

    def test_the_codes_that_are_raised_are_the_codes_that_are_listed(self):
        self.assertEqual({code for code, __ in raised_refusals()}, set(MESSAGES))

    def test_every_refusal_gives_the_params_that_its_sentence_names(self):
        for code, params in raised_refusals():
            with self.subTest(code=code):
                self.assertEqual(ArithmeticRefusal(code, **dict.fromkeys(params, 1)).code, code)
