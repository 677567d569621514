/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PE/COFF, as far as a UKI has it (Microsoft PE Format; UAPI.5 Unified Kernel
 * Image).  A PE file begins with an MZ header whose e_lfanew (0x3c) is the
 * offset of "PE\0\0"; the COFF header, the optional header and the section
 * table follow without gaps.
 */
#ifndef PROTOCOL_PE_H
#define PROTOCOL_PE_H

#include <stdint.h>

#include "protocol/at.h"

#define MZ_MAGIC 0x5a4d
#define MZ_E_LFANEW 0x3c
#define PE_MAGIC 0x00004550

#define PE_DIRECTORY_SECURITY 4 /* where the signature is */
#define PE_MAGIC32 0x10b
#define PE_MAGIC64 0x20b

#define PE_MACHINE_I386 0x014c
#define PE_MACHINE_AMD64 0x8664

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
	uint16_t Magic; /* 0x20b */
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
	} DataDirectory[16];
} PACKED;
AT(struct pe_optional_header64, SectionAlignment, 32);
AT(struct pe_optional_header64, SizeOfImage, 56);
AT(struct pe_optional_header64, CheckSum, 64);
SIZE(struct pe_optional_header64, 240);

/** struct pe_optional_header32 - PE32 optional header, the same but for the width of five fields;
 *  from SectionAlignment to DllCharacteristics nothing is displaced */
struct pe_optional_header32 {
	uint16_t Magic; /* 0x10b */
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
	} DataDirectory[16];
} PACKED;
AT(struct pe_optional_header32, SectionAlignment, 32);
AT(struct pe_optional_header32, SizeOfImage, 56);
AT(struct pe_optional_header32, CheckSum, 64);
SIZE(struct pe_optional_header32, 224);

/** struct pe_section - section header (section 4) */
struct pe_section {
	char Name[8];		   /* NUL-padded, not terminated when 8 long */
	uint32_t VirtualSize;	   /* bytes that the section means */
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

#define PE_SCN_CODE 0x00000020u
#define PE_SCN_INITIALIZED 0x00000040u
#define PE_SCN_UNINITIALIZED 0x00000080u
#define PE_SCN_EXECUTE 0x20000000u
#define PE_SCN_READ 0x40000000u
#define PE_SCN_WRITE 0x80000000u

#endif
