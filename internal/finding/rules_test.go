package finding_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"interlock/internal/exception"
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
	"shared_no_exception": {
		{raises: hmi + excepted("mfa", "2026-10-01", "2026-12-01"), want: "hmi: On 1 asset, such as plc", spares: hmi + excepted("individual_accounts", "2026-10-01", "2026-12-01")},
		{raises: hmi, want: "hmi: On 1 asset, such as plc", spares: "identity id=hmi kind=service owner=ann domain=ot\ngrant identity=hmi entitlement=plc.view"},
		{raises: "identity id=hmi kind=shared owner=ann domain=ot\nholder identity=hmi person=bob", want: "hmi: Holds no grant", spares: "identity id=hmi kind=shared owner=ann status=disabled"},
	},
	"shared_no_holders": {
		{raises: "identity id=hmi kind=shared owner=ann domain=ot", want: "hmi: No holder is known", spares: hmi},
		{raises: hmi + "holder identity=hmi person=bob until=2026-11-01", want: "hmi: None is left of 1 holder", spares: hmi + "holder identity=hmi person=bob until=2026-12-01"},
	},
	"shared_not_rotated": {
		{raises: hmi + "holder identity=hmi person=ann until=2026-11-05", want: "hmi: ann stopped holding it by 5 Nov 2026; last changed on 1 Nov 2026", spares: hmi + "holder identity=hmi person=ann until=2026-10-31"},
		{raises: hmi + "no credential id=ch\nholder identity=hmi person=ann until=2026-11-05", want: "hmi: ann stopped holding it by 5 Nov 2026; not known ever to be changed", spares: hmi + "no credential id=ch"},
		{raises: hmi + "identity id=eve status=left\nholder identity=hmi person=eve", want: "hmi: eve stopped holding it by 12 Nov 2026; last changed on 1 Nov 2026", spares: hmi + "identity id=eve status=leave\nholder identity=hmi person=eve"},
	},
	"credential_overdue": {
		{raises: "credential id=c1 identity=svc rotated_at=2026-08-01", want: "svc: Password last changed on 1 Aug 2026, due every 90 days", spares: "credential id=c1 identity=svc rotated_at=2026-08-20"},
		{raises: "credential id=c1 identity=svc kind=api_key rotated_at= issued_at=2025-01-01 expires_at=2027-01-01", want: "svc: API key never changed since 1 Jan 2025, due every 90 days", spares: "credential id=c1 identity=svc rotated_at= issued_at=2025-01-01 rotation_days="},
	},
	"credential_no_expiry": {
		{raises: "credential id=c1 identity=svc kind=certificate issued_at=2026-01-01", want: "svc: Certificate without expiry, issued on 1 Jan 2026", spares: "credential id=c1 identity=svc kind=certificate expires_at=2027-01-01"},
		{raises: "credential id=c1 identity=svc rotation_days=", want: "svc: Password without expiry", spares: "credential id=c1 identity=svc rotation_days=365"},
	},
	"credential_in_the_open": {
		{raises: "credential id=c1 identity=svc storage=code stored_on=erp", want: "svc erp: Password in code on erp", spares: "credential id=c1 identity=svc storage=vault stored_on=erp"},
		{raises: "credential id=c1 identity=svc storage=File", want: "svc: Password in a file", spares: "credential id=c1 identity=svc storage="},
	},
	"credential_both_sides": {
		{raises: across + "credential id=c2 identity=svc storage=local stored_on=erp", want: "svc erp: Lies on erp (it) and opens plc (ot)", spares: across + "credential id=c2 identity=svc stored_on=erp"},
		{raises: "credential id=c2 identity=svc storage=note stored_on=plc", want: "svc plc: Lies on plc (ot) and opens erp (it)", spares: "credential id=c2 identity=svc storage=note stored_on=gate"},
		{
			raises: "credential id=c2 identity=svc storage=note stored_on=plc\n" + policy("sea", "ann", "2026-12-01"), want: "svc plc: Lies on plc (ot) and opens erp (it)",
			spares: "credential id=c2 identity=svc storage=note stored_on=plc\nsql insert into finding_policy (credential_id, why, owner_id, created_at, created_by, ends_at) select c.id, 'w', i.id, '2026-02-01', 'x', '2026-12-01' from credential c, identity i where c.external_id = 'c2' and i.external_id = 'ann'\n",
		},
	},
	"reuse_both_sides": {
		{raises: across, want: "svc: Office: erp; plant: plc", spares: "grant identity=svc entitlement=gate.use"},
		{raises: across + policy("sea", "ann", "2026-12-01"), want: "svc: Office: erp; plant: plc", spares: across + policy("svc", "ann", "2026-12-01")},
		{raises: across + policy("svc", "ann", "2026-11-01"), want: "svc: Office: erp; plant: plc", spares: across + policy("svc", "bob", "2026-12-01")},
		{raises: across + policy("svc", "bob", "2026-12-01") + "sql update identity set status = 'left' where external_id = 'bob'\n", want: "svc: Office: erp; plant: plc", spares: across + policy("svc", "bob", "2026-12-01")},
		{raises: "grant identity=ann entitlement=plc.program", want: "ann: Office: erp; plant: plc", spares: "grant identity=ann entitlement=plc.view"},
	},
	"human_use": {
		{raises: "session id=s1 identity=svc asset=erp person=ann started_at=2026-11-03T10:00:00Z", want: "svc erp: ann was on erp with it on 3 Nov 2026", spares: "session id=s1 identity=svc asset=erp started_at=2026-11-03T10:00:00Z"},
		{raises: "credential id=c1 identity=svc rotated_at=2026-10-01\nsession id=s1 identity=svc asset=erp person=ann started_at=2026-10-15T10:00:00Z", want: "svc erp: ann was on erp with it on 15 Oct 2026", spares: "session id=s1 identity=svc asset=erp person=ann started_at=2026-10-15T10:00:00Z"},
		{raises: "holder identity=svc person=ann", want: "svc: ann knows its secret", spares: "holder identity=svc person=ann until=2026-11-01"},
	},
	"toxic_combination": {
		{raises: recipe + "grant identity=bob entitlement=recipe", want: `bob: Recipe approval and engineering: "Approve recipes" and "plc.program"`, spares: recipe + "grant identity=sea entitlement=recipe"},
		{raises: recipe + "entitlement id=lead asset=plc\nimplies entitlement=lead implied=recipe\nimplies entitlement=lead implied=lead\ngrant identity=bob entitlement=lead", want: `bob: Recipe approval and engineering: "lead" and "plc.program"`, spares: recipe + "grant identity=bob entitlement=recipe expires_at=2026-11-01"},
	},
	"capability_unknown": {
		{raises: "asset id=plc zone=line mfa=unknown rbac=", want: "plc: Unknown: mfa, rbac", spares: "asset id=erp zone=office mfa=unknown"},
	},
	"capability_stale": {
		{raises: "asset id=plc zone=line assessed_at=2025-11-01 assessed_by=Bob", want: "plc: Assessed on 1 Nov 2025 by Bob", spares: "asset id=plc zone=line assessed_at=2025-11-20"},
	},
	"legacy_no_exception": {
		{raises: "asset id=plc zone=line rbac=partial individual_accounts=no", want: "plc: Cannot: individual accounts, rbac", spares: "asset id=plc zone=line rbac=via_proxy federation=no"},
		{raises: legacy + excepted("rbac", "2026-10-01", "2026-12-01"), want: "plc: Cannot: mfa", spares: legacy + excepted("rbac", "2026-10-01", "2026-12-01") + excepted("mfa", "2026-10-01", "2026-12-01")},
		{raises: "asset id=gate zone=dmz mfa=no", want: "gate: Cannot: mfa", spares: "asset id=gate zone=dmz mfa=no\nno grant identity=firm entitlement=gate.use"},
	},
	"legacy_excepted": {
		{raises: legacy + excepted("rbac", "2026-10-01", "2026-12-01"), want: "plc: rbac until 1 Dec 2026 under EX-0001", spares: legacy + excepted("rbac", "2026-10-01", "2026-11-01")},
	},
	"excepted_ended": {
		{raises: legacy + excepted("rbac", "2026-10-01", "2026-11-01") + certified, want: `bob plc: "plc.program" certified by r@x.example on 10 Oct 2026`, spares: legacy + excepted("rbac", "2026-10-01", "2026-12-01") + certified},
		{
			raises: "asset id=plc zone=line rbac=no individual_accounts=no\n" + excepted("rbac", "2026-10-01", "2026-12-01") + certified, want: `bob plc: "plc.program" certified by r@x.example on 10 Oct 2026`,
			spares: certified, // it can do all by now
		},
	},
	"exception_expired": {
		{raises: legacy + excepted("rbac", "2026-10-01", "2026-11-01"), want: "plc: For rbac until 1 Nov 2026", spares: legacy + excepted("rbac", "2026-10-01", "2026-11-01") + excepted("rbac", "2026-11-01", "2026-12-01")},
	},
	"around_jump_host": {
		{raises: direct + "grant identity=svc entitlement=plc.view via=wire", want: "svc plc: By wire, a direct connection into line", spares: direct + "grant identity=svc entitlement=plc.view via=jump"},
		{raises: direct + "grant identity=svc entitlement=plc.view", want: "svc plc: No way is named, and wire is open, a direct connection into line", spares: across},
		{raises: direct + "grant identity=ann entitlement=plc.view via=wire", want: "ann plc: By wire, a direct connection into line", spares: direct + "grant identity=bob entitlement=plc.view via=wire"},
	},
	"break_glass_unreviewed": {
		{raises: glass + "session id=s1 identity=glass asset=plc started_at=2026-11-10T08:00:00Z", want: "glass: Used on 10 Nov 2026, never reviewed", spares: glass + "session id=s1 identity=glass asset=plc started_at=2026-11-10T10:00:00Z"},
		{raises: glass + "grant identity=glass entitlement=plc.view last_used_at=2026-10-01", want: "glass: Used on 1 Oct 2026, never reviewed", spares: glass + "grant identity=glass entitlement=plc.view last_used_at="},
		{raises: glass + used + reviewed("2026-11-09"), want: "glass: Used on 10 Nov 2026, reviewed up to 9 Nov 2026", spares: glass + used + reviewed("2026-11-11")},
	},
	"break_glass_not_rotated": {
		{raises: glass + "session id=s1 identity=glass asset=plc started_at=2026-11-10T08:00:00Z", want: "glass: Used on 10 Nov 2026, secret last changed on 1 Nov 2026", spares: glass + "session id=s1 identity=glass asset=plc started_at=2026-10-31T08:00:00Z"},
	},
	"two_owners": {
		{raises: "2 identity id=svc kind=service owner=corp:bob", want: "svc: corp names ann, plant names bob", spares: "2 identity id=svc kind=service owner=corp:ann"},
	},
	"asset_two_owners": {
		{raises: "2 asset id=plc owner=corp:bob", want: "plc: corp names ann, plant names bob", spares: "2 asset id=plc owner=corp:ann"},
	},
}

// What several fixtures begin with.
const (
	hmi    = "identity id=hmi kind=shared owner=ann domain=ot\nholder identity=hmi person=bob\ngrant identity=hmi entitlement=plc.view\ncredential id=ch identity=hmi\n"
	across = "grant identity=svc entitlement=plc.view via=jump\n"
	recipe = "entitlement id=recipe name=Approve+recipes asset=plc privilege=operate\n"
	direct = "conduit id=wire from_zone=office to_zone=line kind=direct\n"
	glass  = "identity id=glass name=Break-glass owner=ann domain=ot kind=shared\nholder identity=glass person=bob\ncredential id=cg identity=glass\n"
)

// used is a use of the break-glass identity, two working days and an hour ago.
const used = "session id=s1 identity=glass asset=plc started_at=2026-11-10T08:00:00Z\n"

// reviewed says that its use was reviewed up to a day.
func reviewed(until string) string {
	return fmt.Sprintf("sql insert into finding_use_review (identity_id, used_until, reviewer, reviewed_at, note) select id, '%s', 'x', '2026-11-11', 'n' from identity where external_id = 'glass'\n", until)
}

// legacy is a controller that cannot do two things.
const legacy = "asset id=plc zone=line rbac=no mfa=no\n"

// certified says that a review kept what bob does on it under an exception.
const certified = "sql insert into review_last_answer (grant_id, campaign_id, decision, reviewer, decided_at) select g.id, 1, 'certify_under_exception', 'r@x.example', '2026-10-10' from access_grant g join entitlement e on e.id = g.entitlement_id where e.external_id = 'plc.program'\n"

// excepted accepts that the controller cannot do something, for a time.
func excepted(capability, from, to string) string {
	return fmt.Sprintf("sql insert into exception (asset_id, capability, state, risk_owner, requested_by, requested_at, valid_from, valid_to) select id, '%s', 'approved', 'r', 'q', '2026-01-01', '%s', '%s' from asset where external_id = 'plc'\n", capability, from, to)
}

// policy allows an identity on both sides since February.
func policy(identity, owner, ends string) string {
	return fmt.Sprintf("sql insert into finding_policy (identity_id, why, owner_id, created_at, created_by, ends_at) select i.id, 'w', o.id, '2026-02-01', 'x', '%s' from identity i, identity o where i.external_id = '%s' and o.external_id = '%s'\n", ends, identity, owner)
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
func found(t *testing.T, lines, rule string) []string {
	t.Helper()
	w := newWorld(t)
	first, second := "", ""
	var statements []string
	for line := range strings.Lines(lines) {
		if sql, ok := strings.CutPrefix(line, "sql "); ok {
			statements = append(statements, sql)
			continue
		}
		if rest, ok := strings.CutPrefix(line, "2 "); ok { // of a second source
			second += rest
		} else {
			first += line
		}
	}
	w.load("corp", sound+first)
	if second != "" {
		w.load("plant", second)
	}
	for _, sql := range statements {
		w.exec(sql)
	}
	r, err := finding.RuleOf(rule)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.LookOnly(w.root, r); err != nil {
		t.Fatal(err)
	}
	return w.open()
}

func has(list []string, want string) bool {
	for _, x := range list {
		if x == want {
			return true
		}
	}
	return false
}

// The rules take an exception for as good as the register does.
func TestGraceIsTheRegisters(t *testing.T) {
	t.Parallel()
	for _, x := range finding.Settings() {
		if x.Name == "grace_days" && time.Duration(x.Value)*24*time.Hour == exception.Grace {
			return
		}
	}
	t.Error("another grace than the register's")
}
