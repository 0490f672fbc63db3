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
	has(ann, "The way to what matters most", "Ann Ask -> Mill controller (jump host jump)", "after import 1 of corp", "second factor")
	jump := fmt.Sprint("conduit:", s.One(`select id from conduit`))
	has(ann+"?without="+jump, "Without the conduit jump host jump from Office to Cell, 1 of 2 assets are no longer reached.")
	has(ann+"?level=4", "1 of 1 asset, the nearest first")
	if p := b.Get(ann + "?without=wish:1"); p.Status != http.StatusUnprocessableEntity || !strings.Contains(p.String(), "names nothing that can be taken away") {
		t.Errorf("%d", p.Status)
	}
	has(ann+"?as_of=2026-11-01", "It reaches nothing")
	if p := b.Get(ann + "?as_of=soon"); p.Status != http.StatusUnprocessableEntity {
		t.Errorf("%d", p.Status)
	}
	has(ann+".csv", "source,asset,name,level,safety,crossing,privilege,steps,way", "corp,mill,Mill controller,2,false,true,engineer,1,")
	acme := fmt.Sprintf("/identities/%d/reach", s.One(`select id from identity where external_id = 'acme'`))
	has(acme, "It reaches nothing", "No grant, shared secret or stored credential")
	if p := b.Get("/identities/999/reach"); p.Status != http.StatusNotFound {
		t.Errorf("%d", p.Status)
	}
}
