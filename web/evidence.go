package web

import (
	"fmt"
	"io"
	"net/http"

	"interlock/web/page"
	"interlock/web/ui"
)

func (s *server) evidence(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "campaign")
	if err != nil {
		return err
	}
	c, err := s.Review.Head(r.Context(), id)
	if err != nil {
		return err
	}
	p := page.Evidence{Shell: s.shell(r, "Evidence of "+c.Title, "/campaigns"), Campaign: ui.Link{Label: c.Title, Href: fmt.Sprintf("/campaigns/%d", id)}, Holds: packParts}
	p.Action = fmt.Sprintf("/campaigns/%d/evidence", id)
	if c.State.Open() {
		p.Notes = append(p.Notes, page.Remark{Tone: "info", Title: "The campaign still runs.", Text: "A pack made now shows how it stands today."})
	}
	return s.show(w, r, http.StatusOK, p.Page())
}

var packParts = []page.EvidencePart{
	{File: "items.csv, items.json", What: "every item with the facts as they were frozen at launch"},
	{File: "decisions.csv, decisions.json", What: "who decided what, when, for how long it was open, and what was shown; answers taken back too"},
	{File: "campaign.json, definition.yaml", What: "what was asked of whom, and who signed off on which statement"},
	{File: "remediations.csv", What: "the removals this obliges"},
	{File: "audit.jsonl, checkpoint.txt", What: "the campaign's part of the audit log, each event with its proof of inclusion under a signed head"},
	{File: "manifest.json, manifest.sig", What: "the SHA-256 of every file, signed with this installation's key"},
}

func (s *server) evidencePack(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "campaign")
	if err != nil {
		return err
	}
	if err := s.Control.MayExport(r.Context(), id); err != nil {
		return err
	}
	name := fmt.Sprintf("campaign-%d.zip", id)
	return s.download(w, r, "application/zip", name, func(to io.Writer) error { return s.Control.Export(r.Context(), id, to, nil) })
}
