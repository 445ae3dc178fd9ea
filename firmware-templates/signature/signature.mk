# Firmware that checks signatures itself: `make rp2040 SIGNED_BY=ours.pub`, a key of `adiabit keygen`. Its files are in a folder
# named by the key, so no build can be taken for that of another key, or of none.
#
# Ed25519 is Monocypher's. Cargo fetches its C sources (Cargo.lock has version and checksum); nothing of it is in this
# repository, and it is compiled with its own warnings off.
TRUSTED_KEY := $(shell sh signature/trusted-key.sh '$(SIGNED_BY)')
ifeq ($(TRUSTED_KEY),)
$(error SIGNED_BY is the public key that the firmware is to trust)
endif
FINGERPRINT := $(word 2,$(TRUSTED_KEY))
OUT := $(BUILD)/signed-by-$(FINGERPRINT)

MONOCYPHER := $(BUILD)/vendor/monocypher-sys/Monocypher/src
SIGNATURE_FLAGS := -DADIABIT_CHECKS_SIGNATURES=1 -I$(OUT) -isystem $(MONOCYPHER) -isystem $(MONOCYPHER)/optional
SIGNATURE_SOURCES := signature/ed25519.c
SIGNATURE_HEADERS := $(OUT)/trusted_key.h $(MONOCYPHER)/monocypher.c

$(MONOCYPHER)/monocypher.c: signature/Cargo.toml signature/Cargo.lock
	@mkdir -p $(BUILD)
	cargo vendor --quiet --locked --manifest-path signature/Cargo.toml $(BUILD)/vendor >/dev/null
	touch $@

$(OUT)/trusted_key.h: signature/signature.mk
	@mkdir -p $(OUT)
	{ echo '#include <stdint.h>'; echo 'const uint8_t adiabit_trusted_key[32] = {'; \
	  echo $(word 1,$(TRUSTED_KEY)) | sed 's/../0x&,/g'; echo '};'; } > $@

# $(1): compiler and flags, $(2): what the objects' names begin with
define MONOCYPHER_OBJECTS
$(2)-monocypher.o: $(SIGNATURE_HEADERS) $(OUT)/variables
	$(1) -w -I$(MONOCYPHER) -c -o $$@ $(MONOCYPHER)/monocypher.c
$(2)-monocypher-ed25519.o: $(SIGNATURE_HEADERS) $(OUT)/variables
	$(1) -w -I$(MONOCYPHER) -c -o $$@ $(MONOCYPHER)/optional/monocypher-ed25519.c
endef
SIGNATURE_OBJECTS = $(1)-monocypher.o $(1)-monocypher-ed25519.o
