package page

import (
	"strconv"

	"interlock/web/ui"
)

// Job is GET /jobs/{id}: how far long work is. While it runs the page asks for
// itself every second and takes the part with the id "job"; without scripts it
// is loaded again every two seconds. A handler may answer a running job's
// page whole: nothing else is needed.
type Job struct {
	Shell  ui.Shell
	Crumbs []ui.Link // where it belongs: Imports / Dry run
	Box    JobBox
}

// JobBox is one long job. Cancel posts to CancelAction without fields and
// answers 303 back.
type JobBox struct {
	Title        string
	State        string // waiting, running, done, refused, failed, cancelled
	Href         string // /jobs/{id}
	Done         int
	Total        int // 0 when not known
	Message      string
	Started      string // "12 Nov 2026, 14:06, by Oluwaseun Adeyemi"
	Side         string // "about 20 s"
	CancelAction string // /jobs/{id}/cancel; "" for those who may not
	CancelAsked  bool
	Then         ui.Link // where to go when done: "See the report"
	Back         ui.Link // where to go when not
}

func (b JobBox) ended() bool { return b.State != "waiting" && b.State != "running" }

// next is where a page goes by itself when the job ends under its eyes.
func (b JobBox) next() string {
	switch b.State {
	case "done":
		return b.Then.Href
	case "refused":
		return b.Back.Href
	}
	return ""
}

func (b JobBox) value() string { return strconv.Itoa(b.Done) }

func (p Job) shell() ui.Shell {
	s := p.Shell
	s.Scripts = append(s.Scripts[:len(s.Scripts):len(s.Scripts)], pollJS)
	return s
}
