# SPDX-License-Identifier: BSD-2-Clause
"""What all tests use.  This file makes the folder a package that no installed one can hide."""
