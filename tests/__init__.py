from . import test_savings_voucher
from . import test_shu_examples
from . import test_shu_compute
from . import test_shu_entries
from . import test_shu_payout
from . import test_shu_access
