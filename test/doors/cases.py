# SPDX-License-Identifier: BSD-2-Clause
"""The doors matrix's table: all cases, in the order in which doors/run.py begins them."""
from doors import bochs, chain, choose, efi, firmware, hello, ia32, media, media_size, net, pc, \
    sealed, stub, widths

CASES = [case for part in (pc, efi, ia32, media, media_size, widths, choose, bochs, net, hello,
                           chain, firmware, stub, sealed)
         for case in part.CASES]
