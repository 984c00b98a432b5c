from . import test_savings_voucher
