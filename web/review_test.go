package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"interlock/internal/sitetest"
)

// sheet is a reviewer at a campaign.
type sheet struct {
	*sitetest.Browser
	t    *testing.T
	base string
}

func (s sheet) item(identity, right string) string {
	s.t.Helper()
	return fmt.Sprint(s.One(`select id from review_item where campaign_id = $1 and identity_key = $2 and entitlement_key = $3`,
		strings.TrimPrefix(s.base, "/reviews/"), identity, right))
}

// answer opens an item and records an answer as its form allows.
func (s sheet) answer(item, answer, note string, more ...string) *sitetest.Page {
	s.t.Helper()
	p := s.Get(s.base + "?item=" + item)
	s.Clock.Advance(2 * time.Second)
	return p.Submit(s.base+"/items/"+item+"/decision", append([]string{"answer", answer, "note", note}, more...)...)
}

func (s sheet) says(p *sitetest.Page, status int, words ...string) {
	s.t.Helper()
	if p.Status != status {
		s.t.Errorf("%s: %d, want %d: %.900s", p.URL, p.Status, status, p)
	}
	for _, w := range words {
		if !strings.Contains(p.String(), w) {
			s.t.Errorf("%s does not say %q: %.1500s", p.URL, w, p)
		}
	}
}

func newSheet(t *testing.T, s *sitetest.Site, campaign int64, email string) sheet {
	t.Helper()
	return sheet{Browser: s.SignIn(email), t: t, base: fmt.Sprintf("/reviews/%d", campaign)}
}

// A reviewer answers everything without scripts, takes an answer back, passes one
// on, and signs off.
func TestReview(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Idle: true})
	s.Import("corp", bundle)
	c := launch(s, definition("plant", "true", "manager", "owner", "asset_owner"))
	mia := newSheet(t, s, c, "mia@x.example")

	mia.says(mia.Get("/reviews"), 200, "One review waits for you.", "A look at plant", "0 of 6")
	high, op := mia.item("ann", "mill-eng"), mia.item("ann", "mill-op")

	p := mia.answer(high, "certify", "")
	mia.says(p, 422, "This access is high risk: say why.")
	if f := p.Form(mia.base + "/items/" + high + "/decision"); f.Get("answer") != "certify" {
		t.Errorf("the answer is not kept: %v", f)
	}
	p = mia.answer(high, "", "typed before choosing")
	mia.says(p, 422, "Choose an answer")
	if f := p.Form(mia.base + "/items/" + high + "/decision"); f.Get("note") != "typed before choosing" {
		t.Errorf("the reason is not kept: %v", f)
	}
	mia.says(mia.answer(high, "certify", strings.Repeat("x", 5000)), 422, "longer than 4000")
	p = mia.answer(high, "certify", "On call for this mill.")
	mia.says(p, 303)
	mia.says(p.Follow(), 200, "Certified.", "1 of 6 decided", "On call for this mill.")
	if ms := s.One(`select open_ms from review_decision`); ms != 2000 {
		t.Errorf("it was open for %d ms", ms)
	}

	lower := fmt.Sprint(s.One(`select id from entitlement where external_id = 'mill-view'`))
	higher := fmt.Sprint(s.One(`select id from entitlement where external_id = 'mill-eng'`))
	mia.says(mia.answer(op, "reduce", "Watching is enough.", "to", ""), 422, "Choose what to reduce to")
	mia.says(mia.answer(op, "reduce", "Watching is enough.", "to", higher), 422, "no lower right")
	mia.says(mia.answer(op, "reduce", "Watching is enough.", "to", lower).Follow(), 200, "Reduced.", "Reduced to: Watch the mill")

	ben := mia.item("ben", "mill-eng")
	mia.says(mia.answer(ben, "unsure", "Otto knows.").Follow(), 200, "Unsure, now with Otto Orr")
	otto := newSheet(t, s, c, "otto@x.example")
	otto.says(otto.Get(otto.base+"?item="+ben), 200, "alert('Ben')")
	mia.says(mia.Post(mia.base+"/items/"+ben+"/undo").Follow(), 200, "Taken back: ")
	otto.says(otto.answer(otto.item("acme", "mill-eng"), "revoke", "The contract is over."), 303)
	otto.says(otto.Post(otto.base+"/items/"+ben+"/decision", "answer", "certify", "note", "mine"), 404)
	mia.says(mia.answer(ben, "revoke", "Not since May.").Follow(), 200, "Revoked.")

	mia.bulk()
	mia.says(mia.Post(mia.base+"/items/"+op+"/decision", "answer", "certify", "note", "changed my mind"), 409, "answered already")
	mia.signOff(op)
}

// bulk answers the readers of the wiki at once.
func (s sheet) bulk() {
	s.t.Helper()
	p := s.Get(s.base)
	form := p.Form(s.base + "/bulk")
	if n := len(form["item"]); n != 3 {
		s.t.Fatalf("%d are ticked: %v", n, form)
	}
	none := url.Values{"answer": {"certify"}, "note": {"kept"}, "open": form["open"], "back": form["back"]}
	s.says(s.PostForm(s.base+"/bulk", none), 422, "Nothing is ticked")
	smuggled := url.Values{"answer": {"certify"}, "item": {s.item("ann", "mill-eng")}}
	if q := s.PostForm(s.base+"/bulk", smuggled); q.Status != 409 && q.Status != 422 {
		s.t.Errorf("a high-risk item in bulk: %d", q.Status)
	}
	form.Set("answer", "certify")
	s.says(s.PostForm(s.base+"/bulk", form).Follow(), 200, "3 items certified.", "in bulk", "6 of 6 decided")
	s.says(s.Post(s.base+"/undo").Follow(), 200, "Taken back.", "5 of 6 decided")
	s.says(s.Get(s.base+"/sign"), 200, "1 item has no answer yet.")
	s.says(s.Post(s.base+"/sign", "agree", "yes"), 409, "1 item has no answer yet.")
	s.says(s.Get(s.base), 200)
	for _, id := range []string{"ann", "ben", "cat"} {
		s.answerIfOpen(s.item(id, "wiki-read"))
	}
}

func (s sheet) answerIfOpen(item string) {
	s.t.Helper()
	if p := s.Get(s.base + "?item=" + item); len(p.All("form", "action", s.base+"/items/"+item+"/decision")) > 0 {
		s.says(s.answer(item, "certify", ""), 303)
	}
}

func (s sheet) signOff(item string) {
	s.t.Helper()
	p := s.Get(s.base + "/sign")
	s.says(p, 200, "I looked at each of my 6 answers myself", "What will go", "Watch the mill")
	s.says(p.Submit(s.base+"/sign"), 422, "Tick that you agree")
	s.says(p.Submit(s.base+"/sign", "agree", "yes").Follow(), 200, "Signed off by you on 12 Nov 2026, 09:00 UTC")
	p = s.Get(s.base)
	s.says(p, 200, "Read only.", "You signed off on")
	if n := len(p.All("form", "method", "post")); n > 1 {
		s.t.Errorf("%d forms are left on a signed review", n)
	}
	for _, path := range []string{"/items/" + item + "/undo", "/undo", "/bulk", "/items/" + item + "/decision", "/sign"} {
		q := s.Post(s.base+path, "item", item, "answer", "certify", "note", "again", "agree", "yes")
		s.says(q, 409, "igned off")
	}
	s.says(s.Get("/reviews"), 200, "Nothing waits for you.")
}

// Two hundred items: every one is reached by paging, whatever the grouping; a
// filter and a search show what they say.
func TestLongSheet(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Idle: true})
	var people, rights, grants strings.Builder
	for i := range 200 {
		fmt.Fprintf(&people, "p%03d,Person %03d,p%03d@x.example,mia,it\n", i, i, i)
		fmt.Fprintf(&grants, "p%03d,right-%02d,2026-02-01,T-%d,2026-11-01\n", i, i%40, i)
	}
	for i := range 40 {
		fmt.Fprintf(&rights, "right-%02d,Right %02d 100%%_,%s,%s\n", i, i, []string{"wiki", "mill"}[i%2], []string{"view", "operate", "engineer"}[i%3])
	}
	s.Import("corp", map[string]string{
		"zones.csv":        bundle["zones.csv"][:0] + "id,name,level,domain\noffice,Office,4,it\ncell,Cell,2,ot\n",
		"identities.csv":   "id,name,email,manager,domain\nmia,Mia Moe,mia@x.example,,it\n" + people.String(),
		"assets.csv":       "id,name,zone\nwiki,Wiki,office\nmill,Mill,cell\n",
		"entitlements.csv": "id,name,asset,privilege\n" + rights.String(),
		"grants.csv":       "identity,entitlement,granted_at,ticket,last_used_at\n" + grants.String(),
	})
	c := launch(s, definition("long", "true", "manager"))
	mia := newSheet(t, s, c, "mia@x.example")
	for _, group := range []string{"identity", "asset"} {
		if n := len(mia.walk(mia.base + "?group=" + group + "&item=none")); n != 200 {
			t.Errorf("grouped by %s, %d items are reached", group, n)
		}
	}
	risks := map[string]int{}
	for _, risk := range []string{"low", "medium", "high", "critical"} {
		n := int(s.One(`select count(*) from review_item where risk = $1`, map[string]int{"low": 1, "medium": 2, "high": 3, "critical": 4}[risk]))
		risks[risk] = n
		if risk == "low" {
			continue // in groups
		}
		if got := len(mia.walk(mia.base + "?risk=" + risk + "&item=none")); got != n {
			t.Errorf("%d of %d %s items are reached", got, n, risk)
		}
	}
	if got := len(mia.walkGroups()); got != risks["low"] {
		t.Errorf("%d of %d low items are reached in groups", got, risks["low"])
	}
	if n := len(mia.walk(mia.base + "?group=identity&item=none&q=" + url.QueryEscape("person 01"))); n != 10 {
		t.Errorf("ten persons match, %d are shown", n)
	}
	if n := len(mia.walk(mia.base + "?group=identity&item=none&q=" + url.QueryEscape("07 100%_"))); n != 5 {
		t.Errorf("five match what looks like a pattern, %d are shown", n)
	}
	mia.says(mia.Get(mia.base+"?q=nobody"), 200, "No open item matches.")
}

// walk follows "Show the next ones" and gathers the items that are listed.
func (s sheet) walk(from string) map[string]bool {
	s.t.Helper()
	seen := map[string]bool{}
	todo := []string{from}
	for n := 0; len(todo) > 0 && n < 60; n++ {
		p := s.Get(todo[0])
		todo = todo[1:]
		if p.Status != http.StatusOK {
			s.t.Fatalf("%s: %d", p.URL, p.Status)
		}
		for _, li := range p.All("li") {
			if id, ok := strings.CutPrefix(li.Attrs["id"], "i-"); ok {
				if seen[id] {
					s.t.Errorf("%s: item %s is shown twice", p.URL, id)
				}
				seen[id] = true
			}
		}
		for _, a := range p.All("a") {
			if a.String() == "Show the next ones" {
				todo = append(todo, a.Attrs["href"])
			}
		}
	}
	return seen
}

// walkGroups opens every group, page by page.
func (s sheet) walkGroups() map[string]bool {
	s.t.Helper()
	seen, groups := map[string]bool{}, []string{}
	for next := s.base + "?risk=low&item=none"; next != ""; {
		p := s.Get(next)
		next = ""
		for _, a := range p.All("a") {
			switch {
			case strings.HasPrefix(a.String(), "Open the group"):
				groups = append(groups, a.Attrs["href"])
			case a.String() == "Show more groups":
				next = a.Attrs["href"]
			}
		}
		for _, id := range ticks(p) {
			seen[id] = true
		}
	}
	for len(groups) > 0 {
		p := s.Get(groups[0])
		groups = groups[1:]
		for _, id := range ticks(p) {
			seen[id] = true
		}
		for _, a := range p.All("a") {
			if strings.HasSuffix(a.String(), "more, after these") {
				groups = append(groups, a.Attrs["href"])
			}
		}
	}
	return seen
}

func ticks(p *sitetest.Page) (ids []string) {
	for _, n := range p.All("input", "name", "item") {
		ids = append(ids, n.Attrs["value"])
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
