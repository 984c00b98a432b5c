from . import test_savings_voucher
from . import test_shu_examples
from . import test_shu_compute
