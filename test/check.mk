# The tests: what `make check` and each of its steps run.  Included by the Makefile, whose
# variables it uses; test/README.md says what each step proves.

CHECK_PACKAGES := g++ file binutils mtools openssl strace sbsigntool gdisk systemd man-db \
	bochs bochs-term bochsbios vgabios python3-pefile cpio swtpm tpm2-tools
LINT_PACKAGES := git clang clang-format clang-tidy cppcheck universal-ctags

STEPS := unit matrix tool host pack policy inspect install howto headers compiler media setup16 lint bench lies \
	explain doors trust xen conformance
.PHONY: bench check conformance trust check-debian12 check-debian13 check-sid $(STEPS:%=check-%)
RESULTS := $(BUILD)/results
# Inside `make check` a step notes its result and the check goes on.
step = $(if $(CHECKING),test/harness/step $(RESULTS) $(1))

check: ## all tests; the last line counts them
	$(Q)$(INSTALL) $(BUILD_PACKAGES) $(RUN_PACKAGES) $(CHECK_PACKAGES) $(LINT_PACKAGES)
	@mkdir -p $(BUILD)
	@rm -f $(RESULTS)
	$(Q)$(MAKE) --no-print-directory -j2 all $(BUILD)/unit
	$(Q)for step in $(STEPS); do \
		$(MAKE) --no-print-directory CHECKING=1 check-$$step || exit; done
	$(Q)$(PY) test/harness/summary.py $(RESULTS) $(STEPS)

check-unit: $(BUILD)/unit ## unit tests on the host, with ASan and UBSan
	$(Q)$(call step,unit) $(BUILD)/unit

check-matrix: ## tests of what the matrices compare
	$(Q)$(call step,matrix) $(PY) test/matrix_test.py $(BUILD)

check-tool: all ## tests of build/lintel
	$(Q)$(call step,tool) $(PY) test/tool/build_test.py $(BUILD)

check-host: all ## tests of what users' machines do to build/lintel
	$(Q)$(call step,host) $(PY) test/tool/host_test.py $(BUILD)

check-pack: all ## tests of what build/lintel shares with ukify
	$(Q)$(call step,pack) $(PY) test/tool/ukify_test.py $(BUILD)

check-policy: all ## tests of what build/lintel measures and signs for a TPM
	$(Q)$(call step,policy) $(PY) test/tool/policy_test.py $(BUILD)

check-inspect: all ## tests of lintel inspect and explain
	$(Q)$(call step,inspect) $(PY) test/tool/inspect_test.py $(BUILD)

check-install: all ## tests of what make install and make deb put into a system
	$(Q)$(call step,install) $(PY) test/tool/install_test.py $(BUILD)

check-howto: all ## tests that run the blocks of README.md and docs/howto.md
	$(Q)$(call step,howto) $(PY) test/tool/howto_test.py $(BUILD)

check-headers: all ## tests of the headers for kernel writers
	$(Q)$(call step,headers) $(PY) test/tool/headers_test.py $(BUILD)

check-compiler: all ## clang and a cross compiler build it too
	$(Q)$(call step,compiler) $(PY) test/tool/compiler_test.py $(BUILD)

check-media: all ## tests of the media that build/lintel makes
	$(Q)$(call step,media) $(PY) test/tool/media_test.py $(BUILD)

check-setup16: all ## tests of the 16-bit setup code, in QEMU
	$(Q)$(call step,setup16) $(PY) test/setup16_test.py $(BUILD)

check-lint: all ## the rules of HACKING.md, clang's and cppcheck's
	$(Q)$(call step,lint) $(PY) test/lint.py

check-lies: all ## loaders that lie, in QEMU
	$(Q)$(call step,lies) $(PY) test/lies.py $(BUILD)

check-explain: all ## lintel explain against real loaders, in QEMU
	$(Q)$(call step,explain) $(PY) test/tool/explain_test.py $(BUILD)

check-doors: all ## every door with real kernels and loaders, in QEMU
	$(Q)$(call step,doors) $(PY) test/doors/run.py $(BUILD)

check-trust: all ## measured boot: a disk that a TPM unlocks, with the real systemd, in QEMU
	$(Q)$(call step,trust) $(PY) test/trust/run.py $(BUILD)

trust: all ## the same with each changed image through each door
	$(Q)$(INSTALL) $(BUILD_PACKAGES) $(RUN_PACKAGES) $(CHECK_PACKAGES)
	$(Q)$(PY) test/trust/run.py -a $(BUILD)

# QEMU's plugin that counts; its API's header is not packaged, so count.c declares it.
$(BUILD)/bench/count.so: test/bench/count.c
	$(call say,PLUGIN)
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) -std=gnu11 $(WARN) -O2 -fPIC -shared $< -o $@

# The image's own hashes on the host; cpuid works there too.
$(BUILD)/bench/hash: $(addprefix $(BUILD)/host/,$(addsuffix .o,test/bench/hash.c shim/hash/hash.c shim/pc/vectors.c))
	$(call say,HOSTLD)
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $^ -l:libcrypto.a -o $@

check-bench: all $(BUILD)/bench/count.so $(BUILD)/bench/hash ## what Lintel executes, counted in QEMU, is within its limits
	$(Q)$(call step,bench) $(PY) test/bench/bench.py $(BUILD)

bench: ## what Lintel executes between its first instruction and the kernel's
	$(Q)$(INSTALL) $(BUILD_PACKAGES) $(RUN_PACKAGES) $(CHECK_PACKAGES)
	$(Q)$(MAKE) --no-print-directory all $(BUILD)/bench/count.so $(BUILD)/bench/hash
	$(Q)$(PY) test/bench/bench.py -v $(BUILD)

check-xen: all ## Xen's first domain and guests, with Debian's Xen and xl, in QEMU
	$(Q)$(call step,xen) $(PY) test/xen/run.py $(BUILD)

check-conformance: all ## the rules of protocol/ENTRY.md under every door and other loaders, in QEMU
	$(Q)$(call step,conformance) $(PY) test/conformance.py $(BUILD)

conformance: all ## the same, and write test/CONFORMANCE.md
	$(Q)$(INSTALL) $(BUILD_PACKAGES) $(RUN_PACKAGES) $(CHECK_PACKAGES)
	$(Q)$(PY) test/conformance.py --write $(BUILD)

# Outside `make check`, since each fetches a Debian: 2 GB and some ten minutes.
check-debian12: SUITE := bookworm
check-debian13: SUITE := trixie
check-sid: SUITE := sid
check-debian12 check-debian13 check-sid: ## a new user's first steps in a bare Debian of that version
	$(Q)$(INSTALL) debootstrap
	@mkdir -p $(BUILD)
	$(Q)$(PY) test/debian.py $(SUITE) $(BUILD)

# ---- the unit tests: the pure code on the host, under ASan and UBSan

UNIT_C := $(wildcard test/unit/*.c) $(PROTOCOL_C) shim/place.c shim/leave.c shim/measure.c shim/extra.c shim/seal.c shim/identity.c shim/say.c shim/die.c \
	shim/hash/hash.c shim/unpack/unpack.c shim/unpack/vmlinux.c efi/ia32/divide.c \
	$(addprefix bios/boot/,choose.c fat.c partition.c)
UNIT_O := $(patsubst %,$(BUILD)/obj/unit/%.o,$(UNIT_C))
$(UNIT_O): | $(BUILD)/needs
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all

$(BUILD)/unit: $(UNIT_O)
	$(call say,LD)
	$(Q)$(HOSTCC) $(SANITIZE) $^ -lz -llzma -lzstd -llz4 -l:libcrypto.a -o $@
