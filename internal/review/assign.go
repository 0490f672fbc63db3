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

// assignment is assign.sql with the definition's scope and reviewers in it.
type assignment struct {
	sql  string
	args []any // $1 is now
}

// people gives the columns of access_fact that say who a rule leads to.
var people = map[string]string{"owner": "owner", "manager": "manager", "asset_owner": "asset_owner", "entitlement_owner": "entitlement_owner"}

// assign composes the statement that finds what is in scope and who reviews it.
func (d Definition) assign(now time.Time) (assignment, error) {
	scope, err := access.Compile(d.Scope, now)
	if err != nil {
		return assignment{}, err
	}
	a := assignment{args: []any{now}}
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
		if p, ok := people[r]; ok {
			add(liveCandidate(p), r)
			continue
		}
		a.args = append(a.args, r)
		add(namedCandidate(len(a.args)), "named")
	}
	for _, e := range d.Fallback {
		a.args = append(a.args, e)
		add(namedCandidate(len(a.args)), "fallback")
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

// liveCandidate is the e-mail of an active person who may decide.
func liveCandidate(p string) string {
	return fmt.Sprintf(`case when %[1]s_kind in ('person', 'contractor') and %[1]s_status = 'active'
              and %[2]s then %[1]s_email end`, p, mayDecide(p+"_email"))
}

func namedCandidate(arg int) string {
	return fmt.Sprintf(`case when %s then $%d::text end`, mayDecide(fmt.Sprintf("$%d", arg)), arg)
}

// mayDecide says that an e-mail is neither the subject's nor of who gave the
// grant, by whatever name they are known.
func mayDecide(email string) string {
	return fmt.Sprintf("%[1]s is distinct from identity_email and %[1]s is distinct from grantor_email and (%[1]s = any (barred)) is not true", email)
}

// People lists the people the definition names by e-mail.
func (d Definition) People() []string {
	list := slices.Clone(d.Fallback)
	for _, r := range d.Stages[0].Reviewers {
		if _, ok := people[r]; !ok {
			list = append(list, r)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}
