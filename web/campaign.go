package web

import (
	"context"
	"fmt"
	"net/http"

	"interlock/internal/authz"
	"interlock/internal/review"
	"interlock/web/page"
	"interlock/web/ui"
)

func (s *server) campaign(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "campaign")
	if err != nil {
		return err
	}
	c, err := s.Review.CampaignIn(r.Context(), id, s.Zone)
	if err != nil {
		return err
	}
	after := r.URL.Query().Get("after")
	reviewers, err := s.Review.Reviewers(r.Context(), id, after, listPage+1)
	if err != nil {
		return err
	}
	v := campaignView{server: s, c: c, d: c.Parsed(), base: fmt.Sprintf("/campaigns/%d", id)}
	v.known = s.called(r, append(v.d.People(), c.CreatedBy, text(c.ClosedBy))...)
	p := v.page(s.shell(r, c.Title, "/campaigns"), authz.From(r.Context()))
	v.reviewers(&p, reviewers, after == "")
	p.Job = s.campaignJob(r, c)
	return s.show(w, r, http.StatusOK, p.Page())
}

// campaignJob shows how far a launch or a close is, or why a launch was refused.
func (s *server) campaignJob(r *http.Request, c review.Campaign) *page.JobBox {
	j, err := s.Jobs.Of(r.Context(), fmt.Sprintf("campaign:%d", c.ID))
	if err != nil || j.State == "done" || (j.Ended() && j.Kind == "launch" && c.State != review.Draft) {
		return nil
	}
	box := s.jobBox(r, j)
	box.Then = ui.Link{}
	return &box
}

// act makes a handler of a move of a campaign.
func (s *server) act(move func(context.Context, int64) error, said string) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		id, err := pathID(r, "campaign")
		if err != nil {
			return err
		}
		if err := move(r.Context(), id); err != nil {
			return err
		}
		s.tell(r, said, "")
		return see(w, r, fmt.Sprintf("/campaigns/%d", id))
	}
}

func (s *server) launchCampaign(w http.ResponseWriter, r *http.Request) error {
	options := launchOptions(r)
	return s.act(func(ctx context.Context, id int64) error {
		_, err := s.Review.StartLaunch(ctx, id, options...)
		return err
	}, "Launching.")(w, r)
}

// launchOptions reads what was ticked beside a launch.
func launchOptions(r *http.Request) []review.LaunchOption {
	if r.PostFormValue("again") == "yes" {
		return []review.LaunchOption{review.Again}
	}
	return nil
}

func (s *server) closeCampaign(ctx context.Context, id int64) error {
	_, err := s.Review.StartClose(ctx, id)
	return err
}

func (s *server) askClose(w http.ResponseWriter, r *http.Request) error {
	return s.ask(w, r, func(v campaignView, p *page.CampaignAsk) {
		p.Title, p.Do, p.Keep, p.Action = "Close "+v.c.Title+"?", "Close it", "Keep it open", v.base+"/close"
		p.Crumb = p.Do
		p.Silence = v.silence("Without an answer")
		removals := v.c.Answered[review.Revoke] + v.c.Answered[review.Reduce]
		p.Says = []string{
			fmt.Sprintf("%s of %s items have an answer; %s become work to remove access.", number(v.c.Decided()), number(v.c.Items), number(removals)),
			"It cannot be undone: nobody can answer after it, and no answer can change.",
		}
		if n := p.Silence.Open; n > 0 {
			p.Do, p.Danger = fmt.Sprintf("Close with %s unanswered", ui.Thousands(n)), true
			p.Says = append(p.Says, "What has no answer is treated as the definition says. Escalated means: the access stays and the fallback is told.")
		}
	})
}

func (s *server) askCancel(w http.ResponseWriter, r *http.Request) error {
	return s.ask(w, r, func(v campaignView, p *page.CampaignAsk) {
		p.Title, p.Do, p.Keep, p.Action, p.Danger = "Cancel "+v.c.Title+"?", "Cancel it", "Keep it", v.base+"/cancel", true
		p.Says = []string{fmt.Sprintf("The %s answers given so far stay on record but have no effect.", number(v.c.Decided())), "Nothing is removed, and nobody can answer any more."}
	})
}

func (s *server) ask(w http.ResponseWriter, r *http.Request, fill func(campaignView, *page.CampaignAsk)) error {
	id, err := pathID(r, "campaign")
	if err != nil {
		return err
	}
	c, err := s.Review.Campaign(r.Context(), id)
	if err != nil {
		return err
	}
	v := campaignView{server: s, c: c, d: c.Parsed(), base: fmt.Sprintf("/campaigns/%d", id)}
	p := page.CampaignAsk{Shell: s.shell(r, c.Title, "/campaigns"), Campaign: ui.Link{Label: c.Title, Href: v.base}, Unsigned: int(c.Unsigned)}
	fill(v, &p)
	return s.show(w, r, http.StatusOK, p.Page())
}
