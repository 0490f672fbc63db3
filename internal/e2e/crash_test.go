package e2e

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// many is how many grants the large bundle has: enough to be in the middle of them.
const many = 100_000

// kill -9 in the middle of an import and of a launch, of the command and of its
// PostgreSQL: nothing is half done, and the same command does it afterwards.
func TestKilledInTheMiddle(t *testing.T) {
	if testing.Short() {
		t.Skip("moves 100,000 grants several times")
	}
	p := install(t)
	small, large := p.bundle("small", 3), p.bundle("large", many)
	p.facts("import", small, "--source", "plant")
	before := p.tally()

	p.killedAt("copy stage_%", false, "import", large, "--source", "plant")
	p.same("after a kill while reading", p.tally(), before)
	p.killedAt("%insert into access_grant%", true, "import", large, "--source", "plant")
	p.same("after a kill while merging", p.tally(), before)
	p.same("nothing changed", p.facts("import", small, "--source", "plant")["grants"], "map[added:0 changed:0 ended:0]")
	p.same("grants at last", p.facts("import", large, "--source", "plant")["grants"].(map[string]any)["added"], many-3)

	yaml := p.write("whole.yaml", wholeReview)
	before = p.tally()
	p.killedAt("%materialized%", true, "campaign", "launch", yaml)
	p.same("after a kill while launching", p.tally(), before)
	p.same("items at last", p.facts("campaign", "launch", yaml)["items"], many)
	if out := p.done("audit", "verify"); !strings.Contains(out, "The audit log is whole") {
		t.Error(out)
	}
}

// bundle writes a bundle of so many grants.
func (p *program) bundle(name string, grants int) string {
	p.Helper()
	dir := filepath.Join(p.dir, name)
	people := max(grants/10, 1)
	p.csv(dir, "identities", "id,name,kind,email", people, func(i int) string { return fmt.Sprintf("p%d,Person %d,person,p%d@example.com", i, i, i) })
	p.csv(dir, "entitlements", "id,name,privilege", 10, func(i int) string { return fmt.Sprintf("e%d,Right %d,operate", i, i) })
	p.csv(dir, "grants", "identity,entitlement", grants, func(i int) string { return fmt.Sprintf("p%d,e%d", i%people, i/people) })
	return dir
}

func (p *program) csv(dir, name, head string, rows int, row func(int) string) {
	p.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		p.Fatal(err)
	}
	f, err := os.Create(filepath.Join(dir, name+".csv"))
	if err != nil {
		p.Fatal(err)
	}
	w := bufio.NewWriter(f)
	fmt.Fprintln(w, head)
	for i := range rows {
		fmt.Fprintln(w, row(i))
	}
	if err := w.Flush(); err != nil {
		p.Fatal(err)
	}
	if err := f.Close(); err != nil {
		p.Fatal(err)
	}
}

// killedAt runs a command and kills it in the middle of a statement, and its
// PostgreSQL too if both.
func (p *program) killedAt(statement string, both bool, args ...string) {
	p.Helper()
	c := p.command(context.WithoutCancel(p.Context()), args...)
	if err := c.Start(); err != nil {
		p.Fatal(err)
	}
	over := make(chan error, 1)
	go func() { over <- c.Wait() }()
	defer func() { _ = c.Process.Kill() }()
	conn := p.database(over)
	defer func() { _ = conn.Close(context.Background()) }()
	for {
		var busy bool
		err := conn.QueryRow(p.Context(), `select exists (select from pg_stat_activity where state = 'active' and pid <> pg_backend_pid() and query ilike $1)`, statement).Scan(&busy)
		if busy {
			break
		}
		select {
		case <-over:
			p.Fatalf("interlock %v was over before it came to %s", args, statement)
		case <-time.After(time.Millisecond):
		}
		if err != nil {
			p.Fatal(err)
		}
	}
	if both {
		p.killPostgres()
	}
	if err := c.Process.Kill(); err != nil {
		p.Fatal(err)
	}
	if err := <-over; err == nil || !strings.Contains(err.Error(), "killed") {
		p.Fatalf("interlock %v ended with %v", args, err)
	}
}

// database connects to the embedded PostgreSQL beside the commands, once one of
// them runs it.
func (p *program) database(over chan error) *pgx.Conn {
	p.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		conn, err := p.connect()
		if err == nil {
			return conn
		}
		select {
		case <-over:
			p.Fatal("over before anybody could connect:", err)
		default:
		}
		if time.Now().After(end) {
			p.Fatal(err)
		}
	}
}

func (p *program) connect() (*pgx.Conn, error) {
	password, err := os.ReadFile(filepath.Join(p.data, "cluster", "interlock.password"))
	if err != nil {
		return nil, err
	}
	return pgx.Connect(p.Context(), fmt.Sprintf("host=%s user=interlock dbname=interlock password=%s", filepath.Join(p.data, "run"), strings.TrimSpace(string(password))))
}

// killPostgres ends the embedded PostgreSQL with no chance to tidy up.
func (p *program) killPostgres() {
	p.Helper()
	text, err := os.ReadFile(filepath.Join(p.data, "cluster", "postmaster.pid"))
	if err != nil {
		p.Fatal(err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		p.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		p.Fatal(err)
	}
}

// tally counts the rows of all that an import and a launch write, after a start
// that recovers what was killed.
func (p *program) tally() string {
	p.Helper()
	s := p.serve()
	defer s.stop()
	conn, err := p.connect()
	if err != nil {
		p.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	var counts string
	err = conn.QueryRow(p.Context(), `
		select string_agg(t || ' ' || (xpath('/row/n/text()', query_to_xml('select count(*) as n from ' || t, false, true, '')))[1], ', ' order by t)
		  from unnest(array['import', 'identity', 'entitlement', 'access_grant', 'access_grant_history', 'review_definition', 'review_campaign',
		                    'review_item', 'review_reviewer', 'mail_message', 'audit_event where action ~ ''^(import|campaign|review)''']) t`).Scan(&counts)
	if err != nil {
		p.Fatal(err)
	}
	return counts
}
