package page

import "interlock/web/ui"

// Evidence is GET /campaigns/{id}/evidence: what the pack of a campaign holds,
// making it, and the packs that are kept. POST to Action without fields starts
// the job and answers 303 to its page.
type Evidence struct {
	Shell    ui.Shell
	Campaign ui.Link
	Holds    []EvidencePart
	Notes    []Remark // such as: it still runs, so the pack shows how it stands now
	Action   string   // ""  when it cannot be made now; say why in Notes
	Job      *JobBox  // one that is being made; it leads back here when done
	Packs    []EvidencePack
}

// EvidencePart is one file in the pack and what it is for.
type EvidencePart struct {
	File string
	What string
}

// EvidencePack is a pack that is kept.
type EvidencePack struct {
	Href   string // download
	Name   string // q4-plant-access-3.zip
	Made   string // "12 Nov 2026, 14:06 CET"
	By     string // "Oluwaseun Adeyemi"
	Size   string // "1.2 MB"
	SHA256 string
	Until  string // how long it is kept: "13 Nov 2026, 14:06 CET"
}

func (p Evidence) shell() ui.Shell {
	s := p.Shell
	if p.Job != nil {
		s.Scripts = append(s.Scripts[:len(s.Scripts):len(s.Scripts)], pollJS)
	}
	return s
}

func (p Evidence) file() string {
	if len(p.Packs) > 0 {
		return p.Packs[0].Name
	}
	return "pack.zip"
}
