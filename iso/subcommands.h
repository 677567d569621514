/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What main() in lintel.c runs: each subcommand's function, which lies in the folder that
 * the comment names.  argv[0] is the tool's name, options follow; what is returned is the
 * exit status (iso/reject.h).
 */
#ifndef ISO_SUBCOMMANDS_H
#define ISO_SUBCOMMANDS_H

/** build_main() - `lintel build`, build/build.c */
int build_main(int argc, char **argv);

/** inspect_main() - `lintel inspect`, inspect/inspect.c */
int inspect_main(int argc, char **argv);

/** explain_main() - `lintel explain`, inspect/explain.c */
int explain_main(int argc, char **argv);

/** iso_main() - `lintel iso`, media/iso.c */
int iso_main(int argc, char **argv);

/** disk_main() - `lintel disk`, media/disk.c */
int disk_main(int argc, char **argv);

#endif
