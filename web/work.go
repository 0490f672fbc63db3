package web

import (
	"fmt"
	"net/http"
	"strconv"

	"interlock/internal/authz"
	"interlock/internal/control"
	"interlock/internal/job"
	"interlock/internal/remediation"
	"interlock/internal/review"
	"interlock/web/page"
	"interlock/web/ui"
)

func (s *server) remediations(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	f := remediation.Filter{Campaign: number64(r, "campaign"), State: q.Get("state"), After: number64(r, "after"), Page: listPage + 1}
	rows, err := s.Remediation.List(r.Context(), f)
	if err != nil {
		return err
	}
	p := page.Remediation{
		Shell: s.shell(r, "Remediation", "/remediation"), Lede: "Access that is to go. Only a later import of its source can show that it went.",
		Campaign: q.Get("campaign"), State: f.State,
	}
	for _, st := range []string{"", "open", "scheduled", "done", "verified", "reappeared", "held", "impossible"} {
		p.Views = append(p.Views, ui.View{Label: capital(orElse(st, "all")), Href: address("/remediation", "state", st, "campaign", q.Get("campaign")), Current: f.State == st, Count: -1})
	}
	if authz.Can(authz.From(r.Context()), "campaign:read") {
		if p.Campaigns, err = s.campaignOptions(r); err != nil {
			return err
		}
	}
	rows, next := pageOf(rows, listPage, func(w remediation.Work) int64 { return w.ID })
	for _, row := range rows {
		p.Rows = append(p.Rows, s.remediationRow(row))
	}
	p.Pager = ui.Pager{Text: ui.Plural(len(rows), "removal", "removals") + ", oldest first"}
	if next != 0 {
		p.Pager.Next = address("/remediation", "state", f.State, "campaign", q.Get("campaign"), "after", strconv.FormatInt(next, 10))
	}
	return s.show(w, r, http.StatusOK, p.Page())
}

func (s *server) campaignOptions(r *http.Request) ([]ui.Option, error) {
	list, err := s.Review.Titles(r.Context())
	var options []ui.Option
	for _, c := range list {
		options = append(options, ui.Option{Value: strconv.FormatInt(c.ID, 10), Label: c.Title})
	}
	return options, err
}

func (s *server) remediationRow(w remediation.Work) page.RemediationRow {
	return page.RemediationRow{
		State: w.State, ReduceTo: text(w.ReduceTo), Kind: w.IdentityKind, Who: w.IdentityName, WhoHref: identityHref(w.IdentityID), Right: w.EntitlementName, Privilege: text(w.Privilege),
		Place: place(w.Level, w.AssetDomain), Asset: w.AssetName, AssetHref: assetHref(w.AssetID), Risk: review.Risk(w.Risk).String(), Silent: w.Decision == nil || *w.Decision == "unsure",
		Campaign: ui.Link{Label: w.Campaign, Href: fmt.Sprintf("/campaigns/%d", w.CampaignID)}, Opened: s.date(&w.OpenedAt),
	}
}

func (s *server) job(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "job")
	if err != nil {
		return err
	}
	j, err := s.Jobs.Progress(r.Context(), id)
	if err != nil {
		return err
	}
	here, crumb := "/identities", ui.Link{Label: "Imports", Href: "/imports"}
	switch j.Kind {
	case "import", "reach":
	case "findings":
		here, crumb = "/findings", ui.Link{Label: "Findings", Href: "/findings"}
	default:
		here, crumb = "/campaigns", ui.Link{Label: "Campaigns", Href: "/campaigns"}
	}
	p := page.Job{Shell: s.shell(r, j.Title, here), Crumbs: []ui.Link{crumb, {Label: j.Title}}, Box: s.jobBox(r, j)}
	return s.show(w, r, http.StatusOK, p.Page())
}

func (s *server) jobBox(r *http.Request, j job.Progress) page.JobBox {
	box := page.JobBox{
		Title: j.Title, State: j.State, Href: fmt.Sprintf("/jobs/%d", j.ID), Done: int(j.Done), Total: int(j.Total), Message: inBrowser(j.Message),
		Started: s.moment(&j.CreatedAt) + ", by " + actorWords(j.CreatedBy, s.called(r, j.CreatedBy)), CancelAsked: j.CancelAsked, Then: jobThen(j), Back: jobBack(j),
	}
	if j.MayCancel(authz.From(r.Context())) {
		box.CancelAction = box.Href + "/cancel"
	}
	return box
}

func jobThen(j job.Progress) ui.Link {
	switch {
	case j.Kind == control.JobKind:
		return ui.Link{Label: "Download the pack", Href: objectHref(j.Object)}
	case j.Kind == "findings":
		return ui.Link{Label: "See the findings", Href: "/findings"}
	case j.Kind == "reach":
		return ui.Link{Label: "See the imports", Href: "/imports"}
	case j.Kind != "import":
		return ui.Link{Label: "See the campaign", Href: objectHref(j.Object)}
	}
	if resultOf(j).DryRun {
		return ui.Link{Label: "See what it would change", Href: uploadHref(j.Object)}
	}
	return ui.Link{Label: "See the imports", Href: "/imports"}
}

func jobBack(j job.Progress) ui.Link {
	switch {
	case j.Kind == control.JobKind:
		return ui.Link{Label: "Back to the packs", Href: objectHref(j.Object)}
	case j.Kind == "findings":
		return ui.Link{Label: "Back to the findings", Href: "/findings"}
	case j.Kind == "reach":
		return ui.Link{Label: "Back to the imports", Href: "/imports"}
	case j.Kind != "import":
		return ui.Link{Label: "Back to the campaign", Href: objectHref(j.Object)}
	}
	return ui.Link{Label: "See what is wrong", Href: uploadHref(j.Object)}
}

func (s *server) cancelJob(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "job")
	if err != nil {
		return err
	}
	if err := s.Jobs.Cancel(r.Context(), id); err != nil {
		return err
	}
	return see(w, r, fmt.Sprintf("/jobs/%d", id))
}
