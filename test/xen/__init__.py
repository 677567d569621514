# SPDX-License-Identifier: BSD-2-Clause
"""The matrix of Xen.  This file makes the folder a package that no installed one can hide."""
