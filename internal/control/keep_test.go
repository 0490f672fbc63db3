package control_test

import (
	"bytes"
	"context"
	"io"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"interlock/internal/audit"
	"interlock/internal/authz"
	"interlock/internal/control"
	"interlock/internal/errs"
	"interlock/internal/job"
)

func as(ctx context.Context, email, role string) context.Context {
	return authz.With(ctx, authz.Actor{Email: email, Roles: []authz.Role{{Name: role, Site: authz.Everywhere}}})
}

// work does what River does with the job of a pack.
func (f *fixture) work(t *testing.T, progress int64) job.Progress {
	t.Helper()
	jobs := job.New(f.db)
	w := &control.Worker{Control: f.svc, Jobs: jobs}
	err := w.Work(t.Context(), &river.Job[control.PackArgs]{JobRow: &rivertype.JobRow{Attempt: 1, MaxAttempts: 3}, Args: control.PackArgs{Progress: progress, Campaign: 1}})
	if err != nil {
		t.Fatal(err)
	}
	p, err := jobs.Progress(f.ctx, progress)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (f *fixture) count(t *testing.T, sql string) (n int) {
	t.Helper()
	if err := f.raw.QueryRow(t.Context(), sql).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func (f *fixture) packs(t *testing.T) []control.Pack {
	t.Helper()
	list, err := f.svc.Packs(f.ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// A pack that is asked for in the browser is made once, kept for a day and taken
// away as often as is wanted, each time on record.
func TestKeptPack(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	f.campaign(t, 5)
	auditor := as(t.Context(), "aud@example.com", "auditor")
	first, err := f.svc.Start(auditor, 1)
	if err != nil {
		t.Fatal(err)
	}
	again, err := f.svc.Start(as(t.Context(), "gov@example.com", "governance"), 1)
	if err != nil || again != first {
		t.Fatalf("while one is made, another is begun: %d after %d, %v", again, first, err)
	}
	if p := f.work(t, first); p.State != "done" {
		t.Fatalf("%+v", p)
	}
	list := f.packs(t)
	if len(list) != 1 || list[0].Name != "plant-1.zip" || list[0].MadeBy != "aud@example.com" || list[0].ExpiresAt.Sub(f.clock.Now()) != 24*time.Hour {
		t.Fatalf("%+v", list)
	}
	for range 2 {
		p, content, err := f.svc.Open(auditor, 1, list[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(content)
		if err != nil || int64(len(body)) != p.Size {
			t.Fatalf("%d of %d bytes: %v", len(body), p.Size, err)
		}
		if r := verify(t, body, f.log.Verifier()); !r.Valid || r.Items != 5 {
			t.Errorf("%+v", r)
		}
	}
	f.exec(t, `update job_progress set state = 'running'`) // killed before it could say that it was done
	if p := f.work(t, first); p.State != "done" || len(f.packs(t)) != 1 {
		t.Errorf("worked again, it is %s, and there are %d packs", p.State, len(f.packs(t)))
	}
	if _, _, err := f.svc.Open(as(t.Context(), "m@example.com", "risk_officer"), 1, list[0].ID); !errs.Is(err, errs.Forbidden) {
		t.Error(err)
	}
	if _, _, err := f.svc.Open(auditor, 2, list[0].ID); !errs.Is(err, errs.NotFound) {
		t.Errorf("a pack is found with another campaign: %v", err)
	}
	events, _, err := audit.New(f.db).Search(f.ctx, audit.Filter{Action: "evidence."})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range events {
		got = append([]string{e.Action + " " + e.Actor}, got...)
	}
	want := []string{
		"evidence.asked aud@example.com", "evidence.exported aud@example.com", "evidence.downloaded aud@example.com", "evidence.downloaded aud@example.com",
		"evidence.refused m@example.com",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	f.runsOut(t, list[0].ID)
}

func (f *fixture) runsOut(t *testing.T, pack int64) {
	t.Helper()
	f.clock.Advance(24*time.Hour - time.Second)
	if err := f.svc.Sweep(t.Context()); err != nil || len(f.packs(t)) != 1 {
		t.Errorf("gone before the day is over: %v", err)
	}
	f.clock.Advance(time.Second)
	_, _, err := f.svc.Open(f.ctx, 1, pack)
	if !errs.Is(err, errs.NotFound) || len(f.packs(t)) != 0 {
		t.Errorf("after a day: %v, %+v", err, f.packs(t))
	}
	if err := f.svc.Sweep(t.Context()); err != nil || f.count(t, `select (select count(*) from control_pack) + (select count(*) from control_pack_chunk)`) != 0 {
		t.Errorf("it is not swept away: %v", err)
	}
}

// One that is cancelled leaves nothing, and neither does one of a campaign that
// was never launched.
func TestNoPack(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	f.campaign(t, 3)
	id, err := f.svc.Start(f.ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := job.New(f.db).Cancel(f.ctx, id); err != nil {
		t.Fatal(err)
	}
	if p := f.work(t, id); p.State != "cancelled" {
		t.Errorf("%+v", p)
	}
	if n := f.count(t, `select (select count(*) from control_pack) + (select count(*) from audit_event where action = 'evidence.exported')`); n != 0 {
		t.Error("something was kept")
	}
	if next, err := f.svc.Start(f.ctx, 1); err != nil || next == id {
		t.Errorf("after it, no other can be made: %d %v", next, err)
	}
	f.exec(t, `insert into review_campaign (definition_id, title, created_by, created_at) values (1, 'Draft', 'g', now())`)
	if _, err := f.svc.Start(f.ctx, 2); !errs.Is(err, errs.Conflict) {
		t.Errorf("a draft: %v", err)
	}
	if _, err := f.svc.Start(f.ctx, 99); !errs.Is(err, errs.NotFound) {
		t.Errorf("no campaign: %v", err)
	}
	if _, err := f.svc.Start(as(t.Context(), "m@example.com", "member"), 1); !errs.Is(err, errs.Forbidden) || f.count(t, `select count(*) from audit_event where action = 'evidence.refused'`) != 1 {
		t.Errorf("a member: %v", err)
	}
}

// A pack of many chunks comes back byte for byte.
func TestLargePack(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	f.campaign(t, 3)
	f.exec(t, `alter table review_decision disable trigger user`)
	f.exec(t, `insert into review_decision (item_id, campaign_id, decision, note, decided_by, decided_at, recommendation, shown)
		select 1, 1, 'undo', (select string_agg(sha512(('x' || i || '.' || j)::bytea)::text, '') from generate_series(1, 30) j), 'r@example.com', now(), 'certify', 'list' from generate_series(1, 1000) i`)
	id, err := f.svc.Start(f.ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	f.work(t, id)
	p, content, err := f.svc.Open(f.ctx, 1, f.packs(t)[0].ID)
	if err != nil || p.Size < 3<<20 || f.count(t, `select count(*) from control_pack_chunk`) != int(p.Size>>20)+1 {
		t.Fatalf("%+v %v", p, err)
	}
	body, err := io.ReadAll(content)
	if err != nil || len(unzip(t, body)) != 13 || bytes.Count(body, []byte("PK\x01\x02")) < 13 {
		t.Error(len(body), err)
	}
}
