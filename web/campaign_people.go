package web

import (
	"fmt"
	"net/http"
	"net/url"

	"interlock/internal/errs"
	"interlock/internal/review"
	"interlock/web/page"
	"interlock/web/ui"
)

// everyone is who is reminded when nobody is named.
const everyone = "everyone"

func (s *server) remind(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "campaign")
	if err != nil {
		return err
	}
	who := r.PostFormValue("reviewer")
	if who == "" {
		return errs.Invalidf("Say who is to be reminded: go back to the campaign and choose.")
	}
	if who == everyone {
		who = ""
	}
	told, err := s.Review.Nudge(r.Context(), id, who)
	if err != nil {
		return err
	}
	s.tell(r, ui.Plural(told, "reviewer was", "reviewers were")+" reminded by mail.", "")
	return see(w, r, fmt.Sprintf("/campaigns/%d", id))
}

func (s *server) reassignForm(w http.ResponseWriter, r *http.Request) error {
	return s.showReassign(w, r, http.StatusOK, review.Handover{From: r.URL.Query().Get("reviewer")}, nil)
}

func (s *server) showReassign(w http.ResponseWriter, r *http.Request, status int, h review.Handover, refused *errs.Error) error {
	id, err := pathID(r, "campaign")
	if err != nil {
		return err
	}
	l, err := s.Review.Leaving(r.Context(), id, h.From)
	if err != nil {
		return err
	}
	base := fmt.Sprintf("/campaigns/%d", id)
	p := page.CampaignReassign{
		Shell: s.shell(r, "Reassign", "/campaigns"), Campaign: ui.Link{Label: l.Campaign, Href: base}, From: ui.Person{Name: l.Name, Email: l.Email}, Open: int(l.Open),
		Action: base + "/reassign", To: h.To, Reason: h.Reason, Errors: map[string]string{},
	}
	for _, c := range l.Candidates {
		p.People = append(p.People, ui.Person{Name: c.Name, Email: c.Reviewer})
	}
	switch {
	case refused != nil && refused.Field != "":
		p.Errors[refused.Field] = refused.Message
	case refused != nil:
		p.Error = refused.Message
	}
	return s.show(w, r, status, p.Page())
}

func (s *server) reassign(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "campaign")
	if err != nil {
		return err
	}
	h := review.Handover{From: r.PostFormValue("reviewer"), To: r.PostFormValue("to"), Reason: r.PostFormValue("reason")}
	done, err := s.Review.Reassign(r.Context(), id, h)
	if e := refusal(err); e != nil {
		return s.showReassign(w, r, statuses[e.Kind], h, e)
	}
	if err != nil {
		return err
	}
	said := ui.Plural(int(done.Moved), "item has", "items have") + " a new reviewer. Both were told by mail."
	if done.Stay > 0 {
		said += " " + ui.Plural(int(done.Stay), "stays", "stay") + " where they were: the new reviewer may not decide on them, or was unsure."
	}
	s.tell(r, said, "")
	return see(w, r, fmt.Sprintf("/campaigns/%d", id))
}

func reassignHref(base, reviewer string) string {
	return base + "/reassign?" + url.Values{"reviewer": {reviewer}}.Encode()
}
