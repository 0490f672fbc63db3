package web

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"interlock/internal/authz"
	"interlock/internal/identity"
	"interlock/internal/intake"
	"interlock/internal/review"
	"interlock/web/page"
	"interlock/web/ui"
)

var joinParams = []string{"view", "rule", "import", "identity", "q"}

// joinRules are the reasons for taking two identities for one person.
var joinRules = []ui.Option{{Value: identity.SameEmail, Label: "same e-mail"}, {Value: identity.SameNumber, Label: "same number and name"}, {Value: identity.ByHand, Label: "said by a person"}}

func joinRule(rule string) string {
	for _, o := range joinRules {
		if o.Value == rule {
			return o.Label
		}
	}
	return "same name"
}

func joinFilter(q url.Values) identity.PairFilter {
	f := identity.PairFilter{State: identity.Counts, Rule: q.Get("rule"), Text: q.Get("q")}
	switch q.Get("view") {
	case "undone":
		f.State = identity.Undone
	case "lapsed":
		f.State = identity.Lapsed
	case "differ":
		f.Differ = true
	}
	f.Import, _ = strconv.ParseInt(q.Get("import"), 10, 64)
	f.Identity, _ = strconv.ParseInt(q.Get("identity"), 10, 64)
	f.Before, _ = strconv.ParseInt(q.Get("before"), 10, 64)
	return f
}

// joining is what was typed into the form of a row, and why that was refused.
type joining struct{ row, reason, refused string }

func (s *server) joins(w http.ResponseWriter, r *http.Request) error {
	return s.showJoins(w, r, http.StatusOK, r.URL.Query(), joining{})
}

func (s *server) showJoins(w http.ResponseWriter, r *http.Request, status int, q url.Values, typed joining) error {
	n, err := s.Identity.PairCounts(r.Context())
	if err != nil {
		return err
	}
	p := page.Joins{
		Inventory: s.inventory(r, "Joined persons", "/identities/joins", moment{}), View: q.Get("view"), Rules: joinRules, Rule: q.Get("rule"), Text: q.Get("q"),
		Lede:     ui.Plural(int(n.Persons), "person is", "persons are") + " known under several identities. Each join has its reason, can be undone and stays on record.",
		Filtered: q.Get("rule")+q.Get("q")+q.Get("import")+q.Get("identity") != "", CSV: address("/identities/joins.csv", kept(q, joinParams)...),
		May: authz.Can(authz.From(r.Context()), "person:join"), Error: typed.refused,
	}
	for _, name := range []string{"view", "import", "identity"} {
		p.Hidden = append(p.Hidden, ui.Param{Name: name, Value: q.Get(name)})
	}
	if id := q.Get("import"); id != "" {
		p.Only = "Only what import " + id + " joined."
	}
	for _, v := range []struct {
		key, label string
		count      int64
	}{{"", "Joined", n.Counts}, {"differ", "Sources disagree", -1}, {"undone", "Undone", n.Undone}, {"lapsed", "No longer alike", n.Lapsed}, {"proposed", "Proposed", -1}} {
		p.Views = append(p.Views, ui.View{Label: v.label, Href: address("/identities/joins", "view", v.key, "rule", q.Get("rule"), "q", q.Get("q")), Current: v.key == p.View, Count: int(v.count)})
	}
	if p.View == "proposed" {
		err = s.proposedJoins(r, q, typed, &p)
	} else {
		err = s.joinRows(r, q, typed, &p)
	}
	if err != nil {
		return err
	}
	return s.show(w, r, status, p.Page())
}

func (s *server) joinRows(r *http.Request, q url.Values, typed joining, p *page.Joins) error {
	list, more, err := s.Identity.Pairs(r.Context(), joinFilter(q))
	if err != nil {
		return err
	}
	var people []string
	for _, j := range list {
		people = append(people, text(j.JoinedBy), text(j.UndoneBy))
	}
	known := s.called(r, people...)
	for _, j := range list {
		row := s.joinRow(j, known, p.May)
		if typed.row == row.ID {
			row.Reasoned = typed.reason
		}
		p.Rows = append(p.Rows, row)
	}
	p.Pager = ui.Pager{Text: ui.Plural(len(list), "join", "joins") + ", newest first"}
	if more {
		p.Pager.Next = address("/identities/joins", append(kept(q, joinParams), "before", strconv.FormatInt(list[len(list)-1].ID, 10))...)
	}
	return nil
}

var pairStates = map[identity.PairState]ui.Chip{
	identity.Counts: {Text: "one person", Tone: "good", Icon: "link"}, identity.Undone: {Text: "undone", Tone: "warn", Icon: "arrow-back-up"}, identity.Lapsed: {Text: "no longer alike", Icon: "history"},
}

func (s *server) joinRow(j identity.Pair, known review.Names, may bool) page.JoinRow {
	id := strconv.FormatInt(j.ID, 10)
	state := identity.StateOf(j)
	row := page.JoinRow{
		ID: id, Rule: capital(joinRule(j.Rule)), Evidence: j.Evidence, Differ: strings.Join(identity.Differences(j), ", "), Reason: text(j.Reason), State: pairStates[state],
		Left:  joinSide(j.LeftID, j.LeftKind, j.LeftName, j.LeftSource+":"+j.LeftKey, text(j.LeftEmail), j.LeftStatus),
		Right: joinSide(j.RightID, j.RightKind, j.RightName, j.RightSource+":"+j.RightKey, text(j.RightEmail), j.RightStatus),
		When:  s.date(&j.JoinedAt),
	}
	if j.ImportID != nil {
		row.When += fmt.Sprintf(", by import %d", *j.ImportID)
	} else {
		row.When += ", by " + actorWords(text(j.JoinedBy), known)
	}
	switch state {
	case identity.Counts:
		if j.PersonSize > 2 {
			row.Person = fmt.Sprintf("%d identities are this person", j.PersonSize)
		}
		row.Do, row.DoLabel, row.Choose = "/identities/joins/"+id+"/part", "Not one person", j.PersonSize > 2
		row.DoWhat = "Each counts for itself again: its own status, owner and rights, and its own say in reviews. The rule does not join them again."
	case identity.Undone:
		row.Ended = joined(s.date(j.UndoneAt)+" by "+actorWords(text(j.UndoneBy), known), text(j.UndoneReason))
		row.Do, row.DoLabel = "/identities/joins/"+id+"/rejoin", "One person after all"
		row.DoWhat = "They count as one person again: who has left in one source has left."
	case identity.Lapsed:
		row.Ended = s.date(j.LapsedAt) + ": an import changed what was alike"
	}
	if !may {
		row.Do = ""
	}
	return row
}

func joinSide(id int64, kind, name, key, email, status string) page.JoinSide {
	side := page.JoinSide{ID: strconv.FormatInt(id, 10), Kind: kind, Name: name, Href: identityHref(id), Sub: key, Email: email}
	source, _, _ := strings.Cut(key, ":")
	side.Status = identityStatus(status, status == "ended", source)
	return side
}

// proposedJoins lists who has one name in two sources.
func (s *server) proposedJoins(r *http.Request, q url.Values, typed joining, p *page.Joins) error {
	f := identity.CandidateFilter{Text: q.Get("q")}
	_, _ = fmt.Sscanf(q.Get("after"), "%d.%d", &f.After[0], &f.After[1])
	list, more, err := s.Identity.Candidates(r.Context(), f)
	if err != nil {
		return err
	}
	for _, c := range list {
		row := page.JoinRow{
			ID: fmt.Sprintf("%d.%d", c.LeftID, c.RightID), Rule: "Same name", Evidence: alikeToo(c), Take: true, When: "not joined",
			Left:  joinSide(c.LeftID, c.LeftKind, c.LeftName, c.LeftSource+":"+c.LeftKey, text(c.LeftEmail), c.LeftStatus),
			Right: joinSide(c.RightID, c.RightKind, c.RightName, c.RightSource+":"+c.RightKey, text(c.RightEmail), c.RightStatus),
			State: ui.Chip{Text: "two persons", Tone: "unknown"},
		}
		if p.May {
			row.Do, row.DoLabel, row.DoWhat = "/identities/joins", "They are one person", "They count as one: who has left in one source has left, and nobody reviews their own access under the other name."
		}
		if typed.row == row.ID {
			row.Reasoned = typed.reason
		}
		p.Rows = append(p.Rows, row)
	}
	p.Pager = ui.Pager{Text: ui.Plural(len(list), "pair", "pairs")}
	if more {
		last := list[len(list)-1]
		p.Pager.Next = address("/identities/joins", append(kept(q, joinParams), "after", fmt.Sprintf("%d.%d", last.LeftID, last.RightID))...)
	}
	return nil
}

// alikeToo says what besides the name speaks for one person.
func alikeToo(c identity.Candidate) string {
	if c.LeftDepartment != nil && text(c.LeftDepartment) == text(c.RightDepartment) {
		return "both in " + *c.LeftDepartment
	}
	return ""
}

func (s *server) joinsCSV(w http.ResponseWriter, r *http.Request) error {
	return s.download(w, r, "joined-persons.csv", func(to io.Writer) error { return s.Identity.ExportPairs(r.Context(), joinFilter(r.URL.Query()), to) })
}

func (s *server) partPersons(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "join")
	if err != nil {
		return err
	}
	somebodyElse, _ := strconv.ParseInt(r.PostFormValue("else"), 10, 64)
	err = s.Identity.Part(r.Context(), id, somebodyElse, r.PostFormValue("reason"))
	return s.afterJoining(w, r, err, joining{row: strconv.FormatInt(id, 10)}, "", "Parted. Each counts for itself.")
}

func (s *server) rejoinPersons(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "join")
	if err != nil {
		return err
	}
	err = s.Identity.Rejoin(r.Context(), id, r.PostFormValue("reason"))
	return s.afterJoining(w, r, err, joining{row: strconv.FormatInt(id, 10)}, "undone", "Joined again. They count as one person.")
}

func (s *server) joinPersons(w http.ResponseWriter, r *http.Request) error {
	left, _ := strconv.ParseInt(r.PostFormValue("left"), 10, 64)
	right, _ := strconv.ParseInt(r.PostFormValue("right"), 10, 64)
	err := s.Identity.Take(r.Context(), left, right, r.PostFormValue("reason"))
	return s.afterJoining(w, r, err, joining{row: fmt.Sprintf("%d.%d", left, right)}, "proposed", "Joined. They count as one person.")
}

// afterJoining says that it is done, or shows the list again with what was typed.
func (s *server) afterJoining(w http.ResponseWriter, r *http.Request, err error, typed joining, view, done string) error {
	if e := refusal(err); e != nil {
		typed.reason, typed.refused = r.PostFormValue("reason"), e.Message
		return s.showJoins(w, r, statuses[e.Kind], url.Values{"view": {view}}, typed)
	}
	if err != nil {
		return err
	}
	s.tell(r, done, "")
	return see(w, r, address("/identities/joins", "view", view))
}

// joinsOf says of each import whom it took for one person, and by which rule.
func (s *server) joinsOf(r *http.Request, imports []intake.ImportRow) (map[int64][]ui.Link, error) {
	var ids []int64
	for _, i := range imports {
		ids = append(ids, i.Number)
	}
	counts, err := s.Identity.JoinedByImports(r.Context(), ids)
	links := map[int64][]ui.Link{}
	for id, rules := range counts {
		for _, words := range joinedWords(rules, 0) {
			links[id] = append(links[id], ui.Link{Label: words, Href: address("/identities/joins", "import", strconv.FormatInt(id, 10))})
		}
	}
	return links, err
}

// joinedWords says what an import did to who is one person: never silently.
func joinedWords(rules map[string]int64, parted int64) (list []string) {
	for _, o := range joinRules {
		if n := rules[o.Value]; n > 0 {
			list = append(list, ui.Plural(int(n), "pair", "pairs")+" joined by the "+o.Label)
		}
	}
	if parted > 0 {
		list = append(list, ui.Plural(int(parted), "pair", "pairs")+" no longer alike, and parted")
	}
	return list
}
