# Lintel.  `make help` says what there is.  One Makefile, not recursive; everything
# that is made lies under build/.

VERSION := 0.1.0
BUILD := build
# The tools.  With CROSS_COMPILE=x86_64-linux-gnu- the build's machine need not be an x86 one;
# the host tool and the unit tests are for that machine, so they have a compiler of their own.
CROSS_COMPILE ?=
CC := $(CROSS_COMPILE)gcc
# For 16-bit code and what surrounds it: clang's assembler makes no jump of bios/boot/sector.S,
# and its code calls functions of a library.
CC16 := $(CROSS_COMPILE)gcc
HOSTCC := $(if $(CROSS_COMPILE),gcc,$(CC))
LD := $(CROSS_COMPILE)ld
NM := $(CROSS_COMPILE)nm
OBJCOPY := $(CROSS_COMPILE)objcopy
READELF := $(CROSS_COMPILE)readelf
Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-8s %s\n' $(1) $@)

WARN := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wpointer-arith -Wundef -Wvla -Wwrite-strings -Wcast-align -Werror
# Headers of our own by their path from here; <lintel/NAME.h> is what is installed.
INCLUDES := -I. -Iprotocol
COMMON := -std=gnu11 $(WARN) $(INCLUDES) -DLINTEL_VERSION='"$(VERSION)"' -MMD -MP
# The core: position independent, no libraries, no vector registers, no red zone
# (an exception would overwrite it).  hidden.h keeps a global offset table out.
# shim/pc/canary.c has what the stack protector needs.
CORE := $(COMMON) -include shim/hidden.h -O2 -ffreestanding -fpie -fvisibility=hidden \
	-mno-red-zone -mgeneral-regs-only -fstack-protector-strong -mstack-protector-guard=global \
	-fno-jump-tables -fcf-protection=none -fno-asynchronous-unwind-tables -fno-builtin -fno-strict-aliasing
ASM := $(INCLUDES) -MMD -MP -DLINTEL_VERSION='"$(VERSION)"' \
	-DLINTEL_VERSION_STRING='"Lintel $(VERSION)"' -Wa,-I$(BUILD)
SETUP16 := $(COMMON) -m16 -march=i386 -mregparm=3 -Os -ffreestanding -fno-pic \
	-fno-stack-protector -fno-asynchronous-unwind-tables -fcf-protection=none \
	-mgeneral-regs-only -fno-jump-tables -fno-strict-aliasing -mpreferred-stack-boundary=2

PROTOCOL_C := $(wildcard protocol/*.c)
SHIM_C := $(wildcard shim/*.c shim/*/*.c)
SHIM_S := $(wildcard shim/*/*.S)
EFI_C := $(wildcard efi/*.c)
EFI_S := $(wildcard efi/*.S)
# The image for 32-bit UEFI has only one door, so it needs only these files of shim/.
IA32_C := $(PROTOCOL_C) $(EFI_C) $(wildcard efi/ia32/*.c) \
	$(filter-out shim/memory.c,$(wildcard shim/*.c)) \
	$(addprefix shim/pc/,canary.c console.c machine.c ports.c refuse.c uart.c)
IA32_S := $(wildcard efi/ia32/*.S) shim/face/sbat.S
BIOS_C := $(wildcard bios/*.c)
BIOS_S := $(wildcard bios/*.S)
BOOT_C := $(wildcard bios/boot/*.c)
BOOT_S := $(wildcard bios/boot/*.S)
TOOL_C := $(wildcard iso/*.c iso/*/*.c)
TOOL_S := $(wildcard iso/*/*.S)
# What kernel writers include as <lintel/NAME.h>; all other headers are our own.
PUBLIC_H := $(wildcard protocol/lintel/*.h)

obj = $(patsubst %,$(BUILD)/obj/%.o,$(1))
CORE_O := $(call obj,$(PROTOCOL_C) $(SHIM_C) $(SHIM_S) $(EFI_C) $(EFI_S))
# Both 16-bit programs too use these: they make lines for people.
SAY16_O := $(patsubst %,$(BUILD)/obj16/%.o,protocol/format.c shim/say.c shim/string.c \
	efi/ia32/divide.c)
SETUP16_O := $(call obj,$(BIOS_C) $(BIOS_S)) $(SAY16_O) $(BUILD)/obj16/shim/die.c.o
IA32_O := $(patsubst %,$(BUILD)/obj32/%.o,$(IA32_C) $(IA32_S))
BOOT_O := $(call obj,$(BOOT_C) $(BOOT_S) bios/a20.c bios/call.S bios/e820.c bios/console.c) \
	$(BUILD)/obj16/protocol/version.c.o $(SAY16_O)
HOST_O := $(patsubst %,$(BUILD)/host/%.o,$(PROTOCOL_C) shim/unpack/unpack.c $(TOOL_C) $(TOOL_S))
# The probe kernel is Lintel's entries and readers with other doors.
PROBE_O := $(call obj,$(PROTOCOL_C) $(wildcard test/probe/*.[cS]) \
	$(addprefix shim/,handoff.c memory.c say.c die.c string.c xen/xen.c xen/start.S) \
	$(wildcard shim/face/*.S) $(filter-out $(addprefix shim/pc/,doors.c refuse.c fpu.c leave.S),$(wildcard shim/pc/*.[cS])))

PRODUCTS := $(addprefix $(BUILD)/,lintel.efi lintel.elf lintelia32.efi lintel probe.bzImage probe.elf \
	probe32.elf hello.elf launcher bios.bin)

.DELETE_ON_ERROR:
.SECONDARY:

all: $(PRODUCTS) ## build everything (default)

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z0-9%-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "  CC=clang; CROSS_COMPILE=PREFIX-, or CC=, CC16=, LD=, NM=, OBJCOPY=, READELF=, HOSTCC="
	@echo "  V=1 shows the commands; KERNEL=, INITRD= and CMDLINE= go with make run"

# ---- compiling: one rule for each world that the same source is compiled for

# Without these the compiler lays out UEFI's structures as Unix has them.
IA32 := -m32 -march=i686 -malign-double -ffunction-sections \
	-isystem /usr/include/efi -isystem /usr/include/efi/ia32 -fshort-wchar
# gnu-efi's headers have what a freestanding program needs; the image links none of its libraries.
EFI64 := -isystem /usr/include/efi -isystem /usr/include/efi/x86_64 -DGNU_EFI_USE_MS_ABI \
	-fshort-wchar

# $(call compile,TREE,FOLDER,SUFFIX,WORD,COMMAND): BUILD/TREE/FOLDER/NAME.SUFFIX.o of FOLDER/NAME.SUFFIX
define compile
$(BUILD)/$(1)/$(2)%.$(3).o: $(2)%.$(3)
	$$(call say,$(4))
	@mkdir -p $$(@D)
	$$(Q)$(5) -c $$< -o $$@
endef

$(eval $(call compile,obj,,c,CC,$$(CC) -m64 $$(CORE)))
$(eval $(call compile,obj,,S,AS,$$(CC) -m64 $$(ASM)))
$(eval $(call compile,obj,efi/,c,CC,$$(CC) -m64 $$(CORE) $$(EFI64)))
$(eval $(call compile,obj,bios/,c,CC16,$$(CC16) $$(SETUP16)))
$(eval $(call compile,obj,bios/,S,AS16,$$(CC16) -m32 $$(ASM)))
$(eval $(call compile,obj16,,c,CC16,$$(CC16) $$(SETUP16)))
$(eval $(call compile,obj32,,c,CC32,$$(CC) $$(CORE) $$(IA32)))
$(eval $(call compile,obj32,,S,AS32,$$(CC) -m32 $$(ASM)))
$(eval $(call compile,host,,c,HOSTCC,$$(HOSTCC) $$(COMMON) -O2))
$(eval $(call compile,obj/unit,,c,HOSTCC,$$(HOSTCC) $$(COMMON) -g -O1 $$(SANITIZE)))

# It sets the value that the stack protector compares.
$(call obj,shim/pc/canary.c) $(BUILD)/obj32/shim/pc/canary.c.o: CORE += -fno-stack-protector

# ---- what the build needs: on a bare machine one line says what is missing

# Header:package.  gcc only recommends the C library's.
HEADERS := stdio.h:libc6-dev efi/efi.h:gnu-efi zlib.h:zlib1g-dev lzma.h:liblzma-dev zstd.h:libzstd-dev \
	lz4.h:liblz4-dev bzlib.h:libbz2-dev openssl/evp.h:libssl-dev jansson.h:libjansson-dev ini.h:libinih-dev
header = $(firstword $(subst :, ,$(1)))
package = $(lastword $(subst :, ,$(1)))
TOOLS = $(sort $(foreach tool,CC CC16 HOSTCC LD NM OBJCOPY READELF,$(firstword $($(tool)))))

$(BUILD)/needs:
	@mkdir -p $(@D)
	@for tool in $(TOOLS); do command -v $$tool >/dev/null || lacks="$$lacks $$tool"; done; \
	lacks="$$lacks $$(printf '#if !__has_include(<%s>)\n%s (%s)\n#endif\n' $(foreach need,$(HEADERS), \
		$(call header,$(need)) $(call package,$(need)) $(call header,$(need))) | \
		$(HOSTCC) -E -P - 2>/dev/null)"; \
	lacks=$$(echo $$lacks $(filter-out /%,$(UNPACK_A) $(HASH_A))); \
	if [ "$$lacks" ]; then echo "lintel: the build lacks $$lacks; make deps installs it" >&2; exit 1; fi
	@touch $@

$(CORE_O) $(SETUP16_O) $(IA32_O) $(BOOT_O) $(HOST_O) $(PROBE_O) $(BUILD)/hello.elf $(BUILD)/launcher \
	$(BUILD)/lintel.ld $(BUILD)/lintelia32.ld: | $(BUILD)/needs

# ---- the image: one link, two faces

$(BUILD)/obj/shim/face/headers.S.o: $(BUILD)/setup16.bin

$(BUILD)/lintel.ld: shim/face/lintel.ld shim/face/layout.h shim/leave.h
	@mkdir -p $(@D)
	$(Q)$(CC) -E -P -undef -x c -D__ASSEMBLER__ -I. $< -o $@

LINK = $(LD) -m elf_x86_64 -pie --no-dynamic-linker -z text --no-warn-rwx-segments \
	-e start_linux64 -T $(BUILD)/lintel.ld

# The decompressors: what shim/unpack/unpack.c calls, and nothing of the C library.
UNPACK_A = $(foreach lib,z lzma zstd lz4,$(shell $(CC) -m64 -print-file-name=lib$(lib).a 2>/dev/null))

# The hashes: the block functions that shim/hash/hash.c calls, in assembly, and nothing else.
HASH_A = $(shell $(CC) -m64 -print-file-name=libcrypto.a 2>/dev/null)

# The probe kernel notes its registers before anything else happens.
PROBE_LINK := --wrap=start_linux32 --wrap=start_linux64

$(BUILD)/%.linked:
	$(call say,LD)
	$(Q)$(LINK) $(filter %.o,$^) -o $@

# Law 5: no pointers in our own static data; the libraries' may only point into the image.
$(BUILD)/lintel.linked: $(CORE_O) $(BUILD)/lintel.ld
	$(call say,LD)
	$(Q)$(LINK) $(CORE_O) $(UNPACK_A) $(HASH_A) -o $@
	$(Q)! $(READELF) -rW $(CORE_O) | grep R_X86_64_64
	$(Q)! $(READELF) -rW $@ | grep R_X86_64_ | grep -v R_X86_64_RELATIVE
$(BUILD)/probe.linked: $(PROBE_O) $(BUILD)/lintel.ld
$(BUILD)/probe.linked: LINK += $(PROBE_LINK)

$(BUILD)/lintel.efi: $(BUILD)/lintel.linked
	$(call say,FACE)
	$(Q)$(OBJCOPY) -O binary -R .face_elf $< $@

$(BUILD)/probe.bzImage: $(BUILD)/probe.linked
	$(call say,FACE)
	$(Q)$(OBJCOPY) -O binary -R .face_elf $< $@

$(BUILD)/lintel.elf: $(BUILD)/lintel.linked $(BUILD)/lintel.efi
	$(call say,FACE)
	$(Q)$(OBJCOPY) -O binary -j .face_elf $< $@
	$(Q)tail -c +769 $(BUILD)/lintel.efi >> $@

# Ordinary ELF kernels, entered at e_entry in 64-bit mode or, an ELF32 file, in 32-bit mode.
$(BUILD)/probe.elf $(BUILD)/probe32.linked: $(PROBE_O)
	$(call say,LD)
	$(Q)$(LD) -m elf_x86_64 -static -n --no-warn-rwx-segments -Ttext-segment=0x2000000 $(PROBE_LINK) \
		-e __wrap_start_linux$(if $(filter probe32%,$(@F)),32,64) \
		--defsym=image_base=__executable_start --defsym=image_end=_end \
		$(filter-out $(BUILD)/obj/shim/face/%,$^) -o $@

$(BUILD)/probe32.elf: $(BUILD)/probe32.linked
	$(call say,ELF32)
	$(Q)$(OBJCOPY) -I elf64-x86-64 -O elf32-i386 $< $@

# ---- the example kernel: the headers as they are installed, and nothing else of ours

HELLO := $(addprefix test/hello/,entry.S hello.c console.c)
HELLO_MORE := $(addprefix test/hello/,console.h hello.ld)

$(BUILD)/hello.elf: $(HELLO) $(HELLO_MORE) $(PUBLIC_H)
	$(call say,LD)
	$(Q)$(CC) -m64 -std=c11 -pedantic-errors $(WARN) -O2 -ffreestanding -fpie -mno-red-zone \
		-mgeneral-regs-only -nostdlib -static -Iprotocol -T test/hello/hello.ld $(HELLO) -o $@

# ---- the image for 32-bit UEFI: the same sources once more

ia32-sources:
	@echo $(IA32_C)

# The code that leaves runs in long mode here too.
$(BUILD)/leave.bin: $(BUILD)/obj/shim/pc/leave.S.o
	$(call say,LD)
	$(Q)$(LD) -m elf_x86_64 -Ttext=0 -e 0 --oformat=binary $< -o $@

$(BUILD)/obj32/efi/ia32/start.S.o: $(BUILD)/leave.bin

$(BUILD)/lintelia32.ld: efi/ia32/lintelia32.ld shim/face/layout.h shim/leave.h
	@mkdir -p $(@D)
	$(Q)$(CC) -E -P -undef -x c -D__ASSEMBLER__ -I. $< -o $@

$(BUILD)/lintelia32.linked: $(IA32_O) $(BUILD)/lintelia32.ld
	$(call say,LD32)
	$(Q)$(LD) -m elf_i386 -pie --no-dynamic-linker -z text --no-warn-rwx-segments --gc-sections \
		-e start_efi32 -T $(BUILD)/lintelia32.ld $(IA32_O) -o $@

$(BUILD)/lintelia32.efi: $(BUILD)/lintelia32.linked
	$(call say,FACE)
	$(Q)$(OBJCOPY) -O binary $< $@

# ---- the 16-bit setup code, a flat program of its own inside the image

$(BUILD)/setup16.bin: $(SETUP16_O) bios/setup16.ld
	$(call say,LD16)
	$(Q)$(LD) -m elf_i386 -T bios/setup16.ld $(SETUP16_O) -o $(BUILD)/setup16.linked
	$(Q)$(OBJCOPY) -O binary $(BUILD)/setup16.linked $@

# ---- the boot loader of BIOS media, for the host tool to put onto them

# 32-bit code, which no 16-bit code may be linked to.  The compiler must keep the order of
# the checksum's additions, since any other needs more registers.
$(BUILD)/obj/bios/boot/high.c.o: bios/boot/high.c
	$(call say,CC32)
	@mkdir -p $(@D)
	$(Q)$(CC16) $(filter-out -m16 -Os -mgeneral-regs-only,$(SETUP16)) -m32 -msse2 -O2 \
		-fno-tree-loop-distribute-patterns -fno-tree-reassoc -c $< -o $@
	$(Q)! $(NM) -u $@ | grep .

# Filled up to whole sectors of a CD.
$(BUILD)/bios.bin: $(BOOT_O) bios/boot/boot.ld
	$(call say,LD16)
	$(Q)$(LD) -m elf_i386 --no-warn-rwx-segments -T bios/boot/boot.ld $(BOOT_O) -o $(BUILD)/bios.linked
	$(Q)$(OBJCOPY) -O binary $(BUILD)/bios.linked $@
	$(Q)truncate -s %2048 $@

# ---- a boot loader for tests that says what real ones never say

# At 256 MiB, far from the kernel that it loads.
$(BUILD)/launcher: test/launcher/start.S test/launcher/launcher.c \
		$(addprefix protocol/lintel/,linux.h multiboot1.h wire.h)
	$(call say,LD32)
	$(Q)$(CC16) $(filter-out -m16 -Os -MMD -MP,$(SETUP16)) -m32 -O2 -fno-tree-loop-distribute-patterns \
		-nostdlib -static -no-pie -Wl,-n,--no-warn-rwx-segments,-Ttext=0x10000000,--build-id=none,-e,start,-m,elf_i386 \
		$(filter %.S %.c,$^) -o $@

# ---- the host tool: it has protocol/ too, so that it accepts what can be booted

$(BUILD)/host/iso/media/bios.S.o: iso/media/bios.S $(BUILD)/bios.bin
	$(call say,HOSTAS)
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) -c -Wa,-I$(BUILD) $< -o $@

$(BUILD)/lintel: $(HOST_O)
	$(call say,HOSTLD)
	$(Q)$(HOSTCC) $^ -lcrypto -ljansson -linih -lz -llzma -lzstd -llz4 -lbz2 -o $@

# ---- installing

PREFIX ?= /usr/local
DESTDIR ?=
ROOT = $(DESTDIR)$(PREFIX)
IMAGES := $(addprefix $(BUILD)/,lintel.efi lintel.elf lintelia32.efi)

# Each line: folder, mode, files, and the name there where it is another one.
define installed
$(call $(1),bin,755,$(BUILD)/lintel)
$(call $(1),lib/lintel,644,$(IMAGES))
$(call $(1),include/lintel,644,$(PUBLIC_H))
$(call $(1),share/doc/lintel,644,protocol/ENTRY.md)
$(call $(1),share/doc/lintel/examples/hello,644,$(HELLO) $(HELLO_MORE))
$(call $(1),lib/kernel/install.d,755,iso/install/90-lintel.install)
$(call $(1),share/man/man1,644,iso/install/lintel.1)
$(call $(1),share/bash-completion/completions,644,iso/install/lintel.bash,lintel)
endef
put = $(Q)install -d '$(ROOT)/$(1)' && install -m $(2) $(3) '$(ROOT)/$(1)/$(4)'
remove = $(Q)rm -f $(addprefix '$(ROOT)/$(1)'/,$(or $(4),$(notdir $(3))))
# Folders that go too where nothing else is left in them; /usr and /usr/local of a system that
# runs have some by themselves.
OWN := $(addprefix share/,doc/lintel/examples/hello doc/lintel/examples doc/lintel doc man/man1 \
	bash-completion/completions bash-completion) \
	lib/kernel/install.d lib/kernel lib/lintel include/lintel
SYSTEM := share/man share include lib bin
FOLDERS = $(OWN) $(if $(DESTDIR)$(filter-out /usr /usr/local,$(PREFIX)),$(SYSTEM))

install: all ## install the tool, the image and the headers; DESTDIR=, PREFIX=/usr/local
	$(call installed,put)

uninstall: ## remove what make install has put there; the same DESTDIR= and PREFIX=
	$(call installed,remove)
	$(Q)rmdir $(addprefix '$(ROOT)'/,$(FOLDERS)) 2>/dev/null || :
	$(Q)$(if $(DESTDIR),cd '$(DESTDIR)' 2>/dev/null && rmdir -p $(PREFIX:/%=%) 2>/dev/null || :)

DEB := $(BUILD)/lintel_$(VERSION)_amd64.deb
# The time of what is packed, so that the same sources make the same package.
EPOCH = $${SOURCE_DATE_EPOCH:-$$(git log -1 --format=%ct 2>/dev/null || date +%s)}

deb: all ## build a Debian package of it
	$(call say,DEB)
	$(Q)rm -rf $(BUILD)/deb
	$(Q)$(MAKE) --no-print-directory install DESTDIR=$(BUILD)/deb PREFIX=/usr
	$(Q)gzip -9n $(BUILD)/deb/usr/share/man/man1/lintel.1
	$(Q)install -D -m 644 LICENSE $(BUILD)/deb/usr/share/doc/lintel/copyright
	$(Q)install -d $(BUILD)/deb/DEBIAN
	$(Q)sed 's/@VERSION@/$(VERSION)/' iso/install/control > $(BUILD)/deb/DEBIAN/control
	$(Q)SOURCE_DATE_EPOCH=$(EPOCH) dpkg-deb --root-owner-group --build $(BUILD)/deb $(DEB) >/dev/null

# ---- running; it installs the packages that it needs

PY := python3
INSTALL := $(PY) test/harness/packages.py
BUILD_PACKAGES := gcc binutils $(foreach need,$(HEADERS),$(call package,$(need)))
RUN_PACKAGES := qemu-system-x86 grub-common grub-pc-bin xorriso

.PHONY: all clean deb deps help ia32-sources install run uninstall

deps: ## install the packages that the build needs, and no others (apt-get)
	@command -v $(PY) >/dev/null || { echo "lintel: first install $(PY), then make deps again" >&2; exit 1; }
	$(Q)$(INSTALL) $(BUILD_PACKAGES)

run: ## boot Debian's kernel from a GRUB CD in QEMU; KERNEL=, INITRD=, CMDLINE= for yours
	$(Q)$(INSTALL) $(BUILD_PACKAGES) $(RUN_PACKAGES)
	$(Q)$(MAKE) --no-print-directory all
	$(Q)$(PY) iso/run/run.py $(BUILD)

clean: ## remove build/ but for the fetched packages
	$(Q)find $(BUILD) -mindepth 1 -maxdepth 1 ! -name payload -exec rm -rf {} +

print-%: ## show what a variable of this file is, as in `make print-SHIM_C`
	@echo '$($*)'

include test/check.mk

-include $(shell find $(BUILD)/obj $(BUILD)/obj16 $(BUILD)/obj32 $(BUILD)/host -name '*.d' 2>/dev/null)
