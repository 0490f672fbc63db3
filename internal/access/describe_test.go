package access_test

import (
	"testing"

	"interlock/internal/access"
)

func TestDescribe(t *testing.T) {
	t.Parallel()
	for expr, want := range map[string]string{
		"true": "all grants",
		`grant.crosses_boundary && entitlement.privilege in ["engineer", "admin"]`: "grants that cross the boundary, with engineer or admin rights",
		`grant.crosses_boundary && entitlement.privilege >= "engineer"`:            "grants that cross the boundary, with engineer or admin rights",
		`"operate" >= entitlement.privilege`:                                       "grants with view or operate rights",
		`asset.level <= 2.0 && !asset.safety_related`:                              "grants to assets at level 2 or below, to assets that are not safety-related",
		`identity.owner == "" && identity.kind in ["service", "api_key", "agent"]`: "grants of identities without an owner, held by service accounts, API keys or agents",
		`grant.unused_days > 90 && identity.status != "active"`:                    "grants unused for more than 90 days, of identities that are not active",
		`asset.capability["mfa"] == "no" && asset.domain == "ot"`:                  "grants whose asset capability mfa is no, to assets in OT",
		`identity.email.endsWith("@vendor.example")`:                               "grants whose identity email ends with @vendor.example",
		`!has(asset.level)`:                             "grants whose asset level is not known",
		`asset.level < 2 || grant.age_days > 3`:         `asset.level < 2 || grant.age_days > 3`,
		`!(asset.level < 2)`:                            `!(asset.level < 2)`,
		`finding("no_owner") && !finding("never_used")`: `grants with the finding "No accountable owner", without the finding "Never used"`,
		`credential.age_days > 400`:                     "grants of identities with a secret unchanged for more than 400 days",
		`false`:                                         `false`,
		`asset.levle == 1`:                              `asset.levle == 1`,
		``:                                              ``,
	} {
		if got := access.Describe(expr); got != want {
			t.Errorf("%s\n got %s\nwant %s", expr, got, want)
		}
	}
}
