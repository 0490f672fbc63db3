package web_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"

	"interlock/internal/exception"
	"interlock/internal/identity"
	"interlock/internal/intake"
	"interlock/internal/sitetest"
	"interlock/web"
)

// whoMay reads the table of who may: method, route, then an answer for each of
// the columns.
func whoMay(t *testing.T) (columns []string, rows [][]string) {
	t.Helper()
	f, err := os.Open("testdata/who-may.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all[0][2:], all[1:]
}

// Every route is in the table, every line of the table is a route, and everybody
// gets what the table says.
func TestWhoMay(t *testing.T) {
	t.Parallel()
	columns, rows := whoMay(t)
	listed := map[string]bool{}
	for _, row := range rows {
		listed[row[0]+" "+row[1]] = true
	}
	routed := map[string]bool{}
	err := chi.Walk(web.New(web.Services{}, web.Settings{}).(chi.Routes), func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		key := method + " " + strings.ReplaceAll(route, "/*/", "/")
		routed[key] = true
		if !listed[key] && !strings.HasPrefix(route, "/static/") {
			t.Errorf("the route %s is not in testdata/who-may.csv", key)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for key := range listed {
		if !routed[key] {
			t.Errorf("testdata/who-may.csv lists %s, which is no route", key)
		}
	}

	for i, who := range columns {
		t.Run(who, func(t *testing.T) {
			t.Parallel()
			s := sitetest.Start(t, sitetest.Options{Idle: true})
			ids := furnish(s)
			b := s.Browser()
			switch who {
			case "nobody":
			case "the reviewer":
				b = s.SignIn("mia@x.example")
			default:
				b = s.SignIn(strings.ReplaceAll(who, " at ", "@"))
			}
			for _, row := range rows {
				if got := answerOf(b, row[0], fill(row[1], ids)); got != row[i+2] {
					t.Errorf("%s %s: %s, the table says %s", row[0], row[1], got, row[i+2])
				}
			}
		})
	}
}

// furnish makes one of everything that an address can name, none of it anybody's
// but mia's, who reviews.
func furnish(s *sitetest.Site) map[string]string {
	s.T.Helper()
	s.Import("corp", bundle)
	c := launch(s, definition("plant", "true", "manager"))
	upload, err := s.Intake.Upload(s.Root, "corp", "corp.zip", zipped(s.T, bundle))
	if err != nil {
		s.T.Fatal(err)
	}
	job, err := s.Intake.StartDryRun(s.Root, upload, intake.Options{})
	if err != nil {
		s.T.Fatal(err)
	}
	s.Exec(`update asset set capabilities = '{"mfa": "no"}' where id = (select min(id) from asset)`)
	asks, err := s.Exception.Request(s.Root, exception.Request{
		Assets: []int64{s.One(`select min(id) from asset`)}, Capabilities: []string{"mfa"},
		Controls: []exception.Control{{Title: "Jump host", Owner: "nobody@x.example", Method: "Rule", EveryDays: 30}},
	})
	if err != nil {
		s.T.Fatal(err)
	}
	if err := s.Exception.Attach(s.Root, asks[0], "a.txt", []byte("a")); err != nil {
		s.T.Fatal(err)
	}
	s.Import("desk", map[string]string{"identities.csv": "id,name,kind,email\nm1,Mia Moe,person,mia@x.example\n"})
	acme := identity.Thing{Subject: "identity", ID: s.One(`select id from identity where name = 'Acme service'`)}
	if err := s.Identity.Offer(s.Root, identity.Offer{Things: []identity.Thing{acme}, To: []string{"mia@x.example"}}); err != nil {
		s.T.Fatal(err)
	}
	s.Exec(`insert into finding (rule, severity, about, subject_id, identity_id, note, opened_at) select 'no_owner', 3, 'identity', id, id, 'No owner', $1 from identity where name = 'Acme service'`, s.Clock.Now())
	s.Exec(`insert into finding_policy (identity_id, why, owner_id, created_at, created_by, ends_at) select $1, 'It must', id, $2, 'x', $2::timestamptz + interval '1 day' from identity where external_id = 'm1'`, acme.ID, s.Clock.Now())
	return map[string]string{
		"finding": fmt.Sprint(s.One(`select max(id) from finding`)), "policy": fmt.Sprint(s.One(`select max(id) from finding_policy`)), "combination": fmt.Sprint(s.One(`select min(id) from finding_toxic`)),
		"transfer": fmt.Sprint(s.One(`select min(id) from ownership_transfer`)), "join": fmt.Sprint(s.One(`select min(id) from identity_join`)),
		"exception": fmt.Sprint(asks[0]), "attachment": fmt.Sprint(s.One(`select min(id) from exception_attachment`)), "control": fmt.Sprint(s.One(`select min(id) from exception_control`)), "view": "1",
		"campaign": fmt.Sprint(c), "item": fmt.Sprint(s.One(`select min(id) from review_item where reviewer = 'mia@x.example'`)),
		"identity": fmt.Sprint(s.One(`select id from identity where name = 'Acme service'`)),
		"upload":   fmt.Sprint(upload), "job": fmt.Sprint(job), "pack": "1", "mail": fmt.Sprint(s.One(`select min(id) from mail_message`)),
		"asset": fmt.Sprint(s.One(`select id from asset where external_id = 'mill'`)),
	}
}

// A member who is not the reviewer finds neither the campaign nor its items, and
// changes nothing; a reviewer finds only their own items.
func TestNotYoursIsNotThere(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Idle: true})
	s.Import("corp", bundle)
	c := launch(s, definition("plant", "true", "manager", "owner"))
	theirs := s.One(`select min(id) from review_item where reviewer = 'otto@x.example'`)
	mia, stranger := s.SignIn("mia@x.example"), s.SignIn("someone@x.example")
	before := s.One(`select count(*) from review_decision`) + s.One(`select count(*) from review_reviewer where signed_at is not null`)
	base := fmt.Sprintf("/reviews/%d", c)
	item := fmt.Sprintf("%s/items/%d", base, theirs)
	for _, path := range []string{base, base + "/sign", base + "?item=" + fmt.Sprint(theirs)} {
		if p := stranger.Get(path); p.Status != http.StatusNotFound {
			t.Errorf("a stranger gets %d of %s", p.Status, path)
		}
	}
	posts := map[string][]string{
		item + "/decision": {"answer", "certify", "note", "mine now"}, item + "/undo": nil, base + "/undo": nil,
		base + "/bulk": {"item", fmt.Sprint(theirs), "answer", "certify"}, base + "/sign": {"agree", "yes"},
	}
	for path, fields := range posts {
		if p := stranger.Post(path, fields...); p.Status != http.StatusNotFound {
			t.Errorf("a stranger gets %d of POST %s", p.Status, path)
		}
	}
	for _, path := range []string{item + "/decision", base + "/bulk"} {
		if p := mia.Post(path, posts[path]...); p.Status != http.StatusNotFound {
			t.Errorf("another reviewer gets %d of POST %s", p.Status, path)
		}
	}
	if p := mia.Post(item + "/undo"); p.Status != http.StatusConflict {
		t.Errorf("another reviewer gets %d of POST %s/undo", p.Status, item)
	}
	if p := mia.Get(base + "?item=" + fmt.Sprint(theirs)); p.Status != http.StatusOK || strings.Contains(p.String(), "Acme") {
		t.Errorf("another reviewer sees the item: %d", p.Status)
	}
	if after := s.One(`select count(*) from review_decision`) + s.One(`select count(*) from review_reviewer where signed_at is not null`); after != before {
		t.Errorf("something was recorded")
	}
}

func fill(route string, ids map[string]string) string {
	for name, id := range ids {
		route = strings.ReplaceAll(route, "{"+name+"}", id)
	}
	return route
}

// answerOf asks with an empty form, which changes nothing, and names the answer.
func answerOf(b *sitetest.Browser, method, path string) string {
	if path == "/logout" {
		b = b.Browser() // the session is still needed
	}
	var p *sitetest.Page
	if method == http.MethodGet {
		p = b.Get(path)
	} else {
		p = b.Post(path, "nothing", "at all")
	}
	switch {
	case p.Status == http.StatusUnauthorized, p.Status == http.StatusSeeOther && strings.HasPrefix(p.Location(), "/login?next="):
		return "login"
	case p.Status == http.StatusForbidden:
		return "no"
	case p.Status == http.StatusNotFound:
		return "hidden"
	case slices.Contains([]int{200, 303, 409, 410, 422}, p.Status):
		return "ok"
	}
	return fmt.Sprint(p.Status)
}
