// SPDX-License-Identifier: BSD-2-Clause
/*
 * Measuring by the firmware: EFI_TCG2_PROTOCOL hashes, extends and logs (TCG EFI Protocol
 * Specification, 00.13).  Linux gets the log as a configuration table, since after boot
 * services nobody can ask for it (Linux, drivers/firmware/efi/libstub/tpm.c has the table's
 * form).  The firmware's mode; boot services alive.
 */
#include "efi/efi.h"
#include "protocol/lib.h"
#include "protocol/number.h"
#include "protocol/tpmlog.h"

#define TCG2_PROTOCOL                                                  \
	{                                                              \
		0x607f766c, 0x7455, 0x42be,                            \
		{                                                      \
			0x93, 0x0b, 0xe4, 0xd7, 0x6d, 0xb2, 0x72, 0x0f \
		}                                                      \
	}

/* LINUX_EFI_TPM_EVENT_LOG_GUID of Linux's include/linux/efi.h. */
#define LINUX_EVENT_LOG                                                \
	{                                                              \
		0xb7799cb0, 0xeca2, 0x4943,                            \
		{                                                      \
			0x96, 0x67, 0x1f, 0xae, 0x07, 0xb7, 0x47, 0xfa \
		}                                                      \
	}

/* Section 7: EFI_TCG2_FINAL_EVENTS_TABLE_GUID. */
#define FINAL_EVENTS                                                   \
	{                                                              \
		0x1e2ed096, 0x30e2, 0x4254,                            \
		{                                                      \
			0xbd, 0x89, 0x86, 0x3b, 0xbe, 0xf8, 0x23, 0x25 \
		}                                                      \
	}

#define LOG_TCG_1_2 1u
#define LOG_TCG_2 2u

/* Section 6.4: EFI_TCG2_BOOT_SERVICE_CAPABILITY. */
struct capability {
	UINT8 Size;
	UINT8 StructureVersion[2], ProtocolVersion[2];
	UINT32 HashAlgorithmBitmap, SupportedEventLogs;
	BOOLEAN TPMPresentFlag;
	UINT16 MaxCommandSize, MaxResponseSize;
	UINT32 ManufacturerID, NumberOfPCRBanks, ActivePcrBanks;
};

/* Section 6.6.3: EFI_TCG2_EVENT; the event's own data follow. */
struct tcg2_event {
	UINT32 Size, HeaderSize;
	UINT16 HeaderVersion;
	UINT32 PCRIndex, EventType;
} __attribute__((packed));

#define HEADER_SIZE 14
#define HEADER_VERSION 1

struct tcg2 {
	EFI_STATUS(EFIAPI *GetCapability)(struct tcg2 *, struct capability *);
	EFI_STATUS(EFIAPI *GetEventLog)
	(struct tcg2 *, UINT32, EFI_PHYSICAL_ADDRESS *, EFI_PHYSICAL_ADDRESS *, BOOLEAN *);
	EFI_STATUS(EFIAPI *HashLogExtendEvent)
	(struct tcg2 *, UINT64, EFI_PHYSICAL_ADDRESS, UINT64, struct tcg2_event *);
};

/* What Linux expects behind the table's GUID: the log follows. */
struct linux_log {
	UINT32 size, final_events_preboot_size;
	UINT8 version;
} __attribute__((packed));

static struct tcg2 *tcg2;
static UINT32 log_format;

bool efi_tpm_open(void)
{
	EFI_GUID guid = TCG2_PROTOCOL;
	struct capability c = { .Size = sizeof(c) };

	tcg2 = NULL;
	if (efi.bs->LocateProtocol(&guid, NULL, (void **)&tcg2) != EFI_SUCCESS ||
	    tcg2->GetCapability(tcg2, &c) != EFI_SUCCESS || !c.TPMPresentFlag) {
		tcg2 = NULL;
		return false;
	}
	log_format = c.SupportedEventLogs & LOG_TCG_2 ? LOG_TCG_2 : LOG_TCG_1_2;
	return true;
}

/* ---- the log ---- */

/* TCG_PCR_EVENT of the older form: PCR, type, SHA-1, size of the data, and the data. */
#define OLD_HEAD 32u
#define OLD_SIZE 28u

/**
 * struct log - the firmware's log, where it lies
 * @all:  from the first event to behind the last one; empty where there is none
 * @last: the last event
 */
struct log {
	struct span all, last;
};

/* The size of an event in a log that begins at @begin; @sha256 gets that digest of it. */
static uint64_t event_size(struct span begin, struct span event, struct span *sha256)
{
	*sha256 = (struct span){ 0 };
	if (log_format == LOG_TCG_2)
		return tpmlog_event(begin, event, ALG_SHA256, sha256);
	return span_has(event, 0, OLD_HEAD) ? OLD_HEAD + (uint64_t)rd32(event, OLD_SIZE) : 0;
}

/* If the last event is the first one too, nothing has been logged. */
static struct log read_log(struct span *sha256)
{
	EFI_PHYSICAL_ADDRESS begin = 0, end = 0;
	BOOLEAN truncated = FALSE;
	struct log log = { 0 };
	uint64_t size;

	*sha256 = (struct span){ 0 };
	if (tcg2->GetEventLog(tcg2, log_format, &begin, &end, &truncated) != EFI_SUCCESS ||
	    end <= begin)
		return log;
	size = event_size(span_at(begin, end - begin), span_at(end, MIB), sha256);
	if (!size)
		return log;
	log.all = span_at(begin, end - begin + size);
	log.last = span_at(end, size);
	return log;
}

/* The firmware has hashed the bytes, and its log says what came out. */
static void read_sha256(const struct event *e, uint8_t sha256[SHA256_SIZE])
{
	struct span found;
	struct log log = read_log(&found);

	if (rd32(log.last, 0) == e->pcr && rd32(log.last, 4) == e->type && found.len == SHA256_SIZE)
		memcpy(sha256, found.p, SHA256_SIZE);
}

/* ---- extending ---- */

bool efi_tpm_extend(const struct event *e, uint8_t sha256[SHA256_SIZE])
{
	UINTN size = sizeof(struct tcg2_event) + e->text.len;
	struct tcg2_event *log;
	EFI_STATUS status;

	memset(sha256, 0, SHA256_SIZE);
	if (efi.bs->AllocatePool(EfiLoaderData, size, (void **)&log) != EFI_SUCCESS)
		return false;
	*log = (struct tcg2_event){ (UINT32)size, HEADER_SIZE, HEADER_VERSION, e->pcr, e->type };
	memcpy(log + 1, e->text.p, e->text.len);
	status = tcg2->HashLogExtendEvent(tcg2, 0, (uint64_t)(uintptr_t)e->data.p, e->data.len,
					  log);
	efi.bs->FreePool(log);
	if (status == EFI_SUCCESS)
		read_sha256(e, sha256);
	return status == EFI_SUCCESS;
}

/* ---- handing the log over ---- */

/* Bytes of the events that the firmware notes in this table too once anybody has read the log:
 * Linux must not take them twice. */
static uint32_t final_events_size(struct span log)
{
	EFI_GUID guid = FINAL_EVENTS;
	uint64_t table = efi_find_table(&guid), at = 16;
	struct span events = span_at(table, table ? MIB : 0), sha256;
	uint64_t n = log_format == LOG_TCG_2 ? rd64(events, 8) : 0;

	for (uint64_t i = 0; i < n; i++) {
		uint64_t size = event_size(log, span_from(events, at), &sha256);

		if (!size)
			break;
		at += size;
	}
	return (uint32_t)(at - 16);
}

void efi_tpm_log(void)
{
	EFI_GUID guid = LINUX_EVENT_LOG;
	struct linux_log *table;
	struct span sha256;
	struct log log;

	if (!tcg2)
		return;
	log = read_log(&sha256);
	/* The kernel reads it where it lies, and frees such memory later. */
	if (!log.all.len || efi.bs->AllocatePool(EfiACPIReclaimMemory, sizeof(*table) + log.all.len,
						 (void **)&table) != EFI_SUCCESS)
		return;
	*table = (struct linux_log){ (UINT32)log.all.len, final_events_size(log.all),
				     (UINT8)log_format };
	memcpy(table + 1, log.all.p, log.all.len);
	if (efi.bs->InstallConfigurationTable(&guid, table) != EFI_SUCCESS)
		efi.bs->FreePool(table);
}
