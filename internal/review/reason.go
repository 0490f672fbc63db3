package review

import "strings"

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
	"ticket":           "Granted under a ticket",
	"no_ticket":        "No ticket is known for it",
	"ends":             "It has an end date",
	"certified_before": "Certified in an earlier review",
	"revoked_before":   "An earlier review revoked it",
}

// ReasonOf says a reason's code in words.
func ReasonOf(code string) Reason {
	sign, name := code[:1], code[1:]
	text, ok := reasonWords[name]
	if !ok {
		text = name
	}
	return Reason{For: sign == "+", Unknown: sign == "?", Text: text}
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
