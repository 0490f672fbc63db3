package page

import "interlock/web/ui"

// Reviews is GET /reviews: what waits for this person, riskiest and latest first.
type Reviews struct {
	Shell   ui.Shell
	Lede    string // "Two reviews wait for you. Start at the top: it holds the two critical ones."
	Waiting []ReviewWaiting
	Signed  []ReviewSigned
	Empty   ReviewsEmpty // used when nothing waits
}

// ReviewWaiting is one campaign with items for this person.
type ReviewWaiting struct {
	Title    string
	Href     string // /reviews/{campaign}
	About    string // its scope, in words
	Critical int    // open items by risk
	High     int
	Medium   int
	Low      int
	Decided  int
	Total    int
	Minutes  string // "about 11 min"; "" when all is decided
	Due      string // "7 days left", "2 days overdue"
	DueOn    string // "Thu 19 Nov, 17:00"
	Overdue  bool
}

// ReviewSigned is one campaign this person signed off.
type ReviewSigned struct {
	Title   string
	Href    string
	On      string // "14 May 2026"
	Items   int
	Revoked int
	Now     ui.Chip // what became of it
}

// ReviewsEmpty says why nothing waits and what is next.
type ReviewsEmpty struct {
	Text  string
	Links []ui.Link
}

func (w ReviewWaiting) button() string {
	switch {
	case w.Total > 0 && w.Decided == w.Total:
		return "Sign off"
	case w.Decided > 0:
		return "Continue"
	}
	return "Start"
}

// small is what is open besides critical and high, in one breath.
func (w ReviewWaiting) small() string {
	s := ""
	if w.Medium > 0 {
		s = ui.Thousands(w.Medium) + " medium"
	}
	if w.Low > 0 {
		if s != "" {
			s += ", "
		}
		s += ui.Thousands(w.Low) + " low"
	}
	return s
}

func (w ReviewWaiting) open() bool { return w.Critical+w.High+w.Medium+w.Low > 0 }
