package review

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"time"

	"interlock/internal/access"
)

//go:embed assign.sql
var assignSQL string

// assignment is assign.sql with the definition's scope and reviewers in it, and
// without the clauses of its parts.
type assignment struct {
	sql  string
	args []any // the first are now and 30, 90 and 180 days before
}

// with completes the statement: the parts' clauses and what reads what is assigned.
func (a assignment) with(clauses, read string) string {
	return strings.Replace(a.sql, "{{parts}}", clauses, 1) + read
}

// people are the rules that lead to who answers for something.
var people = []string{"owner", "manager", "asset_owner", "entitlement_owner"}

// assign composes the statement that finds what is in scope and who reviews it.
func (d Definition) assign(now time.Time) (assignment, error) {
	scope, err := access.Compile(d.Scope, now)
	if err != nil {
		return assignment{}, err
	}
	a := assignment{args: []any{now, now.AddDate(0, 0, -30), now.AddDate(0, 0, -90), now.AddDate(0, 0, -180)}}
	where := scope.Number(len(a.args) + 1)
	a.args = append(a.args, scope.Args...)

	var candidates, columns, whens []string
	add := func(expr, by string) {
		column := fmt.Sprintf("c%d", len(columns)+1)
		candidates = append(candidates, expr+" as "+column)
		columns = append(columns, column)
		whens = append(whens, fmt.Sprintf("when %s is not null then '%s'", column, by))
	}
	for _, r := range d.Stages[0].Reviewers {
		if slices.Contains(people, r) {
			add(candidate(r+"_answers"), r)
			continue
		}
		a.args = append(a.args, r)
		add(candidate(fmt.Sprintf("$%d::text", len(a.args))), "named")
	}
	for _, e := range d.Fallback {
		a.args = append(a.args, e)
		add(candidate(fmt.Sprintf("$%d::text", len(a.args))), "fallback")
	}
	a.sql = strings.NewReplacer(
		"{{scope}}", where,
		"{{candidates}}", strings.Join(candidates, ",\n         "),
		"{{reviewer}}", "coalesce("+strings.Join(columns, ", ")+")",
		"{{assigned_by}}", "case "+strings.Join(whens, " ")+" end",
	).Replace(assignSQL)
	return a, nil
}

// second is the expression for who gets the item when the reviewer is unsure:
// the next candidate who is someone else.
func (d Definition) second() string {
	n := len(d.Stages[0].Reviewers) + len(d.Fallback)
	terms := make([]string, n)
	for i := range n {
		terms[i] = fmt.Sprintf("nullif(c%d, reviewer)", i+1)
	}
	return "coalesce(" + strings.Join(terms, ", ") + ")"
}

// candidate is an e-mail, unless it is the subject's or of who gave the grant, by
// whatever name they are known.
func candidate(email string) string {
	return fmt.Sprintf("case when %[1]s is distinct from identity_email and %[1]s is distinct from grantor_email and (%[1]s = any (barred)) is not true then %[1]s end", email)
}

// People lists the people the definition names by e-mail.
func (d Definition) People() []string {
	list := slices.Clone(d.Fallback)
	for _, r := range d.Stages[0].Reviewers {
		if !slices.Contains(people, r) {
			list = append(list, r)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}
