package review

import (
	"strings"

	"interlock/internal/finding"
)

// Reason is one fact that speaks for keeping access, against it, or is unknown.
type Reason struct {
	For     bool
	Unknown bool
	Text    string
}

// reasonWords says each code of assign.sql in words; the sign before the code is
// + for, - against, ? unknown.
var reasonWords = map[string]string{
	"left":             "The identity left but still holds this",
	"disabled":         "The identity is disabled but still holds this",
	"contract_over":    "The contract is over",
	"standing_vendor":  "Standing vendor access: it never ends",
	"no_owner":         "Nobody owns this identity",
	"owner_gone":       "Its owner is no longer active",
	"changes_across":   "Can change what runs on the other side of the boundary",
	"safety":           "The asset is safety-related",
	"no_mfa":           "The way across asks for no second factor",
	"not_recorded":     "The way across is not recorded",
	"use_unknown":      "Its source does not say when access was used",
	"never_used":       "Never used",
	"unused_180":       "Not used for 180 days",
	"unused_90":        "Not used for 90 days",
	"used_30":          "Used within 30 days",
	"reaches_safety":   "Whoever uses it gets to safety-related assets in the end",
	"reaches_across":   "Whoever uses it gets across the boundary in the end",
	"rare":             "Fewer than one in ten peers have it",
	"usual":            "At least half of the peers have it",
	"ticket":           "Granted under a ticket",
	"no_ticket":        "No ticket is known for it",
	"ends":             "It has an end date",
	"certified_before": "Certified in an earlier review",
	"revoked_before":   "An earlier review revoked it",
}

// toldBy says which reason tells what a rule finds as well.
var toldBy = map[string]string{
	"no_owner": "no_owner", "owner_left": "owner_gone", "leaver_active": "left", "vendor_standing": "standing_vendor", "vendor_contract_over": "contract_over",
	"dormant_grant": "unused_90", "never_used": "never_used", "no_authorization": "no_ticket",
}

// Told tells whether what a rule finds is among the reasons anyway.
func Told(rule string) bool { return toldBy[rule] != "" }

// ReasonOf says a reason's code in words.
func ReasonOf(code string) Reason {
	sign, name := code[:1], code[1:]
	text, ok := reasonWords[name]
	if rule, found := strings.CutPrefix(name, "finding:"); found {
		text, ok = titleOf(rule), true
	}
	if !ok {
		text = name
	}
	return Reason{For: sign == "+", Unknown: sign == "?", Text: text}
}

// titleOf says what a rule finds wrong; one that this version of the program does
// not know says its id.
func titleOf(rule string) string {
	if r, err := finding.RuleOf(rule); err == nil {
		return r.Title
	}
	return rule
}

var sides = map[string]string{"+": "for: ", "-": "against: ", "?": ""}

// ReasonsText joins reasons for a file, each with its sign.
func ReasonsText(codes []string) string {
	parts := make([]string, 0, len(codes))
	for _, c := range codes {
		if c != "" {
			parts = append(parts, sides[c[:1]]+ReasonOf(c).Text)
		}
	}
	return strings.Join(parts, "; ")
}
