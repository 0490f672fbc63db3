package wire_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"testing"
	"time"

	"interlock/internal/apptest"
	"interlock/internal/sitetest"
)

func TestMain(m *testing.M) { apptest.Main(m) }

var bundle = map[string]string{
	"identities.csv":   "id,name,kind,email,manager,status\nmia,Mia Manager,person,mia@x.example,,active\nann,Ann Ask,person,ann@x.example,mia,active\n",
	"entitlements.csv": "id,name,privilege\nhmi,Operate the HMI,operate\n",
	"grants.csv":       "identity,entitlement\nann,hmi\n",
}

const definition = `name: plant
title: A look at plant
scope: "true"
stages:
  - reviewers: [manager]
    days: 14
fallback: [mia@x.example]
`

// killed is a campaign whose launch a process took up and never ended.
func killed(t *testing.T, attempt int) (s *sitetest.Site, campaign int64) {
	t.Helper()
	s = sitetest.Start(t, sitetest.Options{Idle: true})
	s.Import("corp", bundle)
	campaign, err := s.Review.Draft(s.Root, definition)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Review.StartLaunch(s.Root, campaign); err != nil {
		t.Fatal(err)
	}
	s.Exec(`update job_progress set state = 'running' where kind = 'launch'`)
	s.Exec(`update river_job set state = 'running', attempt = $1, attempted_at = now(), attempted_by = '{gone}' where kind = 'review_launch'`, attempt)
	return s, campaign
}

func state(t *testing.T, s *sitetest.Site) (both string) {
	t.Helper()
	if err := s.DB.Pool().QueryRow(t.Context(), `select (select state from review_campaign) || ' ' || (select state from job_progress where kind = 'launch')`).Scan(&both); err != nil {
		t.Fatal(err)
	}
	return both
}

// The server is killed in the middle of a launch; the next one carries on.
func TestKilledLaunchGoesOn(t *testing.T) {
	t.Parallel()
	s, _ := killed(t, 1)
	client, err := s.Worker(slog.New(slog.NewJSONHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Start(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.StopAndCancel(context.Background()) })
	time.Sleep(1500 * time.Millisecond)
	if got := state(t, s); got != "launching running" {
		t.Fatal("worked twice, or not killed:", got)
	}
	s.Clock.Advance(time.Minute)
	if err := s.Jobs.Rescue(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.Until("the launch went on", func() bool { return state(t, s) == "active done" })
}

// Killed at every try: the campaign is a draft again and can be launched anew.
func TestKilledLaunchIsADraft(t *testing.T) {
	t.Parallel()
	s, campaign := killed(t, 3)
	s.Clock.Advance(time.Minute)
	if err := s.Jobs.Rescue(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := state(t, s); got != "draft failed" {
		t.Fatal(got)
	}
	if _, err := s.Review.Launch(s.Root, campaign); err != nil {
		t.Error(err)
	}
	if n := s.One(`select count(*) from audit_event where action = 'campaign.launch_failed' and object = $1`, fmt.Sprintf("campaign:%d", campaign)); n != 1 {
		t.Error(n)
	}
}

// Asked to stop before it was killed: the campaign is a draft again too.
func TestKilledLaunchWasToStop(t *testing.T) {
	t.Parallel()
	s, _ := killed(t, 1)
	if err := s.Jobs.Cancel(s.Root, s.One(`select id from job_progress where kind = 'launch'`)); err != nil {
		t.Fatal(err)
	}
	s.Clock.Advance(time.Minute)
	if err := s.Jobs.Rescue(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := state(t, s); got != "draft cancelled" {
		t.Fatal(got)
	}
}
