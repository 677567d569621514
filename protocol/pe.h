/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The part of PE/COFF that UKIs use (Microsoft PE Format; UAPI.5 Unified Kernel Image).  A
 * PE file begins with an MZ header whose e_lfanew (0x3c) is the offset of "PE\0\0"; the
 * COFF header, the optional header and the section table follow without gaps.  Numbers in
 * parentheses are sections of Microsoft's text; its IMAGE_ is our PE_.  Assembly gets the
 * constants only.
 */
#ifndef PROTOCOL_PE_H
#define PROTOCOL_PE_H

#define MZ_MAGIC 0x5a4d	    /* "MZ" */
#define MZ_E_LFANEW 0x3c    /* where the offset of the PE header is */
#define PE_MAGIC 0x00004550 /* "PE\0\0" */

/* pe_header.Machine (section 3.3.1) */
#define PE_MACHINE_I386 0x014c
#define PE_MACHINE_AMD64 0x8664
#define PE_MACHINE_ARM64 0xaa64

/* pe_header.Characteristics (section 3.3.2, IMAGE_FILE_*) */
#define PE_FILE_EXECUTABLE_IMAGE 0x0002
#define PE_FILE_LINE_NUMS_STRIPPED 0x0004
#define PE_FILE_32BIT_MACHINE 0x0100
#define PE_FILE_DEBUG_STRIPPED 0x0200

/* The optional header (section 3.4); the magic says whether it is PE32 or PE32+ */
#define PE_MAGIC32 0x10b
#define PE_MAGIC64 0x20b
#define PE_SUBSYSTEM_EFI_APPLICATION 10
#define PE_SIZE_OF_IMAGE 80 /* SizeOfImage, from the PE header on, in both */
#define PE_DLLCHARACTERISTICS_NX_COMPAT 0x0100
#define PE_DIRECTORIES 16
#define PE_DIRECTORY_SECURITY 4 /* where the signature is */

/* pe_section.Characteristics (section 4.1, IMAGE_SCN_*) */
#define PE_SCN_CODE 0x00000020
#define PE_SCN_INITIALIZED 0x00000040
#define PE_SCN_UNINITIALIZED 0x00000080
#define PE_SCN_EXECUTE 0x20000000
#define PE_SCN_READ 0x40000000
#define PE_SCN_WRITE 0x80000000

#ifndef __ASSEMBLER__

#include <stdint.h>

#include "protocol/at.h"

/** struct pe_header - signature and COFF file header (sections 3.2, 3.3) */
struct pe_header {
	uint32_t Signature;
	uint16_t Machine;
	uint16_t NumberOfSections;
	uint32_t TimeDateStamp;
	uint32_t PointerToSymbolTable;
	uint32_t NumberOfSymbols;
	uint16_t SizeOfOptionalHeader;
	uint16_t Characteristics;
} PACKED;
SIZE(struct pe_header, 24);

/** struct pe_optional_header64 - PE32+ optional header (section 3.4), 16 directories */
struct pe_optional_header64 {
	uint16_t Magic; /* PE_MAGIC64 */
	uint8_t MajorLinkerVersion, MinorLinkerVersion;
	uint32_t SizeOfCode;
	uint32_t SizeOfInitializedData;
	uint32_t SizeOfUninitializedData;
	uint32_t AddressOfEntryPoint;
	uint32_t BaseOfCode;
	uint64_t ImageBase;
	uint32_t SectionAlignment;
	uint32_t FileAlignment;
	uint16_t MajorOperatingSystemVersion, MinorOperatingSystemVersion;
	uint16_t MajorImageVersion, MinorImageVersion;
	uint16_t MajorSubsystemVersion, MinorSubsystemVersion;
	uint32_t Win32VersionValue;
	uint32_t SizeOfImage;
	uint32_t SizeOfHeaders;
	uint32_t CheckSum;
	uint16_t Subsystem;
	uint16_t DllCharacteristics;
	uint64_t SizeOfStackReserve, SizeOfStackCommit;
	uint64_t SizeOfHeapReserve, SizeOfHeapCommit;
	uint32_t LoaderFlags;
	uint32_t NumberOfRvaAndSizes;
	struct {
		uint32_t VirtualAddress, Size;
	} DataDirectory[PE_DIRECTORIES];
} PACKED;
AT(struct pe_optional_header64, SectionAlignment, 32);
AT(struct pe_optional_header64, SizeOfImage, PE_SIZE_OF_IMAGE - sizeof(struct pe_header));
AT(struct pe_optional_header64, CheckSum, 64);
SIZE(struct pe_optional_header64, 240);

/** struct pe_optional_header32 - PE32 optional header, the same but for the width of five fields;
 *  from SectionAlignment to DllCharacteristics nothing is displaced */
struct pe_optional_header32 {
	uint16_t Magic; /* PE_MAGIC32 */
	uint8_t MajorLinkerVersion, MinorLinkerVersion;
	uint32_t SizeOfCode;
	uint32_t SizeOfInitializedData;
	uint32_t SizeOfUninitializedData;
	uint32_t AddressOfEntryPoint;
	uint32_t BaseOfCode, BaseOfData;
	uint32_t ImageBase;
	uint32_t SectionAlignment;
	uint32_t FileAlignment;
	uint16_t MajorOperatingSystemVersion, MinorOperatingSystemVersion;
	uint16_t MajorImageVersion, MinorImageVersion;
	uint16_t MajorSubsystemVersion, MinorSubsystemVersion;
	uint32_t Win32VersionValue;
	uint32_t SizeOfImage;
	uint32_t SizeOfHeaders;
	uint32_t CheckSum;
	uint16_t Subsystem;
	uint16_t DllCharacteristics;
	uint32_t SizeOfStackReserve, SizeOfStackCommit;
	uint32_t SizeOfHeapReserve, SizeOfHeapCommit;
	uint32_t LoaderFlags;
	uint32_t NumberOfRvaAndSizes;
	struct {
		uint32_t VirtualAddress, Size;
	} DataDirectory[PE_DIRECTORIES];
} PACKED;
AT(struct pe_optional_header32, SectionAlignment, 32);
AT(struct pe_optional_header32, SizeOfImage, PE_SIZE_OF_IMAGE - sizeof(struct pe_header));
AT(struct pe_optional_header32, CheckSum, 64);
SIZE(struct pe_optional_header32, 224);

/** struct pe_section - section header (section 4) */
struct pe_section {
	char Name[8];		   /* NUL-padded, not terminated when 8 long */
	uint32_t VirtualSize;	   /* size in memory: bytes of the section */
	uint32_t VirtualAddress;   /* offset from the image's base in memory */
	uint32_t SizeOfRawData;	   /* bytes in the file, rounded to FileAlignment */
	uint32_t PointerToRawData; /* offset in the file */
	uint32_t PointerToRelocations;
	uint32_t PointerToLinenumbers;
	uint16_t NumberOfRelocations;
	uint16_t NumberOfLinenumbers;
	uint32_t Characteristics;
} PACKED;
SIZE(struct pe_section, 40);

#endif /* __ASSEMBLER__ */

#endif
