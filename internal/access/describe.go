package access

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"interlock/internal/finding"
)

// Describe says a scope in plain words where it is a list of simple conditions,
// all of which hold; any other expression it gives back as it is.
func Describe(expr string) string {
	if _, err := Compile(expr, time.Time{}); err != nil {
		return expr
	}
	tree, _, err := parse(expr)
	if err != nil {
		return expr
	}
	var said []string
	for _, e := range conjuncts(tree.NativeRep().Expr()) {
		f, ok := simple(e)
		if !ok {
			return expr
		}
		if words := f.say(); words != "" {
			said = append(said, words)
		}
	}
	if said == nil {
		return "all grants"
	}
	return "grants " + strings.Join(said, ", ")
}

func conjuncts(e ast.Expr) []ast.Expr {
	if e.Kind() != ast.CallKind || e.AsCall().FunctionName() != operators.LogicalAnd {
		return []ast.Expr{e}
	}
	var all []ast.Expr
	for _, arg := range e.AsCall().Args() {
		all = append(all, conjuncts(arg)...)
	}
	return all
}

// A fact is one simple condition: a name, how it is compared, and with what.
type fact struct {
	name   string
	op     string
	values []string
}

const (
	is    = "is"
	isNot = "is not"
	has   = "is known"
	lacks = "is not known"
)

func simple(e ast.Expr) (fact, bool) {
	switch e.Kind() {
	case ast.LiteralKind:
		return fact{}, e.AsLiteral() == types.True
	case ast.SelectKind:
		name, ok := nameOf(e)
		if e.AsSelect().IsTestOnly() {
			return fact{name: name, op: has}, ok
		}
		return fact{name: name, op: is}, ok
	case ast.CallKind:
		return simpleCall(e.AsCall())
	}
	return fact{}, false
}

func simpleCall(call ast.CallExpr) (fact, bool) {
	args := call.Args()
	switch name := call.FunctionName(); {
	case name == operators.LogicalNot:
		f, ok := simple(args[0])
		opposite, simple := map[string]string{is: isNot, has: lacks}[f.op]
		f.op = opposite
		return f, ok && simple && (f.values == nil || f.name == "finding")
	case name == "finding" && len(args) == 1:
		id, _ := literalText(args[0])
		rule, err := finding.RuleOf(id)
		return fact{"finding", is, []string{strconv.Quote(rule.Title)}}, err == nil
	case name == "startsWith" || name == "endsWith" || name == "contains":
		return comparison(verbs[name], call.Target(), args[0])
	case sqlSymbols[name] != "" && args[0].Kind() == ast.LiteralKind:
		return comparison(verbs[flipped[name]], args[1], args[0])
	case sqlSymbols[name] != "" || name == operators.In:
		return comparison(verbs[name], args[0], args[1])
	}
	return fact{}, false
}

var verbs = map[string]string{
	operators.Equals: is, operators.NotEquals: isNot, operators.In: is,
	operators.Less: "<", operators.LessEquals: "<=", operators.Greater: ">", operators.GreaterEquals: ">=",
	"startsWith": "begins with", "endsWith": "ends with", "contains": "contains",
}

func comparison(op string, left, right ast.Expr) (fact, bool) {
	name, ok := nameOf(left)
	values, written := written(right)
	f := fact{name, op, values}
	if len(values) == 1 && values[0] == "" {
		f.op, f.values = map[string]string{is: lacks, isNot: has}[op], nil
	}
	return f, ok && written && f.op != ""
}

// nameOf gives record.field, and asset.capability.name for both its forms.
func nameOf(e ast.Expr) (string, bool) {
	switch e.Kind() {
	case ast.IdentKind:
		return e.AsIdent(), true
	case ast.SelectKind:
		record, ok := nameOf(e.AsSelect().Operand())
		return record + "." + e.AsSelect().FieldName(), ok
	case ast.CallKind:
		if e.AsCall().FunctionName() == operators.Index {
			of, ok := nameOf(e.AsCall().Args()[0])
			which, written := literalText(e.AsCall().Args()[1])
			return of + "." + which, ok && written
		}
	}
	return "", false
}

func written(e ast.Expr) ([]string, bool) {
	switch e.Kind() {
	case ast.LiteralKind:
		return []string{fmt.Sprint(e.AsLiteral().Value())}, e.AsLiteral().Type() != types.BoolType
	case ast.ListKind:
		var all []string
		for _, entry := range e.AsList().Elements() {
			all = append(all, fmt.Sprint(entry.AsLiteral().Value()))
		}
		return all, true
	}
	return nil, false
}
