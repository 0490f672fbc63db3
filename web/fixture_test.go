package web_test

import (
	"fmt"
	"strings"
	"testing"

	"interlock/internal/demo"
	"interlock/internal/sitetest"
)

// bundle is a small plant: Mia manages Ann and Ben, Otto owns the mill's
// controller, on which a vendor may engineer and Ann and Ben may work.
var bundle = map[string]string{
	"sites.csv": "id,name,timezone\nhall,The hall,Europe/Stockholm\n",
	"zones.csv": "id,name,site,level,domain\noffice,Office,hall,4,it\ncell,Cell,hall,2,ot\n",
	"conduits.csv": "id,from_zone,to_zone,kind,mfa,recorded\n" +
		"jump,office,cell,jump_host,true,true\n",
	"identities.csv": "id,name,kind,email,manager,owner,department,domain,status\n" +
		"mia,Mia Moe,person,mia@x.example,,,Mill,it,active\n" +
		"otto,Otto Orr,person,otto@x.example,,,Mill,it,active\n" +
		"ann,Ann Ask,person,ann@x.example,mia,,Mill,it,active\n" +
		"ben,<script>alert('Ben')</script> & Sons,person,ben@x.example,mia,,Mill,it,active\n" +
		"cat,Cat Coe,person,cat@x.example,mia,,Mill,it,active\n" +
		"acme,Acme service,vendor,,,otto,,external,active\n",
	"assets.csv":       "id,name,zone,owner,criticality\nmill,Mill controller,cell,otto,4\nwiki,Wiki,office,,1\n",
	"entitlements.csv": "id,name,asset,privilege\nmill-view,Watch the mill,mill,view\nmill-op,Run the mill,mill,operate\nmill-eng,Change the mill,mill,engineer\nwiki-read,Read the wiki,wiki,view\n",
	"grants.csv": "identity,entitlement,via,granted_at,last_used_at,ticket\n" +
		"ann,mill-eng,jump,2026-01-05,2026-11-10,T-1\n" +
		"ben,mill-eng,jump,2026-01-05,,T-2\n" +
		"acme,mill-eng,,2025-01-05,2026-10-01,\n" +
		"ann,mill-op,jump,2026-02-05,2026-11-10,T-3\n" +
		"ann,wiki-read,,2026-03-05,2026-11-10,T-4\n" +
		"ben,wiki-read,,2026-03-05,2026-11-10,T-5\n" +
		"cat,wiki-read,,2026-03-05,2026-11-10,T-6\n",
}

// definition asks managers, then owners, then the fallback.
func definition(name, scope string, reviewers ...string) string {
	if len(reviewers) == 0 {
		reviewers = []string{"manager", "owner", "asset_owner"}
	}
	return fmt.Sprintf(`name: %s
title: A look at %s
scope: %s
stages:
  - reviewers: [%s]
    days: 14
fallback: [fallback@x.example, reserve@x.example]
silence: {it: revoke, ot: escalate, safety: escalate}
`, name, name, scope, strings.Join(reviewers, ", "))
}

func launch(s *sitetest.Site, definition string) int64 {
	s.T.Helper()
	made, err := s.Review.DraftAndLaunch(s.Root, definition)
	if err != nil {
		s.T.Fatal(err)
	}
	return made.Campaign
}

func zipped(t *testing.T, files map[string]string) []byte {
	t.Helper()
	b := demo.Bundle{Files: map[string][]byte{}}
	for name, text := range files {
		b.Files[name] = []byte(text)
	}
	z, err := demo.Zip(b)
	if err != nil {
		t.Fatal(err)
	}
	return z
}
