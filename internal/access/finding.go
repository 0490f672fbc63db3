package access

import (
	"fmt"

	"cel.dev/cel-go/common/ast"

	"interlock/internal/errs"
	"interlock/internal/finding"
)

// subjects say which grants a finding is found on, by what it is about: those of
// its identity, to its asset, of its right, or the grant itself.
var subjects = map[string]struct{ record, column, id string }{
	"identity":    {"identity", "f.identity_id", "n.identity_id"},
	"credential":  {"identity", "f.identity_id", "n.identity_id"},
	"asset":       {"asset", "f.asset_id", "n.asset_id"},
	"entitlement": {"entitlement", "f.entitlement_id", "n.subject_id"},
	"grant":       {"grant", "f.grant_id", "n.subject_id"},
}

// finding is true of a grant that an open finding of the rule touches,
// acknowledged or not.
func (c *compiler) finding(of ast.Expr) (operand, error) {
	id, ok := literalText(of)
	if !ok {
		return operand{}, c.refuse(of, "a rule is written out in quotes, such as finding(\"no_owner\").")
	}
	rule, err := finding.RuleOf(id)
	if e, refused := err.(*errs.Error); refused { //nolint:errorlint // made in this very call
		return operand{}, c.refuse(of, "%s", e.Message)
	}
	at := subjects[rule.About]
	c.records[at.record] = true
	sql := fmt.Sprintf("(%s in (select %s from finding n where n.rule = %s and n.closed_at is null))", at.column, at.id, c.bind(id, "text"))
	return operand{kind: boolean, sql: sql}, nil
}
