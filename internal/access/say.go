package access

import (
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/common/operators"
)

// phrases say what is asked most. {} is what it is compared with.
var phrases = map[string]string{
	"credential.age_days >":         "of identities with a secret unchanged for more than {} days",
	"finding is":                    "with the finding {}",
	"finding is not":                "without the finding {}",
	"grant.crosses_boundary is":     "that cross the boundary",
	"grant.crosses_boundary is not": "that stay on one side",
	"asset.safety_related is":       "to safety-related assets",
	"asset.safety_related is not":   "to assets that are not safety-related",
	"identity.owner is not known":   "of identities without an owner",
	"identity.owner is known":       "of identities with an owner",
	"identity.manager is not known": "of identities without a manager",
	"identity.status is":            "of identities that are {}",
	"identity.status is not":        "of identities that are not {}",
	"identity.kind is":              "held by {}",
	"identity.kind is not":          "not held by {}",
	"identity.domain is":            "held from {}",
	"identity.department is":        "of department {}",
	"asset.name is":                 "to {}",
	"asset.site is":                 "at site {}",
	"asset.zone is":                 "in zone {}",
	"asset.domain is":               "to assets in {}",
	"asset.class is":                "to assets of class {}",
	"asset.vendor is":               "to assets made by {}",
	"asset.level is":                "to assets at level {}",
	"asset.level <":                 "to assets below level {}",
	"asset.level <=":                "to assets at level {} or below",
	"asset.level >":                 "to assets above level {}",
	"asset.level >=":                "to assets at level {} or above",
	"entitlement.privilege is":      "with {} rights",
	"grant.unused_days >":           "unused for more than {} days",
	"grant.unused_days >=":          "unused for {} days or more",
	"grant.age_days >":              "older than {} days",
	"grant.age_days >=":             "at least {} days old",
	"grant.age_days <":              "less than {} days old",
	"grant.age_days <=":             "at most {} days old",
	"grant.last_decision_days >":    "last decided more than {} days ago",
	"grant.expires is known":        "that end by themselves",
	"grant.expires is not known":    "that never end by themselves",
	"grant.project is":              "added by project {}",
	"grant.conduit is":              "used over {}",
	"grant.source is":               "reported by {}",
}

// spoken are values as people say them, by the name they belong to.
var spoken = map[string]map[string]string{
	"identity.kind": {
		"person": "people", "contractor": "contractors", "vendor": "vendors", "shared": "shared identities", "service": "service accounts",
		"api_key": "API keys", "certificate": "certificates", "workload": "workloads", "agent": "agents",
	},
	"identity.status": {"leave": "on leave", "left": "gone"},
	"identity.domain": {"it": "IT", "ot": "OT", "dmz": "the DMZ", "external": "outside"},
	"asset.domain":    {"it": "IT", "ot": "OT", "dmz": "the DMZ", "external": "an external zone"},
}

func (f fact) say() string {
	if f.name == "" {
		return ""
	}
	f = f.spelled()
	values := alternatives(f.name, f.values)
	if phrase, ok := phrases[f.name+" "+f.op]; ok {
		return strings.ReplaceAll(phrase, "{}", values)
	}
	what := strings.NewReplacer(".", " ", "_", " ").Replace(f.name)
	return strings.TrimSpace(fmt.Sprintf("whose %s %s %s", what, f.op, values))
}

// spelled writes an order of privileges out as the rights that it means.
func (f fact) spelled() fact {
	if f.name != "entitlement.privilege" {
		return f
	}
	for _, op := range []string{operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals} {
		if verbs[op] != f.op || !slices.Contains(privileges, f.values[0]) {
			continue
		}
		if rights := ranked(op, f.values[0]); len(rights) > 0 {
			return fact{f.name, is, rights}
		}
	}
	return f
}

func alternatives(name string, values []string) string {
	var said []string
	for _, v := range values {
		if s, ok := spoken[name][v]; ok {
			v = s
		}
		said = append(said, v)
	}
	if len(said) < 2 {
		return strings.Join(said, "")
	}
	return strings.Join(said[:len(said)-1], ", ") + " or " + said[len(said)-1]
}
