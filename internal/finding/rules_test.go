package finding_test

import (
	"strings"
	"testing"

	"interlock/internal/finding"
)

// A case is what is laid over the sound world, and the finding it raises.
type fixture struct {
	raises string // lines over the sound world
	want   string // the finding, without its rule
	spares string // lines after which the rule finds nothing
}

var fixtures = map[string][]fixture{
	"no_owner": {
		{raises: "identity id=svc kind=service", want: "svc: No owner is known", spares: "identity id=eve email=e@x.example"},
		{raises: "identity id=svc kind=service owner=sea", want: "svc: sea is named, who is no person", spares: "identity id=svc kind=service status=left"},
	},
	"owner_left": {
		{raises: "identity id=ann email=ann@x.example status=left", want: "svc: ann has left", spares: "identity id=ann email=ann@x.example status=leave"},
		{raises: "identity id=ann email=ann@x.example status=disabled", want: "firm: ann is disabled", spares: "identity id=svc kind=service"},
	},
	"asset_no_owner": {{raises: "asset id=plc zone=line owner=", want: "plc: No owner is known", spares: "asset id=plc zone=line owner=bob"}},
	"asset_owner_left": {
		{raises: "identity id=bob status=left\nasset id=plc zone=line owner=bob", want: "plc: bob has left", spares: "identity id=bob status=left"},
	},
	"entitlement_owner_left": {
		{raises: "identity id=bob status=left\nentitlement id=plc.view asset=plc owner=bob", want: `plc: bob owned "plc.view"`, spares: "entitlement id=plc.view asset=plc owner=bob"},
	},
	"leaver_active": {
		{raises: "identity id=bob status=left", want: "bob: Left, still holds 1 grant", spares: "identity id=bob status=left\nno grant identity=bob entitlement=plc.program"},
		{raises: "identity id=bob status=disabled\ngrant identity=bob entitlement=erp.view expires_at=", want: "bob: Disabled, still holds 2 grants", spares: "identity id=bob status=leave"},
		{
			raises: "identity id=eve status=left\nidentity id=hmi kind=shared owner=ann\nholder identity=hmi person=eve", want: "eve: Left, still holds 1 shared secret",
			spares: "identity id=eve status=left\nidentity id=hmi kind=shared owner=ann\nholder identity=hmi person=eve until=2026-11-01",
		},
		{
			raises: "identity id=bob status=left\ngrant identity=bob entitlement=plc.program expires_at=2026-11-13", want: "bob: Left, still holds 1 grant",
			spares: "identity id=bob status=left\ngrant identity=bob entitlement=plc.program expires_at=2026-11-01",
		},
	},
	"vendor_no_end": {
		{raises: "identity id=firm kind=vendor owner=ann domain=external organisation=Maker+Ltd", want: "firm: Maker Ltd, no end of contract", spares: "identity id=firm kind=vendor owner=ann domain=external status=disabled"},
	},
	"vendor_contract_over": {
		{raises: "identity id=firm kind=vendor owner=ann domain=external contract_end=2026-11-01", want: "firm: Contract ended on 1 Nov 2026", spares: "identity id=firm kind=vendor owner=ann domain=external contract_end=2026-11-13"},
	},
	"vendor_standing": {
		{raises: "grant identity=firm entitlement=gate.use expires_at=", want: `firm gate: "gate.use" has no end`, spares: "grant identity=bob entitlement=gate.use expires_at="},
	},
	"dormant_grant": {
		{raises: "grant identity=bob entitlement=plc.program last_used_at=2026-08-01", want: `bob plc: "plc.program" last used on 1 Aug 2026`, spares: "grant identity=bob entitlement=plc.program last_used_at=2026-08-20"},
	},
	"never_used": {
		{raises: "grant identity=bob entitlement=plc.program last_used_at=", want: `bob plc: "plc.program" granted on 5 Jan 2026`, spares: "grant identity=bob entitlement=plc.program last_used_at= granted_at=2026-10-20"},
		{
			raises: "grant identity=bob entitlement=plc.program last_used_at= granted_at=2026-10-01", want: `bob plc: "plc.program" granted on 1 Oct 2026`,
			spares: "grant identity=ann entitlement=erp.admin last_used_at=\ngrant identity=bob entitlement=plc.program last_used_at=\ngrant identity=svc entitlement=erp.view last_used_at=\ngrant identity=sea entitlement=plc.view last_used_at=\ngrant identity=firm entitlement=gate.use last_used_at=",
		},
	},
	"privileged_no_end": {
		{raises: "grant identity=bob entitlement=plc.program expires_at=", want: `bob plc: "plc.program", engineer, has no end`, spares: "grant identity=sea entitlement=plc.view expires_at="},
	},
	"no_authorization": {
		{raises: "grant identity=bob entitlement=plc.program ticket= granted_by=ann", want: `bob plc: "plc.program" has no ticket, granted by ann`, spares: "grant identity=bob entitlement=plc.program ticket= expires_at=2026-11-01"},
	},
	"identity_domain_unset": {
		{raises: "identity id=bob email=bob@x.example domain=", want: "bob: 1 grant, whether they cross is unknown", spares: "identity id=eve domain="},
	},
	"asset_domain_unset": {
		{raises: "asset id=plc zone=", want: "plc: In no zone", spares: "asset id=idle zone="},
		{raises: "zone id=line level=2 domain=", want: "plc: In zone line, whose domain is unknown", spares: "zone id=line level= domain=ot"},
	},
}

// Every rule has a fixture that raises it and one that does not.
func TestRules(t *testing.T) {
	t.Parallel()
	for _, rule := range finding.Rules() {
		if len(fixtures[rule.ID]) == 0 {
			t.Errorf("%s has no fixture", rule.ID)
		}
	}
	for id, list := range fixtures {
		if _, err := finding.RuleOf(id); err != nil {
			t.Errorf("a fixture of %s, which is no rule", id)
		}
		for _, f := range list {
			if f.raises == "" || f.want == "" || f.spares == "" {
				t.Errorf("%s: a fixture raises, says what, and has one beside it that does not", id)
			}
			t.Run(id, func(t *testing.T) {
				t.Parallel()
				if got, want := found(t, f.raises, id), id+" "+f.want; len(got) == 0 || !has(got, want) {
					t.Errorf("after\n%s\nfound %q, want %q", f.raises, got, want)
				}
				if got := found(t, f.spares, id); len(got) > 0 {
					t.Errorf("after\n%s\nfound %q", f.spares, got)
				}
			})
		}
	}
}

func TestNothingIsWrongInASoundWorld(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.load("corp", sound)
	if got := w.look(); len(got) > 0 {
		t.Errorf("found %s", strings.Join(got, "\n"))
	}
}

// found are the findings of one rule after some lines over the sound world.
func found(t *testing.T, lines, rule string) (list []string) {
	t.Helper()
	w := newWorld(t)
	w.load("corp", sound+lines)
	for _, f := range w.look() {
		if strings.HasPrefix(f, rule+" ") {
			list = append(list, f)
		}
	}
	return list
}

func has(list []string, want string) bool {
	for _, x := range list {
		if x == want {
			return true
		}
	}
	return false
}
