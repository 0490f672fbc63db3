package intake

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"interlock/internal/errs"
)

const (
	maxListed   = 10_000  // bad values listed when the bundle is refused
	maxRejected = 100_000 // bad values left out when rejects are allowed
	maxShown    = 200     // bytes of a bad value that are shown
)

// problems gathers what is wrong with a bundle, up to a limit of what is held.
type problems struct {
	list   []Reject
	limit  int
	total  int
	gone   int // bad rows that are not in staging, because they have no id
	broken bool
}

func newProblems(allowRejects bool) *problems {
	if allowRejects {
		return &problems{limit: maxRejected}
	}
	return &problems{limit: maxListed}
}

func (p *problems) add(t *table, line int64, column, value, reason string) {
	p.total++
	if len(p.list) >= p.limit {
		return
	}
	p.list = append(p.list, Reject{File: t.file + ".csv", Line: line, Column: column, Value: shown(value), Reason: reason})
}

// breakOff adds a reason why a file cannot be read on; no option allows that.
func (p *problems) breakOff(t *table, line int64, reason string) {
	p.broken = true
	p.add(t, line, "", "", reason)
}

func shown(v string) string {
	if len(v) > maxShown {
		v = v[:maxShown] + "..."
	}
	return strings.ToValidUTF8(v, "\uFFFD")
}

// String is the problem as one line for a person.
func (r Reject) String() string {
	at := r.File
	if r.Line > 0 {
		at += fmt.Sprintf(" line %d", r.Line)
	}
	if r.Column == "" {
		return fmt.Sprintf("%s: %s.", at, r.Reason)
	}
	return fmt.Sprintf("%s, %s: %q %s.", at, r.Column, r.Value, r.Reason)
}

// refusal refuses the bundle if anything is wrong that the options do not allow.
func (p *problems) refusal(o Options) error {
	switch {
	case p.total == 0, o.AllowRejects && !p.broken && p.total <= p.limit:
		return nil
	case p.total == 1:
		return errs.Invalidf("Nothing was imported: %s", p.list[0]).WithDetails(p.lines())
	case o.AllowRejects && !p.broken:
		return errs.Invalidf("Nothing was imported: %s values are wrong, and at most %s can be left out as rejects.", errs.Thousands(p.total), errs.Thousands(maxRejected)).WithDetails(p.lines())
	}
	return errs.Invalidf("Nothing was imported: %s values in the bundle are wrong. Put them right, or leave their rows out with --allow-rejects.", errs.Thousands(p.total)).WithDetails(p.lines())
}

func (p *problems) lines() []string {
	p.sort()
	lines := make([]string, 0, min(len(p.list), maxListed)+1)
	for _, r := range p.list[:min(len(p.list), maxListed)] {
		lines = append(lines, r.String())
	}
	if more := p.total - len(lines); more > 0 {
		lines = append(lines, fmt.Sprintf("and %s more", errs.Thousands(more)))
	}
	return lines
}

func (p *problems) sort() {
	slices.SortStableFunc(p.list, func(a, b Reject) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
}
