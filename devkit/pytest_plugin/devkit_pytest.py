"""A pytest plugin of ``./dev test``: what an earlier call of pytest found stands above the closing line."""
import os


def pytest_terminal_summary(terminalreporter):
    """Say how the tests fared that ran before, on a database of their own."""
    if earlier := os.environ.get('DEVKIT_EARLIER'):
        terminalreporter.write_line(earlier, red='FAILED' in earlier)
