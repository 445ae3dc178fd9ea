# Firmware that checks signatures itself: `make rp2040 SIGNED_BY=ours.pub`, a key of `adiabit keygen`.
#
# Ed25519 is Monocypher's. Cargo fetches its C sources (Cargo.lock has version and checksum); nothing of it is in this
# repository, and it is compiled with its own warnings off.
MONOCYPHER := $(BUILD)/vendor/monocypher-sys/Monocypher/src
SIGNATURE_FLAGS := -DADIABIT_CHECKS_SIGNATURES=1 -I$(BUILD) -isystem $(MONOCYPHER) -isystem $(MONOCYPHER)/optional
SIGNATURE_SOURCES := signature/ed25519.c
SIGNATURE_HEADERS := $(BUILD)/trusted_key.h $(MONOCYPHER)/monocypher.c

$(MONOCYPHER)/monocypher.c: signature/Cargo.toml signature/Cargo.lock
	@mkdir -p $(BUILD)
	cargo vendor --quiet --locked --manifest-path signature/Cargo.toml $(BUILD)/vendor >/dev/null
	touch $@

# The last 32 bytes of a public key's PEM (RFC 8410) are the key.
$(BUILD)/trusted_key.h: $(SIGNED_BY)
	@mkdir -p $(BUILD)
	{ echo '#include <stdint.h>'; echo 'static const uint8_t trusted_key[32] = {'; \
	  sed '/-----/d' $< | base64 -d | tail -c 32 | od -An -v -tx1 | sed 's/ \(..\)/0x\1,/g'; echo '};'; } > $@

# $(1): compiler and flags, $(2): what the objects' names begin with
define MONOCYPHER_OBJECTS
$(2)-monocypher.o: $(SIGNATURE_HEADERS)
	$(1) -w -I$(MONOCYPHER) -c -o $$@ $(MONOCYPHER)/monocypher.c
$(2)-monocypher-ed25519.o: $(SIGNATURE_HEADERS)
	$(1) -w -I$(MONOCYPHER) -c -o $$@ $(MONOCYPHER)/optional/monocypher-ed25519.c
endef
SIGNATURE_OBJECTS = $(1)-monocypher.o $(1)-monocypher-ed25519.o
