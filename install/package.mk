# Archives and packages; read by the Makefile. All of them hold what `make install` puts in place, as it was
# built: the same sources give the same bytes.

SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || echo 0)
export SOURCE_DATE_EPOCH
MACHINE := $(firstword $(subst -, ,$(shell $(CC) -dumpmachine)))
DEB_ARCH = $(patsubst x86_64,amd64,$(patsubst aarch64,arm64,$(MACHINE)))
DIST = saltwell-$(VERSION)-linux-$(MACHINE)
PACKAGES_IN = $(BUILD)/packages
STAGE = $(PACKAGES_IN)/stage-$@
DEB_LEVEL ?= 6
DIST_LEVEL ?= 9
MAINTAINER ?= Saltwell maintainers <saltwell@users.noreply.github.com>
fill = sed -e 's|@VERSION@|$(VERSION)|' -e 's|@ARCH@|$1|' -e 's|@MAINTAINER@|$(MAINTAINER)|' \
	-e "s|@DATE@|$$(LC_ALL=C date -u -R -d @$(SOURCE_DATE_EPOCH))|" -e "s|@SIZE@|$$(du -sk $(STAGE) | cut -f 1)|"

# A package keeps the version's folder beside the scripts, which put it on the server: dpkg and rpm would take an
# earlier version away while queries still use it.
define stage_package
	@rm -rf $(STAGE)
	@mkdir -p $(STAGE)/usr/lib/saltwell/lib $(STAGE)/usr/share/doc/saltwell
	@cp -R $(dir $(PAYLOAD)) $(STAGE)/usr/lib/saltwell/
	@cp install/install.sh install/doctor.sh $(STAGE)/usr/lib/saltwell/
	@cp install/lib/*.sh $(STAGE)/usr/lib/saltwell/lib/
	@chmod -R u=rwX,go=rX $(STAGE)
endef

.PHONY: version
version: ## print the version
	@echo $(VERSION)

.PHONY: dist
dist: $(PAYLOAD) ## an archive laid out as the server's file system, with its checksum, in build/packages
	@rm -rf $(STAGE)
	@$(MAKE) --no-print-directory -s install DESTDIR=$(abspath $(STAGE)) PREFIX=/usr OWNER= >/dev/null
	@chmod -R u=rwX,go=rX $(STAGE)
	@tar -C $(STAGE) --sort=name --format=gnu --owner=0 --group=0 --numeric-owner --mtime=@$(SOURCE_DATE_EPOCH) -cf - etc usr var | \
		gzip -$(DIST_LEVEL)n >$(PACKAGES_IN)/$(DIST).tar.gz
	@cd $(PACKAGES_IN) && sha256sum $(DIST).tar.gz >$(DIST).tar.gz.sha256 && cat $(DIST).tar.gz.sha256

.PHONY: deb
deb: $(PAYLOAD) ## a Debian package, in build/packages
	$(stage_package)
	@mkdir -p $(STAGE)/DEBIAN $(STAGE)/usr/share/lintian/overrides
	@cp install/deb/copyright $(STAGE)/usr/share/doc/saltwell/
	@$(call fill) install/deb/changelog | gzip -9n >$(STAGE)/usr/share/doc/saltwell/changelog.gz
	@cp install/deb/lintian-overrides $(STAGE)/usr/share/lintian/overrides/saltwell
	@$(call fill,$(DEB_ARCH)) install/deb/control >$(STAGE)/DEBIAN/control
	@cd $(STAGE) && find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum >DEBIAN/md5sums
	@cp install/deb/postinst install/deb/prerm $(STAGE)/DEBIAN/
	@chmod -R u=rwX,go=rX $(STAGE)
	@dpkg-deb --root-owner-group -Zxz -z$(DEB_LEVEL) --build $(STAGE) $(PACKAGES_IN)/saltwell_$(VERSION)_$(DEB_ARCH).deb

.PHONY: rpm
rpm: $(PAYLOAD) ## an RPM package, in build/packages
	$(stage_package)
	@cp LICENSE $(STAGE)/usr/share/doc/saltwell/
	@find $(STAGE) -exec touch -hd @$(SOURCE_DATE_EPOCH) {} +
	@$(call fill) install/rpm/saltwell.spec >$(PACKAGES_IN)/saltwell.spec
	@rpmbuild --quiet -bb --target $(MACHINE) --define '_topdir $(abspath $(PACKAGES_IN))/rpmbuild' --define '_rpmdir $(abspath $(PACKAGES_IN))' \
		--define '_rpmfilename %%{NAME}-%%{VERSION}.%%{ARCH}.rpm' --define 'stage $(abspath $(STAGE))' \
		--define 'use_source_date_epoch_as_buildtime 1' --define '_buildhost reproducible' --define 'clamp_mtime_to_source_date_epoch 1' \
		$(PACKAGES_IN)/saltwell.spec
	@echo $(PACKAGES_IN)/saltwell-$(VERSION).$(MACHINE).rpm

# For 64-bit Arm, built on any machine that has the compiler and the libraries for it (install/deps.sh arm64), and
# tried in an emulator. The emulator has no seccomp, so the tests of the sandbox are skipped in it.
ARM64 = BUILD=$(BUILD)/arm64 PACKAGES_IN=$(BUILD)/packages CC=aarch64-linux-gnu-gcc STRIP=aarch64-linux-gnu-strip RUN=qemu-aarch64
ARM64_LIBRARIES = /usr/lib/aarch64-linux-gnu/pkgconfig
$(BUILD)/tests/unit_forked: $(UNIT_OBJECTS) $(BUILD)/obj/tests/arm64/runner.o $(BUILD)/libsaltwell.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(LINK) $(STATIC) $^ $(OUR_LDLIBS) $(LDLIBS) -o $@

.PHONY: arm64
arm64: ## the archive and the Debian package for 64-bit Arm, in build/packages
	@install/deps.sh build arm64
	@env PKG_CONFIG_LIBDIR=$(ARM64_LIBRARIES) $(MAKE) --no-print-directory -j2 $(ARM64) dist deb

.PHONY: check-arm64
check-arm64: ## run the unit tests for 64-bit Arm in an emulator: two minutes
	@install/deps.sh build check arm64
	@env PKG_CONFIG_LIBDIR=$(ARM64_LIBRARIES) $(MAKE) --no-print-directory -j2 $(ARM64) CHECK_CFLAGS=-Werror programs $(BUILD)/arm64/tests/unit_forked
	@qemu-aarch64 $(BUILD)/arm64/tests/unit_forked sandbox >$(BUILD)/arm64/unit.log || { grep '^not ok' $(BUILD)/arm64/unit.log; exit 1; }
	@grep -v '^ok' $(BUILD)/arm64/unit.log; echo "$$(grep -c '^ok' $(BUILD)/arm64/unit.log) passed, in an emulator of 64-bit Arm"

# What `make check` has a short form of: a minute of load, and two builds in two places.
.PHONY: check-install
check-install: ## change versions under a minute of load; build the packages twice, in two places
	$(call set_up,build demo check packages,all)
	LOAD_SECONDS=60 CLIENTS=8 BUILD=$(BUILD) sh tests/install/test_upgrade.sh
	PACKAGES=all DEB_LEVEL=6 BUILD=$(BUILD) sh tests/install/test_packages.sh
	BUILD=$(BUILD) sh tests/install/keeper.sh
	BUILD=$(BUILD) sh tests/install/twice.sh
