// Package ui holds the pieces that all pages are made of. Every piece takes
// plain strings, numbers and small structs that are already in words: it knows
// no domain rule and imports nothing of ours but static.
//
// The frame: Layout (a whole page), Bare (a page without navigation), Head
// (crumbs, title, lede, actions), SectionHead, Toast, Brand.
// Marks: Icon, Level, Domain, FromTo, Privilege, Risk, RiskCount, Kind, Chip,
// AnswerChip, RecommendationChip, Unknown, Count, Keys, KindIcon, Person, Breaks.
// Pieces: Note, Empty, Progress, Bar and BarKey, Figures, Facts, Steps, Log, Route,
// Reach, Reasons.
// Tables: SortHeader, Pager, Views, FilterBar.
// Forms: Input, Select, Textarea, Check, FieldError, Hidden, PostButton, Confirm.
//
// What has many settings is a struct with one method that draws it, such as
// @ui.Pager{Text: "3 of 8,177", Next: "?after=3"}.Bar(); the rest are functions.
//
// A text that may be missing is passed as "": the piece then says "unknown",
// dashed, rather than leaving the line out. The policy of the pages forbids
// inline styles and scripts; widths that come from data are SVG attributes or
// <progress>.
package ui

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Place is where something stands: a Purdue level ("0" to "5", "3.5" or "")
// and a domain (it, dmz, ot, external or "").
type Place struct {
	Level  string
	Domain string
}

// Link is a text that leads somewhere.
type Link struct {
	Label string
	Href  string
}

// Param is a name and a value that a form or link carries on.
type Param struct {
	Name  string
	Value string
}

// Option is a choice in a Select.
type Option struct {
	Value string
	Label string
}

func domainClass(domain string) string {
	switch domain {
	case "it":
		return "il-it"
	case "dmz":
		return "il-dmz"
	case "ot":
		return "il-ot"
	case "external":
		return "il-ext"
	}
	return "il-unk"
}

func domainWord(domain string) string {
	switch domain {
	case "it":
		return "IT"
	case "dmz":
		return "DMZ"
	case "ot":
		return "OT"
	case "external":
		return "External"
	}
	return "unknown"
}

func (p Place) plate() string {
	switch {
	case p.Level != "":
		return "L" + p.Level
	case p.Domain == "external":
		return "EXT"
	case p.Domain == "":
		return "L?"
	}
	return domainWord(p.Domain)
}

func (p Place) spoken() string {
	switch {
	case p.Domain == "external":
		return " outside"
	case p.Domain == "" && p.Level == "":
		return " level and domain unknown"
	case p.Domain == "":
		return " domain unknown"
	case p.Level == "":
		return " level unknown"
	}
	return " " + domainWord(p.Domain)
}

// initials are for the round mark beside a name.
func initials(name string) string {
	var out []rune
	for word := range strings.FieldsSeq(name) {
		if r, _ := utf8.DecodeRuneInString(word); unicode.IsLetter(r) || unicode.IsDigit(r) {
			out = append(out, unicode.ToUpper(r))
		}
	}
	switch len(out) {
	case 0:
		return "?"
	case 1, 2:
		return string(out)
	}
	return string([]rune{out[0], out[len(out)-1]})
}

// Plural joins a number and its noun: Plural(1, "item", "items") is "1 item".
func Plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Thousands(n) + " " + many
}

// Thousands writes 1284 as 1,284.
func Thousands(n int) string {
	s := strconv.Itoa(n)
	neg := strings.HasPrefix(s, "-")
	s = strings.TrimPrefix(s, "-")
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	if neg {
		return "-" + s
	}
	return s
}

func percent(n, of int) string {
	if of <= 0 {
		return "0%"
	}
	return strconv.FormatFloat(100*float64(n)/float64(of), 'f', 2, 64) + "%"
}

func id(parts ...string) string { return strings.Join(parts, "-") }

// Span is a stretch of text in a Question.
type Span struct {
	Text   string
	Strong bool
	Href   string // what it is about has a page; "" for who may not see that
}

// Question is a full sentence; what it is about is strong.
type Question []Span

// AskAccess asks for access in one sentence: who may do what, where. Privilege
// is view, operate, engineer or admin; outside says that the way leads in from
// beyond the plant ("from outside the plant", or "").
func AskAccess(who, privilege, asset, outside string) Question {
	q := Question{{Text: "Should "}, {Text: who, Strong: true}}
	verb := map[string]string{"view": "see", "operate": "operate", "engineer": "change programs and settings of", "admin": "administer"}[privilege]
	if verb == "" {
		q = append(q, Span{Text: " still have access to "}, Span{Text: asset, Strong: true})
	} else {
		q = append(q, Span{Text: " still be able to "}, Span{Text: verb + " " + asset, Strong: true})
	}
	if outside != "" {
		q = append(q, Span{Text: " " + outside})
	}
	return append(q, Span{Text: "?"})
}
