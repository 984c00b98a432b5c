"""The examples in the docstrings are true, and there are some everywhere."""

import doctest
import importlib
import inspect
import pkgutil

from odoo.tests import BaseCase, tagged

from odoo.addons.producer_cooperative import tools


def modules():
    """All modules of the arithmetic."""
    for info in pkgutil.iter_modules(tools.__path__):
        yield importlib.import_module(f'{tools.__name__}.{info.name}')


def public_functions(module):
    """The functions that a module offers and has not imported."""
    return [
        function
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith('_')
    ]


@tagged('post_install', '-at_install')
class TestToolsDoctests(BaseCase):

    def test_every_example_in_a_docstring_is_true(self):
        attempted = 0
        for module in modules():
            with self.subTest(module=module.__name__):
                report = []
                runner = doctest.DocTestRunner(verbose=False)
                for example in doctest.DocTestFinder().find(module):
                    runner.run(example, out=report.append)
                self.assertEqual(runner.failures, 0, msg=''.join(report))
                self.assertGreater(runner.tries, 0)
                attempted += runner.tries
        self.assertGreater(attempted, 0)

    def test_every_public_function_has_an_example(self):
        for module in modules():
            for function in public_functions(module):
                with self.subTest(function=f'{module.__name__}.{function.__name__}'):
                    self.assertIn('>>>', function.__doc__ or '')

    def test_the_arithmetic_knows_no_orm(self):
        for module in modules():
            with self.subTest(module=module.__name__):
                self.assertNotIn('import odoo', inspect.getsource(module))
                self.assertNotIn('from odoo', inspect.getsource(module))
