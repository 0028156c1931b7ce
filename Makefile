# `make` lists the targets. What needs more than a line is a script in .ci/.

IMAGE = demos/cameraman.pgm
ARGS =
PREFIX ?= /usr/local
DESTDIR ?=

program = .build/release/asmr-tui
# A value as one word of the shell, whatever characters it has.
quoted = '$(subst ','\'',$(value $(1)))'

help:
	@echo 'make run [IMAGE=path] [ARGS=…]      build, open the explorer on a picture ($(IMAGE))'
	@echo 'make build                          build for release: $(program)'
	@echo 'make test [ARGS=…]                  all that CI runs; ARGS go to `swift test` (--filter …)'
	@echo 'make bench [ARGS=…]                 measure the speed on this machine'
	@echo 'make install [PREFIX=…] [DESTDIR=…] program, manual page, completions, themes and demos under $(PREFIX)'
	@echo 'make uninstall [PREFIX=…] [DESTDIR=…]'
	@echo 'make deb                            a package for Debian, for any processor with AVX2'
	@echo 'make clean                          remove all that was built'
	@echo
	@echo 'ASMR_TUI_ARCH names the processor to build for (native; x86-64-v3 for any with AVX2).'

build:
	@.ci/setup run
	@.ci/build

# `exec`: the terminal, its signals and the exit code are the program's own.
run: build
	@exec $(program) $(ARGS) $(call quoted,IMAGE)

test:
	@.ci/setup test
	@.ci/test $(ARGS)

bench: build
	@exec $(program) bench $(ARGS)

install:
	@DESTDIR=$(call quoted,DESTDIR) PREFIX=$(call quoted,PREFIX) .ci/install

uninstall:
	@DESTDIR=$(call quoted,DESTDIR) PREFIX=$(call quoted,PREFIX) .ci/install --remove

deb:
	@.ci/deb

clean:
	rm -rf .build .build-*

.PHONY: help build run test bench install uninstall deb clean
