// Command interlock governs who, and what, can reach the plant: it serves the
// web application and does the same work from the command line.
package main

import (
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"slices"
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
	settings `embed:"" group:"Settings of every command:"`

	Serve    serveCmd    `cmd:"" help:"Serve the web application."`
	Import   importCmd   `cmd:"" help:"Import an inventory bundle: a folder or zip of CSV files."`
	Campaign campaignCmd `cmd:"" help:"Preview, launch and follow review campaigns."`
	Reach    reachCmd    `cmd:"" help:"How far an identity, or everyone, gets in the end."`
	Findings findingsCmd `cmd:"" help:"What is wrong in the inventory, by rule."`
	Evidence evidenceCmd `cmd:"" help:"Export a campaign's evidence, or verify a pack without a database."`
	Audit    auditCmd    `cmd:"" help:"Verify the audit log."`
	User     userCmd     `cmd:"" help:"Manage accounts."`
	Backup   backupCmd   `cmd:"" help:"Write the whole database to a file."`
	Restore  restoreCmd  `cmd:"" help:"Replace the whole database by a backup."`
	Doctor   doctorCmd   `cmd:"" help:"Check what Interlock needs on this machine."`
	Version  versionCmd  `cmd:"" help:"Print the version."`
}

func main() {
	unsetEmpty()
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// unsetEmpty forgets settings that are set to nothing, as the files of container
// runners do with what is not meant to be set.
func unsetEmpty() {
	for _, kv := range os.Environ() {
		if name, value, _ := strings.Cut(kv, "="); value == "" && strings.HasPrefix(name, "INTERLOCK_") {
			_ = os.Unsetenv(name)
		}
	}
}

// run carries out one command line and returns its exit code.
func run(args []string, out, errOut io.Writer) int {
	p := &printer{out: &output{Writer: out}, errOut: errOut}
	var c commands
	c.files = usualFiles()
	parser, err := newParser(&c, p)
	if err != nil {
		return p.complain(err, refused)
	}
	kctx, err := parser.Parse(helpWord(args))
	if err != nil {
		sentence, exit := wrongUsage(err, c.files)
		return p.complain(sentence, exit)
	}
	p.debug = c.LogLevel == "debug"
	line := commandLine{kctx, c.files}
	if exit, err := line.check(&c.settings); err != nil {
		return p.complain(err, exit)
	}
	c.command = strings.TrimPrefix(line.program(), "interlock ")
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // whoever asks twice does not want to wait
	kctx.BindTo(ctx, (*context.Context)(nil))
	kctx.Bind(&c.settings, p)
	err = kctx.Run()
	switch {
	case err != nil && ctx.Err() != nil && c.command != "serve":
		err = errs.Unavailablef("Stopped before it was done: nothing was left half done.").Because(err)
	case p.out.failed != nil:
		err = errs.Unavailablef("The result cannot be written to standard output: free space there, or send it elsewhere.").Because(p.out.failed)
	}
	if err != nil {
		return p.complain(err, refused)
	}
	return done
}

func newParser(c *commands, p *printer) (*kong.Kong, error) {
	return kong.New(c, kong.Name("interlock"), kong.Description("Interlock governs who, and what, can reach the plant."),
		kong.Writers(p.out, p.errOut), kong.Resolvers(c.files), kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Vars{"data": defaultData(), "addr": usualAddress})
}

// helpWord takes "help campaign launch" for "campaign launch --help".
func helpWord(args []string) []string {
	if len(args) > 0 && args[0] == "help" {
		return append(slices.Clone(args[1:]), "--help")
	}
	return args
}

// printer writes results, as words or as JSON.
type printer struct {
	out    *output
	errOut io.Writer
	debug  bool // say causes
}

// output remembers that it could not be written, so that a result that nobody got
// is not taken for one.
type output struct {
	io.Writer
	failed error
}

func (o *output) Write(p []byte) (int, error) {
	n, err := o.Writer.Write(p)
	o.failed = cmp.Or(o.failed, err)
	return n, err
}

func (p *printer) say(format string, args ...any) { _, _ = fmt.Fprintf(p.out, format+"\n", args...) }

func (p *printer) note(format string, args ...any) {
	_, _ = fmt.Fprintf(p.errOut, format+"\n", args...)
}

func (p *printer) json(v any) error {
	enc := json.NewEncoder(p.out)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// jsonLines prints CSV as one JSON object a row; the values of the named columns
// are numbers or truth values and stand without quotes.
func (p *printer) jsonLines(rows io.Reader, bare ...string) error {
	in := csv.NewReader(rows)
	head, err := in.Read()
	for err == nil {
		var row []string
		if row, err = in.Read(); err != nil {
			break
		}
		object := make(map[string]any, len(row))
		for i, name := range head {
			object[name] = row[i]
			if slices.Contains(bare, name) && row[i] != "" {
				object[name] = json.RawMessage(row[i])
			}
		}
		err = p.json(object)
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// complain prints a failure as one sentence with its details below, and passes
// the exit code on. Only a failure that nobody foresaw shows its cause; others do
// with --log-level=debug.
func (p *printer) complain(err error, exit int) int {
	e, ok := errors.AsType[*errs.Error](err)
	if !ok {
		e = errs.Unavailablef("Something went wrong that should not: if it does again, report the lines below.").WithDetails(strings.Split(err.Error(), "\n"))
	}
	p.note("interlock: %s", e.Message)
	for _, line := range e.Details {
		if !strings.HasSuffix(e.Message, line) { // a single detail may be the sentence's end
			p.note("  %s", line)
		}
	}
	if cause := errors.Unwrap(e); cause != nil && p.debug {
		p.note("  because: %v", cause)
	}
	return exit
}

type versionCmd struct {
	JSON bool `name:"json" help:"Print as JSON."`
}

func (versionCmd) Help() string {
	return "Examples:\n  interlock version\n  interlock version --json"
}

func (c versionCmd) Run(p *printer) error {
	if c.JSON {
		return p.json(map[string]string{"version": version, "go": runtime.Version()})
	}
	p.say("interlock %s", version)
	return nil
}
