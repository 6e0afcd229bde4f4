# Berth's commands. `make` builds the programs into build/bin/; the rest is in CONTRIBUTING.md.
.PHONY: all setup serve test check docs fuzz bench fmt clean
MESON_FLAGS ?= -Dbuildtype=release -Db_lto=false

all: build/release/build.ninja
	ninja -C build/release
	@mkdir -p build/bin && ln -sf ../release/src/tool/berth build/bin/berth && \
	    ln -sf ../release/src/server/berthd build/bin/berthd

# Another engine is another directory: what changes it configures the build again.
build/release/build.ninja: $(wildcard engine/Cargo.* engine/*.rs engine/src/*.rs) tools/build-engine
	tools/setup build
	meson setup build/release -Dengine="$$(tools/build-engine)" $(MESON_FLAGS) \
	    $$(test -f $@ && echo --reconfigure)
	@touch $@

# Builds everything once and serves the C example on http://127.0.0.1:8080/.
serve: all
	tools/build-guests hello-c
	build/bin/berth serve --addr 127.0.0.1:8080 build/guests/hello-c.wasm

# A program that needs no library of the system, for containers and other distributions: build/static/src/tool/berth.
static: build/release/build.ninja
	test -f build/static/build.ninja || meson setup build/static -Dengine="$$(tools/build-engine)" \
	    $(MESON_FLAGS) -Dstatic=true -Dprefer_static=true
	ninja -C build/static

# Program, libraries, manual pages, completions and systemd unit, below DESTDIR/PREFIX. STATIC=1 installs the static program.
PREFIX ?= /usr/local
install: $(if $(STATIC),static,all)
	meson configure build/$(if $(STATIC),static,release) -Dprefix=$(PREFIX)
	ninja -C build/$(if $(STATIC),static,release)
	DESTDIR=$(DESTDIR) meson install -C build/$(if $(STATIC),static,release) --no-rebuild --strip

# Installs what the tests need, builds every configuration and runs every test. Ends with the counts.
test: all
	tools/setup test
	tools/build-guests
	tools/build-h2spec
	tools/run-tests

# The project's own rules: layers, sizes, banned functions. Two seconds.
check:
	tools/run-tests --only checks

# Pages that the programs print.
docs: all
	@mkdir -p docs/reference
	build/bin/berth schema --markdown > docs/reference/config.md

# Ten minutes of every fuzz target (libFuzzer); SECONDS_EACH=n for another time.
fuzz:
	tools/setup test
	tools/run-fuzz $(or $(SECONDS_EACH),150)

bench: all
	tools/setup bench
	tools/build-guests hello-rust
	bench/run

fmt:
	git ls-files '*.c' '*.h' | xargs clang-format -i

clean:
	rm -rf build/release build/bin
