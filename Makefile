# Tidemark. `make help` lists what there is; each line of work is a script under scripts/.

TARGET := $(or $(CARGO_TARGET_DIR),target)
EXE := $(if $(filter Windows_NT,$(OS)),.exe)
BINARY := $(TARGET)/release/tidemark$(EXE)

.PHONY: help setup build run demo dev preview screenshots sheet test test-core lint doc bench soak fuzz clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' Makefile

setup: ## installs what building and testing need (Debian, Ubuntu), or names it
	@scripts/setup.sh build tests

build: ## the app with its page, in release: target/release/tidemark
	@scripts/setup.sh build
	@scripts/page.sh
	cargo build --release --locked -p tidemark

run: build ## the app with your own keys
	$(BINARY) $(ARGS)

demo: ## sets up, builds and shows the app on simulated accounts
	@scripts/demo.sh

dev: ## the app on simulated accounts, with a page that shows each saved change
	@scripts/dev.sh

preview: ## the page alone in a browser with a fake backend; shows each saved change
	@scripts/preview.sh $(ARGS)

screenshots: ## takes README's pictures anew, as the demo does: docs/*.png
	@scripts/pictures.sh docs

sheet: ## shows every screen and state on one picture: target/contact-sheet/index.png
	@scripts/sheet.sh

test: ## sets up and runs every test; ends with `N passed, N failed`
	@scripts/test.sh

test-core: ## runs the tests of the core only; `ARGS=forecast` for those with that word in their names
	@scripts/test-core.sh $(ARGS)

lint: ## formats, lints, licences and types, checked
	@scripts/lint.sh

doc: ## writes the documentation of the core's code: target/doc/tidemark_core/index.html
	@scripts/doc.sh

bench: build ## measures the release build beside an empty app
	@scripts/bench.sh

soak: ## runs the app for 15 minutes under failures and checks that nothing grows; `MINUTES=1` for less
	@scripts/soak.sh $(MINUTES)

fuzz: ## fuzzes answers, settings, command line and history, ten minutes per target; `SECONDS=60` for less
	@scripts/fuzz.sh $(if $(SECONDS),--seconds $(SECONDS)) $(TARGETS)

clean: ## removes everything that was built
	cargo clean
	rm -rf ui/dist ui/node_modules tests/yardstick/target
