package authz

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"interlock/internal/errs"
)

// roles is the policy once more, as it is meant: one row a permission, with who
// may. A change of policy.csv is a change here.
var roles = map[string][]string{
	"account:manage":      {"admin"},
	"account:own":         {"admin", "auditor", "governance", "member", "plant_engineer", "risk_officer"},
	"audit:read":          {"admin", "auditor", "governance"},
	"campaign:read":       {"admin", "auditor", "governance", "risk_officer"},
	"campaign:run":        {"admin", "governance"},
	"evidence:export":     {"admin", "auditor", "governance"},
	"inventory:import":    {"admin", "governance"},
	"inventory:read":      {"admin", "auditor", "governance", "plant_engineer", "risk_officer"},
	"job:cancel":          {"admin", "auditor", "governance", "member", "plant_engineer", "risk_officer"}, // their own; others' with campaign:run or inventory:import
	"job:read":            {"admin", "auditor", "governance", "member", "plant_engineer", "risk_officer"},
	"mail:read":           {"admin", "auditor", "governance"},
	"mail:send":           {"admin", "governance"},
	"remediation:read":    {"admin", "auditor", "governance", "plant_engineer", "risk_officer"},
	"person:join":         {"admin", "governance"},
	"ownership:offer":     {"admin", "governance"},
	"ownership:own":       {"admin", "governance", "member", "plant_engineer", "risk_officer"},
	"review:decide":       {"admin", "governance", "member", "plant_engineer", "risk_officer"},
	"review:read":         {"admin", "governance", "member", "plant_engineer", "risk_officer"},
	"finding:acknowledge": {"admin", "governance", "risk_officer"},
	"finding:rule":        {"admin", "governance"},
	"finding:read":        {"admin", "auditor", "governance", "plant_engineer", "risk_officer"},
	"exception:read":      {"admin", "auditor", "governance", "plant_engineer", "risk_officer"},
	"exception:request":   {"admin", "governance", "plant_engineer", "risk_officer"},
	"exception:rule":      {"admin", "risk_officer"},
	"exception:approve":   {"risk_officer"},
	"exception:test":      {"admin", "governance", "member", "plant_engineer", "risk_officer"}, // of controls they own
}

var known = []string{"admin", "governance", "risk_officer", "plant_engineer", "auditor", "member"}

func with(role, site string) Actor {
	return Actor{Email: "ann@x.example", Roles: []Role{{Name: role, Site: site}}}
}

func TestPolicy(t *testing.T) {
	t.Parallel()
	rows, err := enforcer.GetPolicy()
	if err != nil {
		t.Fatal(err)
	}
	var list, want []string
	for _, r := range rows {
		list = append(list, r[1])
	}
	slices.Sort(list)
	for p := range roles {
		want = append(want, p)
	}
	slices.Sort(want)
	if d := cmp.Diff(want, slices.Compact(list)); d != "" {
		t.Fatal(d)
	}
	for p, may := range roles {
		for _, role := range append(known, "", "nonsense", "Admin", "*") {
			if got := Can(with(role, Everywhere), p); got != slices.Contains(may, role) {
				t.Errorf("%q may %s: %v", role, p, got)
			}
		}
	}
	for _, role := range known {
		for _, p := range []string{"", "*", "review:remind", "nonsense", "REVIEW:READ"} {
			if Can(with(role, Everywhere), p) {
				t.Errorf("%s may %q", role, p)
			}
		}
	}
}

// TestAuditorsChangeNothing: whoever reads everything changes nothing but their own
// account, and stops no work but an evidence pack of their own.
func TestAuditorsChangeNothing(t *testing.T) {
	t.Parallel()
	for _, p := range []string{"account:manage", "campaign:run", "inventory:import", "mail:send", "review:decide"} {
		if Can(with("auditor", Everywhere), p) {
			t.Errorf("an auditor may %s", p)
		}
	}
}

func TestRolesOfASite(t *testing.T) {
	t.Parallel()
	for _, role := range known {
		for p := range roles {
			for _, site := range []string{"1", "", "42", "**"} {
				if Can(with(role, site), p) != (p == "account:own") {
					t.Errorf("%s of site %q opens %s, which spans sites, or not their own account", role, site, p)
				}
			}
		}
	}
	both := Actor{Email: "ann@x.example", Roles: []Role{{Name: "admin", Site: "1"}, {Name: "member", Site: Everywhere}}}
	if Can(both, "campaign:run") || !Can(both, "review:decide") {
		t.Error("a role of one site adds to a role held everywhere")
	}
}

func TestSites(t *testing.T) {
	t.Parallel()
	at := func(roles ...Role) Actor { return Actor{Email: "ann@x.example", Roles: roles} }
	for name, c := range map[string]struct {
		actor Actor
		want  Sites
		no    bool
	}{
		"everywhere":              {at(Role{"auditor", Everywhere}), AllSites, false},
		"one site":                {at(Role{"plant_engineer", "7"}), Sites{IDs: []int64{7}}, false},
		"two sites, one twice":    {at(Role{"auditor", "9"}, Role{"plant_engineer", "7"}, Role{"auditor", "7"}), Sites{IDs: []int64{7, 9}}, false},
		"a site and everywhere":   {at(Role{"plant_engineer", "7"}, Role{"auditor", Everywhere}), AllSites, false},
		"a role without it":       {at(Role{"member", "7"}), Sites{}, true},
		"everywhere without it":   {at(Role{"member", Everywhere}, Role{"auditor", "7"}), Sites{IDs: []int64{7}}, false},
		"no site":                 {at(Role{"auditor", ""}, Role{"auditor", "**"}), Sites{}, true},
		"no role":                 {at(), Sites{}, true},
		"nobody, with a role":     {Actor{Roles: []Role{{"auditor", "7"}}}, Sites{}, true},
		"the program itself":      {From(System(t.Context(), "reach")), AllSites, false},
		"nobody, role everywhere": {Actor{Roles: []Role{{"auditor", Everywhere}}}, Sites{}, true},
	} {
		got, err := CheckAtSites(c.actor, "inventory:read")
		if (err != nil) != c.no || err == nil && cmp.Diff(c.want, got) != "" {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		actor Actor
		kind  errs.Kind
		want  string
	}{
		"nobody":            {Actor{}, errs.Unauthenticated, "Sign in first."},
		"nobody with roles": {Actor{Roles: []Role{{Name: "admin", Site: Everywhere}}}, errs.Unauthenticated, "Sign in first."},
		"no role":           {Actor{Email: "ann@x.example"}, errs.Forbidden, "Your roles do not allow this. Ask an administrator for access."},
		"a role without it": {with("member", Everywhere), errs.Forbidden, "Your roles do not allow this. Ask an administrator for access."},
	} {
		if err := Check(c.actor, "campaign:run"); !errs.Is(err, c.kind) || err.Error() != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := Check(with("governance", Everywhere), "campaign:run"); err != nil {
		t.Error(err)
	}
}

func TestActors(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	for name, c := range map[string]struct {
		actor  Actor
		id     string
		system bool
		nobody bool
	}{
		"nobody":           {From(ctx), "", false, true},
		"a person":         {From(With(ctx, with("member", Everywhere))), "ann@x.example", false, false},
		"the program":      {From(System(ctx, "reminder")), "system:reminder", true, false},
		"the command line": {From(CommandLine(ctx, "root")), "cli:root", true, false},
		"a job":            {From(OnBehalf(ctx, "ann@x.example")), "ann@x.example", true, false},
	} {
		if c.actor.ID() != c.id || c.actor.IsSystem() != c.system || c.actor.Nobody() != c.nobody {
			t.Errorf("%s: %+v", name, c.actor)
		}
		if c.system && Check(c.actor, "review:remind") != nil {
			t.Errorf("%s is refused", name)
		}
	}
	last := From(With(System(ctx, "x"), with("member", Everywhere)))
	if d := cmp.Diff(with("member", Everywhere), last, cmpopts.IgnoreUnexported(Actor{})); d != "" || last.IsSystem() {
		t.Error("the innermost actor acts", d)
	}
}
