package review

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"interlock/internal/errs"
	"interlock/internal/job"
)

// asked drafts a campaign and asks for its launch; work works it, as often as told.
func (p *plant) asked(text string) (campaign, progress int64, work func(attempt int) error) {
	p.t.Helper()
	gov := withRole(p.t.Context(), "gov@x.example", "governance")
	campaign, err := p.Draft(gov, text)
	p.must(err)
	progress, err = p.StartLaunch(gov, campaign)
	p.must(err)
	w := &LaunchWorker{Review: p.Service, Jobs: job.New(p.db)}
	return campaign, progress, func(attempt int) error {
		return w.Work(context.Background(), &river.Job[LaunchArgs]{
			JobRow: &rivertype.JobRow{Attempt: attempt, MaxAttempts: 3}, Args: LaunchArgs{Progress: progress, Campaign: campaign},
		})
	}
}

func (p *plant) jobAndCampaign(progress, campaign int64) string {
	return p.texts(`select j.state || ' ' || c.state || ' ' || j.message from job_progress j, review_campaign c where j.id = $1 and c.id = $2`, progress, campaign)[0]
}

func TestLaunchAsAJob(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.grant(p.identity("ann", who{}), p.right("read", p.asset("wiki", thing{}), "view", 0), "")
	c, progress, work := p.asked(define("true", "manager"))
	if got := p.jobAndCampaign(progress, c); got != "waiting launching " {
		t.Fatal(got)
	}
	_, err := p.StartLaunch(p.root, c)
	wantRefusal(t, err, errs.Conflict, "This campaign is launching; it cannot launch now.")
	if n := p.one(`select count(*) from river_job where kind = 'review_launch'`); n != 1 {
		t.Fatalf("%d jobs", n)
	}
	p.must(work(1))
	if got := p.jobAndCampaign(progress, c); got != "done active " {
		t.Fatal(got)
	}
	got := p.texts(`select actor || ' ' || action from audit_event order by id`)
	want := []string{"gov@x.example campaign.drafted", "gov@x.example campaign.launch_asked", "gov@x.example campaign.launched", "gov@x.example review.notified"}
	if d := cmp.Diff(want, got); d != "" {
		t.Fatal(d)
	}
	p.must(work(2)) // worked twice: nothing more happens
	if got := p.jobAndCampaign(progress, c); got != "done active " || p.one(`select count(*) from review_item`) != 1 {
		t.Fatal(got)
	}
}

// TestLaunchJobDiesAfterCommit: the process ends between the launch and the note
// of it; the second try finds the campaign launched and says so.
func TestLaunchJobDiesAfterCommit(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.grant(p.identity("ann", who{}), p.right("read", p.asset("wiki", thing{}), "view", 0), "")
	c, progress, work := p.asked(define("true", "manager"))
	p.exec(`update job_progress set state = 'running' where id = $1`, progress)
	_, err := p.Launch(p.root, c)
	p.must(err)
	p.must(work(2))
	if got := p.jobAndCampaign(progress, c); got != "done active " || p.one(`select count(*) from review_item`) != 1 {
		t.Fatal(got)
	}
}

func TestLaunchJobRefused(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	c, progress, work := p.asked(define("true", "manager"))
	p.must(work(1))
	if got := p.jobAndCampaign(progress, c); got != `refused draft Nothing is in scope, so there is nothing to review: widen the scope "true".` {
		t.Fatal(got)
	}
	p.grant(p.identity("ann", who{}), p.right("read", p.asset("wiki", thing{}), "view", 0), "")
	if _, err := p.Launch(p.root, c); err != nil { // a draft can be launched again
		t.Fatal(err)
	}
}

func TestLaunchJobCancelled(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.grant(p.identity("ann", who{}), p.right("read", p.asset("wiki", thing{}), "view", 0), "")
	c, progress, work := p.asked(define("true", "manager"))
	p.must(job.New(p.db).Cancel(withRole(t.Context(), "gov@x.example", "governance"), progress))
	p.must(work(1))
	if got := p.jobAndCampaign(progress, c); got != "cancelled draft Cancelled. Nothing was changed." {
		t.Fatal(got)
	}
	if n := p.one(`select count(*) from review_item`) + p.one(`select count(*) from mail_message`); n != 0 {
		t.Fatalf("%d rows of a cancelled launch", n)
	}
}

// TestLaunchJobFails on every try by something that is no refusal.
func TestLaunchJobFails(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.grant(p.identity("ann", who{}), p.right("read", p.asset("wiki", thing{}), "view", 0), "")
	c, progress, work := p.asked(define("true", "manager"))
	p.exec(`alter table review_item add constraint broken check (false)`)
	for attempt, want := range map[int]string{1: "running launching ", 2: "running launching "} {
		if err := work(attempt); err == nil {
			t.Fatal("an error that River does not hear of is not tried again")
		}
		if got := p.jobAndCampaign(progress, c); got != want {
			t.Fatal(got)
		}
	}
	if err := work(3); err == nil {
		t.Fatal("no error")
	}
	if got := p.jobAndCampaign(progress, c); got != "failed draft This did not work after several tries. Nothing was changed; the log says why." {
		t.Fatal(got)
	}
}

func TestRemindWorker(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.simple()
	w := &RemindWorker{Review: p.Service}
	p.must(w.Work(t.Context(), &river.Job[RemindArgs]{}))
	if n := p.one(`select count(*) from mail_message`); n != 1 {
		t.Fatalf("%d mails", n)
	}
}

// closing asks for the close of a campaign; work works it, as often as told.
func (p *plant) closing(campaign int64) (progress int64, work func(attempt int) error) {
	p.t.Helper()
	progress, err := p.StartClose(withRole(p.t.Context(), "gov@x.example", "governance"), campaign)
	p.must(err)
	w := &CloseWorker{Review: p.Service, Jobs: job.New(p.db)}
	return progress, func(attempt int) error {
		return w.Work(context.Background(), &river.Job[CloseArgs]{
			JobRow: &rivertype.JobRow{Attempt: attempt, MaxAttempts: 3}, Args: CloseArgs{Progress: progress, Campaign: campaign},
		})
	}
}

func TestCloseIsAskedOnce(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	c, _ := p.simple()
	said := inParallel(4, func(int) error { _, err := p.StartClose(p.root, c); return err })
	won := 0
	for _, err := range said {
		if err == nil {
			won++
		} else {
			wantRefusal(t, err, errs.Conflict, "It is being closed already.")
		}
	}
	if n := p.one(`select count(*) from river_job where kind = 'review_close'`); won != 1 || n != 1 {
		t.Fatalf("%d won, %d jobs", won, n)
	}
}

// TestCloseJobDiesAfterCommit: a later try finds what the first one closed.
func TestCloseJobDiesAfterCommit(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	c, items := p.simple()
	p.must(p.Decide(as(t.Context(), boss), c, say(items[0], Revoke, "")))
	progress, work := p.closing(c)
	p.exec(`update job_progress set state = 'running' where id = $1`, progress)
	done, err := p.Close(p.root, c)
	p.must(err)
	p.must(work(2))
	var kept Closing
	got := p.texts(`select state || ' ' || result from job_progress where id = $1`, progress)[0]
	p.must(json.Unmarshal([]byte(strings.TrimPrefix(got, "done ")), &kept))
	if d := cmp.Diff(done, kept); d != "" {
		t.Fatal(d)
	}
}

// TestLaunchFoundInAnyState: the campaign was launched and moved on before the
// second try.
func TestLaunchFoundInAnyState(t *testing.T) {
	t.Parallel()
	for name, move := range map[string]func(*plant, int64) error{
		"paused": func(p *plant, c int64) error { return p.Pause(p.root, c) },
		"closed": func(p *plant, c int64) error { _, err := p.Close(p.root, c); return err },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlant(t)
			p.grant(p.identity("ann", who{}), p.right("read", p.asset("wiki", thing{}), "view", 0), "")
			c, progress, work := p.asked(define("true", "manager"))
			p.exec(`update job_progress set state = 'running' where id = $1`, progress)
			_, err := p.Launch(p.root, c)
			p.must(err)
			p.must(move(p, c))
			p.must(work(2))
			if got := p.texts(`select state || ' ' || (result ->> 'items') || ' ' || (result ->> 'reviewers') from job_progress where id = $1`, progress)[0]; got != "done 1 1" {
				t.Fatal(got)
			}
		})
	}
}

// TestLaunchShutDown: the program is stopped while it launches; the campaign stays
// launching for the next try.
func TestLaunchShutDown(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.grant(p.identity("ann", who{}), p.right("read", p.asset("wiki", thing{}), "view", 0), "")
	c, progress, work := p.asked(define("true", "manager"))
	stopped, stop := context.WithCancel(context.Background())
	stop()
	err := job.New(p.db).Run(context.Background(), progress, time.Minute, false, func(ctx context.Context, _ *job.Report) (any, error) {
		if final(stopped, context.Canceled) || final(ctx, errs.Unavailablef("Gone.")) || !final(ctx, errs.Conflictf("No.")) {
			t.Error("the wrong ends are final")
		}
		return nil, context.Canceled
	})
	if err == nil {
		t.Fatal("River must hear that it is to be tried again")
	}
	if got := p.jobAndCampaign(progress, c); got != "running launching " {
		t.Fatal(got)
	}
	p.must(work(2))
	if got := p.jobAndCampaign(progress, c); got != "done active " {
		t.Fatal(got)
	}
}
