// Command interlock governs who, and what, can reach the plant: it serves the
// web application and does the same work from the command line.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"interlock/internal/errs"
)

// version is set when a release is built.
var version = "1.0-dev"

// Exit codes: done, refused or failed, wrong usage.
const (
	done = iota
	refused
	usage
)

type commands struct {
	settings

	Serve    serveCmd    `cmd:"" help:"Serve the web application."`
	Import   importCmd   `cmd:"" help:"Import an inventory bundle: a folder or zip of CSV files."`
	Campaign campaignCmd `cmd:"" help:"Preview, launch and follow review campaigns."`
	Reach    reachCmd    `cmd:"" help:"How far an identity, or everyone, gets in the end."`
	Evidence evidenceCmd `cmd:"" help:"Export a campaign's evidence, or verify a pack without a database."`
	Audit    auditCmd    `cmd:"" help:"Verify the audit log."`
	User     userCmd     `cmd:"" help:"Manage accounts."`
	Backup   backupCmd   `cmd:"" help:"Write the whole database to a file."`
	Restore  restoreCmd  `cmd:"" help:"Replace the whole database by a backup."`
	Doctor   doctorCmd   `cmd:"" help:"Check what Interlock needs on this machine."`
	Version  versionCmd  `cmd:"" help:"Print the version."`
}

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run carries out one command line and returns its exit code.
func run(args []string, out, errOut io.Writer) int {
	var c commands
	parser, err := kong.New(&c, kong.Name("interlock"), kong.Description("Interlock governs who, and what, can reach the plant."),
		kong.UsageOnError(), kong.Writers(out, errOut), kong.Configuration(settingsFile, configPaths()...), kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Vars{"data": defaultData()})
	if err != nil {
		return complain(errOut, err)
	}
	kctx, err := parser.Parse(args)
	if err != nil {
		_, _ = fmt.Fprintln(errOut, "interlock:", err)
		return usage
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	c.command = strings.TrimPrefix(kctx.Selected().FullPath(), "interlock ")
	kctx.BindTo(ctx, (*context.Context)(nil))
	kctx.Bind(&c.settings, &printer{out: out, errOut: errOut})
	if err := kctx.Run(); err != nil {
		return complain(errOut, err)
	}
	return done
}

// complain prints a failure as one sentence, its details below, and the cause
// only when it is no refusal.
func complain(w io.Writer, err error) int {
	e, ok := errors.AsType[*errs.Error](err)
	if !ok {
		_, _ = fmt.Fprintln(w, "interlock: this went wrong:", err)
		return refused
	}
	_, _ = fmt.Fprintln(w, "interlock:", e.Message)
	for _, line := range e.Details {
		_, _ = fmt.Fprintln(w, " ", line)
	}
	return refused
}

// printer writes results, as words or as JSON.
type printer struct{ out, errOut io.Writer }

func (p *printer) say(format string, args ...any) { _, _ = fmt.Fprintf(p.out, format+"\n", args...) }

func (p *printer) note(format string, args ...any) {
	_, _ = fmt.Fprintf(p.errOut, format+"\n", args...)
}

func (p *printer) json(v any) error {
	enc := json.NewEncoder(p.out)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

type versionCmd struct{}

func (versionCmd) Run(p *printer) error {
	p.say("interlock %s", version)
	return nil
}
