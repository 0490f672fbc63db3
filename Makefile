# Interlock. `make help` lists what there is.

ROWS ?= 1000000
TOOLS := $(CURDIR)/.tools
export CGO_ENABLED ?= 0

SQLC     := $(TOOLS)/sqlc-v1.31.1
TEMPL    := $(TOOLS)/templ-v0.3.977
LINT     := $(TOOLS)/golangci-lint-v2.15.0

.PHONY: help build run test check lint generate fresh bench screens vendor postgres chromium clean

help: ## what there is
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /	/' | expand -t 12

build: ## bin/interlock
	go build -trimpath -o bin/interlock ./cmd/interlock

run: postgres build ## build, then serve the demonstration at http://127.0.0.1:8080
	bin/interlock serve --demo

test: postgres chromium ## every test, with the race detector
	CGO_ENABLED=1 go test -race ./...

check: fresh lint test ## format, vet, lint, generated code fresh, then the tests

lint: $(LINT) ## format, vet and lint
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); echo 'not formatted: run gofmt -w'; exit 1; }
	go vet ./...
	$(LINT) run

generate: $(SQLC) $(TEMPL) ## generate the code of queries and pages
	$(SQLC) generate
	$(TEMPL) generate -path web

fresh: $(SQLC) $(TEMPL) ## refuse when generating changes anything
	$(SQLC) vet
	$(SQLC) diff
	@before=$$(git ls-files -z '*_templ.go' | xargs -0 sha256sum); $(TEMPL) generate -path web >/dev/null; \
	after=$$(git ls-files -z '*_templ.go' | xargs -0 sha256sum); \
	test "$$before" = "$$after" || { echo 'the pages'\'' generated code was stale: commit what `make generate` made'; exit 1; }

bench: postgres ## figures beside their floors; ROWS=1000000
	go run ./cmd/bench -rows $(ROWS)

screens: postgres chromium ## the README's pictures, of the demonstration
	INTERLOCK_SCREENS=$(CURDIR)/.readme go test -count=1 -run TestScreens ./internal/e2e

vendor: ## fetch the pinned static files of others into static/vendor
	sh static/vendor.sh

# What is not there is installed as root on Debian; else the one command is said.
postgres:
	@command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || $(MAKE) --no-print-directory install PACKAGE=postgresql

chromium:
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || $(MAKE) --no-print-directory install PACKAGE=chromium

.PHONY: install
install:
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq && mkdir -p /etc/postgresql-common/createcluster.d && echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.d/interlock.conf; \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(PACKAGE) >/dev/null; \
	else echo "$(PACKAGE) is not installed. As root: apt-get install $(PACKAGE)"; exit 1; fi

# Tools are built once, pinned, outside the application's go.mod.
$(SQLC):
	@mkdir -p $(TOOLS) && GOBIN=$(TOOLS)/new go install github.com/sqlc-dev/sqlc/cmd/sqlc@v1.31.1 && mv $(TOOLS)/new/sqlc $@
$(TEMPL):
	@mkdir -p $(TOOLS) && GOBIN=$(TOOLS)/new go install github.com/a-h/templ/cmd/templ@v0.3.977 && mv $(TOOLS)/new/templ $@
$(LINT):
	@mkdir -p $(TOOLS) && GOBIN=$(TOOLS)/new go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0 && mv $(TOOLS)/new/golangci-lint $@

clean: ## remove what was built
	rm -rf bin
