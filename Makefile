# `make help` lists the targets; the work is done by the scripts under scripts/.

TARGET := $(or $(CARGO_TARGET_DIR),target)
EXE := $(if $(filter Windows_NT,$(OS)),.exe)
BINARY := $(TARGET)/release/tidemark$(EXE)

.PHONY: help setup build run demo dev preview screenshots sheet test test-core lint doc bench soak fuzz clean

help: ## lists the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' Makefile

setup: ## installs what building and testing need (Debian, Ubuntu), or lists it
	@scripts/setup.sh build tests

build: ## builds the app with its page as a release: target/release/tidemark
	@scripts/setup.sh build
	@scripts/page.sh
	cargo build --release --locked -p tidemark

run: build ## builds and runs the app with your own keys
	$(BINARY) $(ARGS)

demo: ## sets up, builds and shows the app on simulated accounts
	@scripts/demo.sh

dev: ## runs the app on simulated accounts, with a page that shows each saved change
	@scripts/dev.sh

preview: ## serves the page alone for a browser, with a fake backend; shows each saved change
	@scripts/preview.sh $(ARGS)

screenshots: ## takes the pictures of README, as the demo does: docs/*.png
	@scripts/pictures.sh docs

sheet: ## puts every screen and state on one picture: target/contact-sheet/index.png
	@scripts/sheet.sh

test: ## sets up and runs every test; ends with `N passed, N failed`
	@scripts/test.sh

test-core: ## runs the tests of the core only; `ARGS=forecast` for those with that word in their names
	@scripts/test-core.sh $(ARGS)

lint: ## checks format, lints, licences and types
	@scripts/lint.sh

doc: ## builds the documentation of the core's code: target/doc/tidemark_core/index.html
	@scripts/doc.sh

bench: build ## measures the release build and compares it with an empty app
	@scripts/bench.sh

soak: ## runs the app for 15 minutes under failures and checks that nothing grows; `MINUTES=1` for less
	@scripts/soak.sh $(MINUTES)

fuzz: ## fuzzes answers, settings, command line and history, ten minutes per target; `SECONDS=60` for less
	@scripts/fuzz.sh $(if $(SECONDS),--seconds $(SECONDS)) $(TARGETS)

clean: ## removes everything that was built
	cargo clean
	rm -rf ui/dist ui/node_modules tests/yardstick/target
