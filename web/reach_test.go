package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"interlock/internal/authz"
	"interlock/internal/sitetest"
)

func TestReachPage(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Idle: true})
	s.Import("corp", bundle)
	b := s.SignIn("auditor")
	ann := fmt.Sprintf("/identities/%d/reach", s.One(`select id from identity where external_id = 'ann'`))
	has := func(path string, words ...string) string {
		t.Helper()
		p := b.Get(path)
		if p.Status != http.StatusOK {
			t.Fatalf("%s: %d", path, p.Status)
		}
		for _, w := range words {
			if !strings.Contains(p.String(), w) {
				t.Errorf("%s does not say %q", path, w)
			}
		}
		return p.String()
	}
	has(ann, "How far Ann Ask gets", "has not been computed yet", "2 assets, 1 of them across the boundary", "Mill controller")
	if _, err := s.Reach.Recompute(authz.System(t.Context(), "test"), func(int64, int64, string) {}); err != nil {
		t.Fatal(err)
	}
	has(ann, "The way to what matters most", "Ann Ask → Mill controller (jump host jump)", "after import 1 of corp", "second factor")
	jump := fmt.Sprint("conduit:", s.One(`select id from conduit`))
	has(ann+"?without="+jump, "Without the conduit jump host jump from Office to Cell, 1 of 2 assets is no longer reached.")
	has(ann+"?level=4", "1 of 1 asset, the nearest first")
	if p := b.Get(ann + "?without=wish:1"); p.Status != http.StatusUnprocessableEntity || !strings.Contains(p.String(), "names nothing that can be taken away") {
		t.Errorf("%d", p.Status)
	}
	has(ann+"?as_of=2026-11-01", "It reaches nothing")
	if p := b.Get(ann + "?as_of=soon"); p.Status != http.StatusUnprocessableEntity {
		t.Errorf("%d", p.Status)
	}
	has(ann+".csv", "source,asset,name,level,safety,crossing,privilege,steps,way", "corp,mill,Mill controller,2,false,true,engineer,1,")
	if p := s.SignIn("member").Get(ann + ".csv"); p.Status != http.StatusForbidden {
		t.Errorf("%d", p.Status)
	}
	if s.One(`select count(*) from audit_event where action = 'reach.exported'`) != 1 || s.One(`select count(*) from audit_event where action = 'reach.export_refused'`) != 1 {
		t.Error("an export of reach, or its refusal, is not on record")
	}
	led := 0
	for _, a := range b.Get(ann).All("a") {
		if strings.Contains(a.Attrs["href"], "without=") {
			led++
			has(a.Attrs["href"], "no longer reached")
		}
	}
	if led != 3 { // two rights and a conduit
		t.Errorf("%d links lead to what would follow", led)
	}
	acme := fmt.Sprintf("/identities/%d/reach", s.One(`select id from identity where external_id = 'acme'`))
	has(acme, "It reaches nothing", "No grant, shared secret or stored credential")
	if p := b.Get("/identities/999/reach"); p.Status != http.StatusNotFound {
		t.Errorf("%d", p.Status)
	}
}

// TestRevokedPage: a reviewer sees what revoking their item would take away, and of
// nobody else's.
func TestRevokedPage(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Idle: true})
	s.Import("corp", bundle)
	c := launch(s, definition("plant", "true", "manager"))
	item := func(right, who string) int64 {
		return s.One(`select id from review_item where entitlement_name = $1 and identity_name = $2`, right, who)
	}
	mia := s.SignIn("mia@x.example")
	get := func(b *sitetest.Browser, item int64) *sitetest.Page {
		return b.Get(fmt.Sprintf("/reviews/%d/items/%d/revoked", c, item))
	}
	if p := get(mia, item("Read the wiki", "Ann Ask")); !strings.Contains(p.String(), "1 of 2 assets is no longer reached") || !strings.Contains(p.String(), "Wiki") {
		t.Errorf("%d %s", p.Status, p)
	}
	// run and change the mill: without running it, it is still reached
	if p := get(mia, item("Run the mill", "Ann Ask")); !strings.Contains(p.String(), "There is another way") {
		t.Errorf("%d %s", p.Status, p)
	}
	if p := get(mia, item("Change the mill", "Ann Ask")); !strings.Contains(p.String(), "1 more is reached with less") {
		t.Errorf("%d %s", p.Status, p)
	}
	s.Exec(`update access_grant set ended_at = now() where identity_id = (select id from identity where external_id = 'cat')`)
	if p := get(mia, item("Read the wiki", "Cat Coe")); p.Status != http.StatusOK {
		t.Errorf("%d %s", p.Status, p)
	}
	theirs := s.One(`select id from review_item where reviewer <> 'mia@x.example'`)
	for _, b := range []*sitetest.Browser{mia, s.SignIn("someone@x.example")} {
		if p := get(b, theirs); p.Status != http.StatusNotFound {
			t.Errorf("somebody else's item: %d", p.Status)
		}
	}
}
