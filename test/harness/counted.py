# SPDX-License-Identifier: BSD-2-Clause
"""unittest.main() with the closing line "N passed, N failed" that test/harness/step counts.

A skipped test counts as failed: nothing is left out in silence.
"""
import sys
import unittest


def main(argv):
    """Run the calling script's tests and exit with their verdict."""
    result = unittest.main(argv=argv, exit=False, verbosity=1).result
    failed = len(result.failures) + len(result.errors) + len(result.skipped)
    sys.stderr.flush()
    print(f"{result.testsRun - failed} passed, {failed} failed")
    sys.exit(failed > 0 or not result.testsRun)
