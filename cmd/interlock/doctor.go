package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	"github.com/jackc/pgx/v5"

	"interlock/internal/errs"
	"interlock/internal/pg"
	"interlock/internal/store"
)

type doctorCmd struct {
	JSON bool `name:"json" help:"Print as JSON."`
}

func (doctorCmd) Help() string {
	return "Examples:\n  interlock doctor\n  interlock doctor --json\nIt looks and changes nothing: a private PostgreSQL that is not running is started and stopped again. Exit 1 when something is wrong."
}

// What a check can come to. A note is no fault, but better known.
const (
	fine  = "ok"
	noted = "note"
	wrong = "wrong"
)

// check is one thing that was looked at. What it says of what is wrong holds the
// way out.
type check struct {
	Name  string `json:"name"`
	State string `json:"state"`
	Says  string `json:"says"`
}

// doctor looks at an installation.
type doctor struct {
	set    *settings
	checks []check

	server *pg.Server // nil when INTERLOCK_DATABASE_URL is used
	conn   *pgx.Conn
	db     *store.DB
}

func (d *doctor) say(name, state, format string, args ...any) {
	d.checks = append(d.checks, check{name, state, fmt.Sprintf(format, args...)})
}

// wrong notes a failure; a refusal has its way out in its sentence.
func (d *doctor) wrong(name string, err error) {
	if errs.KindOf(err) == errs.Internal {
		d.say(name, wrong, "It cannot be looked at: %v.", err)
		return
	}
	d.say(name, wrong, "%s", err)
}

func (c *doctorCmd) Run(ctx context.Context, line *kong.Context, set *settings, p *printer) error {
	d := &doctor{set: set}
	d.environment(variables(line.Model.Node))
	d.programs()
	d.folder()
	d.disk()
	if d.database(ctx) {
		defer d.close()
		d.inside(ctx)
	}
	d.mail(ctx)
	return c.print(p, d.checks)
}

func (c *doctorCmd) print(p *printer, checks []check) error {
	bad := 0
	for _, k := range checks {
		if k.State == wrong {
			bad++
		}
		if !c.JSON {
			p.say("%-6s %-15s %s", k.State, k.Name, k.Says)
		}
	}
	if c.JSON {
		if err := p.json(map[string]any{"ok": bad == 0, "checks": checks}); err != nil {
			return err
		}
	}
	if bad > 0 {
		return errs.Conflictf("Of %d things looked at, %s: do what is said there, then look again.", len(checks), errs.Count(bad, "is wrong", "are wrong"))
	}
	return nil
}

// variables lists the environment variables that are read.
func variables(n *kong.Node) []string {
	names := []string{"INTERLOCK_CONFIG"}
	for _, f := range n.Flags {
		names = append(names, f.Envs...)
	}
	for _, c := range n.Children {
		names = append(names, variables(c)...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// environment finds variables that look like settings and are none.
func (d *doctor) environment(known []string) {
	var strange []string
	for _, kv := range os.Environ() {
		if name, _, _ := strings.Cut(kv, "="); strings.HasPrefix(name, "INTERLOCK_") && !slices.Contains(known, name) {
			strange = append(strange, name)
		}
	}
	from := "flags and environment; there is no settings file"
	if read := d.set.files.found(); len(read) > 0 {
		from = "flags, environment and " + strings.Join(read, ", ")
	}
	if len(strange) > 0 {
		d.say("settings", noted, "%s is set, but nothing reads it: check its spelling against interlock help", strings.Join(strange, ", "))
		return
	}
	d.say("settings", fine, "%s", from)
}
