"""Every line that check can print has a test that makes it."""

import test_check
import test_check_pam
import test_check_sshd
from machine import checks


def test_every_line_that_is_not_good_has_a_test_that_makes_it(source):
    tables = [test_check.BREAKS, test_check.ONLINE_BREAKS, test_check_pam.BREAKS, test_check_pam.BREAKS_OF_TWO, test_check_sshd.BREAKS]
    made = {row for table in tables for row, _ in table}
    assert made == {row for row, _, status in checks(source) if status != "OK"}
