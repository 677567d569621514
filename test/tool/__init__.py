# SPDX-License-Identifier: BSD-2-Clause
"""Tests of build/lintel.  This file makes the folder a package that no installed one can hide."""
