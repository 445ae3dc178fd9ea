# Firmware that checks signatures itself: `make rp2040 KEYS=trusted_keys.h`, a header of `adiabit key header`: the product and the
# keys that it trusts. Its files are in a folder named by that header, so no build can be taken for that of other keys, or of none.
#
# Ed25519 is Monocypher's. Cargo fetches its C sources (Cargo.lock has version and checksum); nothing of it is in this
# repository, and it is compiled with its own warnings off.
KEYS_DIGEST := $(shell sh signature/trusted-keys.sh '$(KEYS)')
ifeq ($(KEYS_DIGEST),)
$(error KEYS is the header of the keys that the firmware is to trust)
endif
OUT := $(BUILD)/signed-by-$(KEYS_DIGEST)

MONOCYPHER := $(BUILD)/vendor/monocypher-sys/Monocypher/src
SIGNATURE_FLAGS := -DADIABIT_CHECKS_SIGNATURES=1 -I$(OUT) -isystem $(MONOCYPHER) -isystem $(MONOCYPHER)/optional
SIGNATURE_SOURCES := signature/ed25519.c
SIGNATURE_HEADERS := $(OUT)/trusted_keys.h $(MONOCYPHER)/monocypher.c

$(MONOCYPHER)/monocypher.c: signature/Cargo.toml signature/Cargo.lock
	@mkdir -p $(BUILD)
	cargo vendor --quiet --locked --manifest-path signature/Cargo.toml $(BUILD)/vendor >/dev/null
	touch $@

$(OUT)/trusted_keys.h: $(KEYS) signature/signature.mk
	@mkdir -p $(OUT)
	cp '$(KEYS)' $@

# $(1): compiler and flags, $(2): what the objects' names begin with
define MONOCYPHER_OBJECTS
$(2)-monocypher.o: $(SIGNATURE_HEADERS) $(OUT)/variables
	$(1) -w -I$(MONOCYPHER) -c -o $$@ $(MONOCYPHER)/monocypher.c
$(2)-monocypher-ed25519.o: $(SIGNATURE_HEADERS) $(OUT)/variables
	$(1) -w -I$(MONOCYPHER) -c -o $$@ $(MONOCYPHER)/optional/monocypher-ed25519.c
endef
SIGNATURE_OBJECTS = $(1)-monocypher.o $(1)-monocypher-ed25519.o
