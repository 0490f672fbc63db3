package web

import (
	"fmt"
	"net/http"

	"interlock/internal/control"
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
	if err := s.evidencePacks(r, id, &p); err != nil {
		return err
	}
	if c.State.Open() {
		p.Notes = append(p.Notes, page.Remark{Tone: "info", Title: "The campaign still runs.", Text: "A pack made now shows how it stands today."})
	}
	return s.show(w, r, http.StatusOK, p.Page())
}

// evidencePacks shows the packs that are kept, and how far the next one is.
func (s *server) evidencePacks(r *http.Request, campaign int64, p *page.Evidence) error {
	packs, err := s.Control.Packs(r.Context(), campaign)
	if err != nil {
		return err
	}
	emails := make([]string, len(packs))
	for i, k := range packs {
		emails[i] = k.MadeBy
	}
	known := s.called(r, emails...)
	for _, k := range packs {
		p.Packs = append(p.Packs, page.EvidencePack{
			Href: fmt.Sprintf("/campaigns/%d/evidence/%d", campaign, k.ID), Name: k.Name, Made: s.moment(&k.MadeAt), By: actorWords(k.MadeBy, known),
			Size: bytesText(k.Size), SHA256: k.Sha256, Until: s.moment(&k.ExpiresAt),
		})
	}
	if j, err := s.Jobs.Of(r.Context(), control.Object(campaign)); err == nil && !j.Ended() {
		box := s.jobBox(r, j)
		p.Job = &box
	}
	return nil
}

var packParts = []page.EvidencePart{
	{File: "items.csv, items.json", What: "every item with the facts as they were frozen at launch"},
	{File: "decisions.csv, decisions.json", What: "who decided what, when, for how long it was open, and what was shown; answers taken back too"},
	{File: "campaign.json, definition.yaml", What: "what was asked of whom, and who signed off on which statement"},
	{File: "remediations.csv", What: "the removals this obliges"},
	{File: "audit.jsonl, checkpoint.txt", What: "the campaign's part of the audit log, each event with its proof of inclusion under a signed head"},
	{File: "manifest.json, manifest.sig", What: "the SHA-256 of every file, signed with this installation's key"},
}

func (s *server) startEvidence(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "campaign")
	if err != nil {
		return err
	}
	progress, err := s.Control.Start(r.Context(), id)
	if err != nil {
		return err
	}
	return see(w, r, fmt.Sprintf("/jobs/%d", progress))
}

// evidencePack sends a kept pack, also a part of it: a download that broke off
// can go on.
func (s *server) evidencePack(w http.ResponseWriter, r *http.Request) error {
	campaign, err := pathID(r, "campaign")
	if err != nil {
		return err
	}
	id, err := pathID(r, "pack")
	if err != nil {
		return err
	}
	p, content, err := s.Control.Open(r.Context(), campaign, id)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", `attachment; filename="`+p.Name+`"`)
	w.Header().Set("ETag", `"`+p.Sha256+`"`)
	http.ServeContent(w, r, p.Name, p.MadeAt, content)
	return nil
}
