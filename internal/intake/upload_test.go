package intake

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"interlock/internal/errs"
	"interlock/internal/job"
)

// work carries out the import jobs that wait, as River would.
func (d *desk) work(id int64) (job.Progress, Result) {
	d.t.Helper()
	jobs := job.New(d.db)
	var args ImportArgs
	if err := json.Unmarshal(ask[[]byte](d, `select args from river_job where kind = 'import' and (args->>'job')::bigint = $1`, id), &args); err != nil {
		d.t.Fatal(err)
	}
	w := Worker(d.Service, jobs)
	if at := w.Timeout(nil); at <= limit || at > 2*limit {
		d.t.Error("River would stop a long import, or never take one from a process that ended")
	}
	if err := w.Work(d.ctx, &river.Job[ImportArgs]{JobRow: &rivertype.JobRow{Attempt: 1, MaxAttempts: 3}, Args: args}); err != nil {
		d.t.Fatal(err)
	}
	p, err := jobs.Progress(d.ctx, id)
	if err != nil {
		d.t.Fatal(err)
	}
	var result Result
	if err := json.Unmarshal(p.Result, &result); err != nil {
		d.t.Fatal(err)
	}
	return p, result
}

func TestUpload(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	upload, err := d.Upload(d.ctx, "corp", "bundle.zip", zipOf(t, entry{name: "identities.csv", content: people}))
	if err != nil {
		t.Fatal(err)
	}
	info, err := d.UploadInfo(d.ctx, upload)
	if err != nil || info.Source != "corp" || info.FileName != "bundle.zip" {
		t.Errorf("%+v %v", info, err)
	}
	dry, err := d.StartDryRun(d.ctx, upload, Options{})
	if err != nil {
		t.Fatal(err)
	}
	p, result := d.work(dry)
	if p.State != "done" || !result.DryRun || result.Identities.Added != 2 || result.Import != 0 {
		t.Errorf("%+v %+v", p, result)
	}
	id, err := d.StartImport(d.ctx, upload, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if p, result = d.work(id); p.State != "done" || result.Import != 1 || result.Identities.Added != 2 {
		t.Errorf("%+v %+v", p, result)
	}
	list, err := d.Imports(d.ctx, 0)
	if err != nil || len(list) != 1 || list[0].Source != "corp" || list[0].By != "cli:tester" || list[0].Counts["identities"].Added != 2 {
		t.Errorf("%+v %v", list, err)
	}
	if list, err = d.Imports(d.ctx, 1); err != nil || len(list) != 0 {
		t.Errorf("%+v %v", list, err)
	}
}

func TestUploadRefused(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	good := zipOf(t, entry{name: "identities.csv", content: people})
	for name, try := range map[string]func() error{
		"size":   func() error { _, err := d.Upload(d.ctx, "corp", "b.zip", make([]byte, MaxUpload+1)); return err },
		"no zip": func() error { _, err := d.Upload(d.ctx, "corp", "b.zip", []byte("x")); return err },
		"source": func() error { _, err := d.Upload(d.ctx, "Corp!", "b.zip", good); return err },
	} {
		if err := try(); !errs.Is(err, errs.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := d.StartImport(d.ctx, 99, Options{}); !errs.Is(err, errs.NotFound) {
		t.Error(err)
	}
	if _, err := d.Upload(t.Context(), "corp", "b.zip", good); !errs.Is(err, errs.Unauthenticated) {
		t.Error(err)
	}
}

func TestRefusedJobTellsEveryValue(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	upload, err := d.Upload(d.ctx, "corp", "b.zip", zipOf(t, entry{name: "identities.csv", content: "id,name,kind\na,A,robot\nb,,\n"}))
	if err != nil {
		t.Fatal(err)
	}
	id, err := d.StartImport(d.ctx, upload, Options{})
	if err != nil {
		t.Fatal(err)
	}
	p, result := d.work(id)
	if p.State != "refused" || !strings.Contains(p.Message, "2 values") || len(result.Details) != 2 || result.Rejected != 2 {
		t.Errorf("%+v %+v", p, result)
	}
}

func TestUploadsAreKeptForADay(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	good := zipOf(t, entry{name: "identities.csv", content: people})
	for range 2 {
		if _, err := d.Upload(d.ctx, "corp", "b.zip", good); err != nil {
			t.Fatal(err)
		}
		d.clock.Advance(25 * time.Hour)
	}
	if n := ask[int](d, `select count(*) from intake_upload`); n != 1 {
		t.Errorf("%d uploads", n)
	}
}

func TestTwoAtOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	f := files{"identities.csv": people, "entitlements.csv": rights, "grants.csv": "identity,entitlement\nada,r1\nbob,r2\n"}
	var wg sync.WaitGroup
	var reports [4]Report
	for i := range reports {
		wg.Go(func() {
			var err error
			if reports[i], err = d.Import(d.ctx, f.bundle(t), Options{Source: "corp"}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	var added int64
	for _, r := range reports {
		added += r.Grants.Added
	}
	if n := ask[int](d, `select count(*) from import`); added != 2 || n != 4 {
		t.Errorf("%d grants added, %d imports", added, n)
	}
}
