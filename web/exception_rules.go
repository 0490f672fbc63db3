package web

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/exception"
	"interlock/web/page"
	"interlock/web/ui"
)

func (s *server) exceptionRules(w http.ResponseWriter, r *http.Request) error {
	return s.showRules(w, r, http.StatusOK, "", "")
}

var levelWords = map[string]string{"0": "process", "1": "basic control", "2": "supervision", "3": "site operations", "3.5": "the zone between", "4": "site business", "5": "enterprise and outside"}

func (s *server) showRules(w http.ResponseWriter, r *http.Request, status int, problem, field string) error {
	rules, err := s.Exception.Rules(r.Context())
	if err != nil {
		return err
	}
	actor := authz.From(r.Context())
	p := page.ExceptionRules{
		Shell: s.shell(r, "Rules of the register", "/exceptions"), Change: authz.Can(actor, "exception:rule"), Error: problem, Field: field,
		Gaps: ui.Plural(int(rules.Gaps), "thing that an asset cannot do", "things that assets cannot do") + " of it today",
	}
	on := map[exception.Requirement]bool{}
	for _, q := range rules.Requirements {
		on[q] = true
	}
	for _, c := range exception.Capabilities() {
		p.Columns = append(p.Columns, c.Words)
	}
	for _, l := range exception.Levels() {
		row := page.RuleLevel{Level: l, What: levelWords[l]}
		for _, c := range exception.Capabilities() {
			row.Boxes = append(row.Boxes, page.RuleBox{Value: l + "/" + c.Name, Label: "Level " + l + ": " + c.Words, On: on[exception.Requirement{Level: l, Capability: c.Name}]})
		}
		p.Levels = append(p.Levels, row)
	}
	for _, b := range exception.Bands() {
		p.Bands = append(p.Bands, page.RuleBand{Band: string(b), Label: capital(string(b)) + " risk", Scores: bandScores[b], Days: orElse(r.PostFormValue(string(b)), strconv.Itoa(rules.Limits.Days(b)))})
	}
	for _, o := range rules.Officers {
		p.Officers = append(p.Officers, s.ruleOfficer(o, actor))
	}
	return s.show(w, r, status, p.Page())
}

var bandScores = map[exception.Band]string{exception.Low: "1 to 4", exception.Medium: "5 to 9", exception.High: "10 to 16", exception.Critical: "20 to 25"}

func (s *server) ruleOfficer(o exception.Officer, actor authz.Actor) page.RuleOfficer {
	row := page.RuleOfficer{Email: o.Email, Name: orElse(o.Name, o.Email), UpTo: o.UpTo, Self: o.Email == actor.ID()}
	if o.AddedBy != "" {
		row.By = "said by " + o.AddedBy + ", " + s.date(&o.AddedAt)
	}
	var sites []string
	for _, site := range o.Sites {
		if site == "" { // everywhere
			return row
		}
		sites = append(sites, site)
	}
	row.Sites = "only at " + strings.Join(sites, ", ")
	return row
}

func (s *server) setRequirements(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil || !r.PostForm.Has("all") { // without what is ticked, all would be dropped
		return errs.Invalidf("The form did not arrive whole. Load the page again.")
	}
	var want []exception.Requirement
	for _, v := range r.PostForm["require"] {
		level, capability, _ := strings.Cut(v, "/")
		want = append(want, exception.Requirement{Level: level, Capability: capability})
	}
	before, after, err := s.Exception.Require(r.Context(), want)
	if err != nil {
		return err
	}
	said := "Nothing changed."
	if before != after {
		said = fmt.Sprintf("Set. There were %s; now there are %s.", ui.Plural(int(before), "gap", "gaps"), number(after))
	} else if before != 0 {
		said = "Set."
	}
	s.tell(r, said, "")
	return see(w, r, "/exceptions/rules")
}

func (s *server) setLimits(w http.ResponseWriter, r *http.Request) error {
	days := map[exception.Band]int{}
	for _, b := range exception.Bands() {
		days[b], _ = strconv.Atoi(r.PostFormValue(string(b)))
	}
	err := s.Exception.Limit(r.Context(), days)
	if e := refusal(err); e != nil {
		return s.showRules(w, r, statuses[e.Kind], e.Message, e.Field)
	}
	if err != nil {
		return err
	}
	s.tell(r, "Set. It holds for what is asked for from now on.", "")
	return see(w, r, "/exceptions/rules")
}

func (s *server) setApprover(w http.ResponseWriter, r *http.Request) error {
	if err := s.Exception.Raise(r.Context(), r.PostFormValue("email"), exception.Band(r.PostFormValue("up_to"))); err != nil {
		return err
	}
	s.tell(r, "Set.", "")
	return see(w, r, "/exceptions/rules")
}

// longestWords says how long an exception of each band may last.
func longestWords(l exception.Limits) string {
	return fmt.Sprintf("Low risk at most %d days, medium %d, high %d, critical %d.", l.Days(exception.Low), l.Days(exception.Medium), l.Days(exception.High), l.Days(exception.Critical))
}
