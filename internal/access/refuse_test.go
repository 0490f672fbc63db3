package access_test

import (
	"strings"
	"testing"

	"interlock/internal/access"
	"interlock/internal/apptest"
	"interlock/internal/errs"
)

var refusals = []struct{ expr, want string }{
	{"", `The scope is empty: say which grants are meant; "true" is everything.`},
	{"asset.levle == 1", `At character 7, "levle" is not known. Known for asset: id, name, class, vendor, site, zone, level, domain, criticality, safety_related, source, capability.`},
	{"true &&\n  asset.levle == 1", `In line 2 at character 9, "levle" is not known.`},
	{"has(grant.expiry)", `At character 11, "expiry" is not known. Known for grant: id, crosses_boundary,`},
	{"conduit.kind == 3", `At character 1, "conduit" is not known; text goes in quotes. Known: identity, asset, entitlement, grant, credential, now.`},
	{"credential.kind == 3", `At character 12, "kind" is not known. Known for credential: age_days.`},
	{`finding("no_ownr")`, `At character 9, "no_ownr" is not a rule. Known: no_owner, owner_left,`},
	{`finding(identity.kind)`, `At character 9, a rule is written out in quotes, such as finding("no_owner").`},
	{`finding("no_owner", "x")`, `At character 1, finding is not used like this; an example is finding("no_owner").`},
	{`"no_owner".finding()`, `finding is not used like this; an example is finding("no_owner").`},
	{`findings("no_owner")`, `At character 1, "findings" is not a function here. Known: startsWith,`},
	{`identity.kind == "persn"`, `At character 18, "persn" is no value of kind. Known: person, contractor, vendor, shared,`},
	{`identity.kind == ""`, `At character 18, "" is no value of kind.`},
	{`identity.kind in ["person", "vndor"]`, `At character 29, "vndor" is no value of kind.`},
	{`"leaf" != identity.status`, `At character 1, "leaf" is no value of status. Known: active, leave, disabled, left.`},
	{`identity.kind < "person"`, `At character 1, kind has no order; compare it with ==, != or in.`},
	{`entitlement.privilege >= "enginer"`, `At character 26, "enginer" is no value of privilege. Known: view, operate, engineer, admin.`},
	{`entitlement.privilege == 3`, `At character 26, privilege is text, 3 is a number.`},
	{`(true ? identity.kind : "persn") == "x"`, `At character 9, kind cannot stand after ? or :; write both cases out with && and ||.`},
	{`asset.capability["mf"] == "no"`, `At character 18, "mf" is not known. Known capabilities: mfa, federation,`},
	{`asset.capability["mfa"] == "nope"`, `At character 28, "nope" is no value of capability["mfa"]. Known: native, via_proxy, partial, no, unknown.`},
	{`asset.capability == "no"`, `At character 7, name one capability, such as asset.capability["mfa"].`},
	{`identity`, `At character 1, identity alone says nothing; name one of its fields, such as identity.id.`},
	{`asset.level`, `At character 1, level is a number with decimals, and a yes or no is wanted here; compare it with something.`},
	{`grant.age_days + 1.5 > 2.0`, `At character 18, age_days is a number, 1.5 is a number with decimals; + works on numbers of one sort.`},
	{`asset.level == grant.age_days`, `At character 16, level is a number with decimals, age_days is a number; == works on numbers of one sort.`},
	{`identity.name + "x" == "y"`, `At character 1, name is text; + works on numbers.`},
	{`grant.expires < timestamp("2026-01-01")`, `At character 27, a time is written like timestamp("2026-01-31T00:00:00Z").`},
	{`identity.kind in []`, `At character 18, the list is empty, so nothing is in it.`},
	{`identity.kind in "person"`, `At character 18, a list is wanted after "in", such as`},
	{`identity.id in [identity.name]`, `the entries of a list are words in quotes or plain numbers.`},
	{`[1, 2].exists(x, x > 1)`, `At character 8, "exists" is not a function here.`},
	{`identity.name.map(x, x)`, `At character 15, "map" is not a function here.`},
	{`{"a": 1}`, `At character 1, braces and loops have no meaning here; combine comparisons with && and ||.`},
	{`null == 1`, `At character 1, null has no meaning here; ask has(asset.level), or compare text with "".`},
	{`identity.name.matches("\\bfoo")`, `At character 23, \b in a pattern has no meaning here;`},
	{`identity.name.matches("(")`, `At character 23, the pattern is not a regular expression.`},
	{`identity.name.matches("((a{99}){9}b{99}){9}")`, `At character 23, the pattern is`},
	{`identity.name == "\u0000"`, `At character 18, the text holds a character that no name can have.`},
	{`identity.kind == person`, `At character 18, "person" is not known; text goes in quotes.`},
	{`identity.owner = ""`, `At character 16, "=" is not an operator here; write ==.`},
	{`identity.owner <> ""`, `At character 17, "<>" is not an operator here; write !=.`},
	{`asset.safety_related and true`, `At character 22, "and" is not an operator here; write &&.`},
	{`not true`, `At character 5, "not" is not an operator here; write !.`},
	{`identity.kind == "person`, `At character 18, the quoted text does not end or has an escape that is not known.`},
	{`identity.kind ==`, `At character 17, the expression ends too early.`},
	{`identity.kind == "person")`, `At character 26, ")" does not belong here.`},
	{"\xff", `The expression is not UTF-8 text.`},
	{strings.Repeat("(", 300) + "true" + strings.Repeat(")", 300), `The expression is nested too deeply.`},
	{strings.Repeat("1+", 1999) + "1", `The expression is nested too deeply.`},
	{strings.Repeat(" ", 4000) + "true", `The expression has 4004 characters; 4000 is the most.`},
	{strings.Repeat("true && ", 450) + "true", `The expression has 901 parts; 500 is the most.`},
	{"grant.id in [" + strings.Repeat("1,", 1000) + "1]", `the list has 1001 entries; 1000 is the most.`},
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for _, c := range refusals {
		_, err := access.Compile(c.expr, apptest.Start)
		if !errs.Is(err, errs.Invalid) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.60s\n got %v\nwant %s", c.expr, err, c.want)
		}
	}
}
