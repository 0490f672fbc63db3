package access

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"cel.dev/cel-go/common/ast"
)

const functions = "startsWith, endsWith, contains, matches, size, has, timestamp, finding"

func (c *compiler) function(e ast.Expr) (operand, error) {
	call := e.AsCall()
	args := call.Args()
	if call.IsMemberFunction() {
		args = append([]ast.Expr{call.Target()}, args...)
	}
	switch name := call.FunctionName(); {
	case name == "size" && len(args) == 1:
		return c.size(args[0])
	case name == "finding" && len(args) == 1 && !call.IsMemberFunction():
		return c.finding(args[0])
	case name == "timestamp" && len(args) == 1 && !call.IsMemberFunction():
		return c.timestamp(args[0])
	case len(args) == 2 && call.IsMemberFunction() && (name == "startsWith" || name == "endsWith" || name == "contains"):
		return c.search(name, args[0], args[1])
	case name == "matches" && len(args) == 2:
		return c.matches(args[0], args[1])
	case slices.Contains(strings.Split(functions, ", "), name):
		return operand{}, c.refuseAt(c.nameBefore(c.offset(e), name), "%s is not used like this; an example is %s.", name, examples[name])
	default:
		return operand{}, c.refuseAt(c.nameBefore(c.offset(e), name), "%q is not a function here. Known: %s.", name, functions)
	}
}

var examples = map[string]string{
	"startsWith": `identity.name.startsWith("svc-")`,
	"endsWith":   `identity.email.endsWith("@example.com")`,
	"contains":   `asset.name.contains("historian")`,
	"matches":    `identity.id.matches("^[a-z]+[0-9]+$")`,
	"size":       `size(identity.name) > 3`,
	"has":        `has(asset.level)`,
	"timestamp":  `timestamp("2026-01-31T00:00:00Z")`,
	"finding":    `finding("no_owner")`,
}

func (c *compiler) textual(e ast.Expr, name string) (operand, error) {
	o, err := c.expr(e)
	if err == nil && o.kind != text {
		err = c.refuse(e, "%s is %s; %s works on text.", c.call(o), o.kind, name)
	}
	return o, err
}

func (c *compiler) size(of ast.Expr) (operand, error) {
	o, err := c.textual(of, "size")
	if err != nil {
		return o, err
	}
	return operand{kind: integer, sql: "length(" + c.render(o) + ")"}, nil
}

// search compares without LIKE, so that % and _ mean themselves.
func (c *compiler) search(name string, in, what ast.Expr) (operand, error) {
	o, err := c.textual(in, name)
	if err != nil {
		return o, err
	}
	w, err := c.textual(what, name)
	if err != nil {
		return w, err
	}
	a, b := c.render(o), c.render(w)
	sql := map[string]string{
		"startsWith": fmt.Sprintf("starts_with(%s, %s)", a, b),
		"endsWith":   fmt.Sprintf("(right(%s, length(%s)) = %[2]s)", a, b),
		"contains":   fmt.Sprintf("(strpos(%s, %s) > 0)", a, b),
	}[name]
	return operand{kind: boolean, sql: sql}, nil
}

func (c *compiler) timestamp(e ast.Expr) (operand, error) {
	s, ok := literalText(e)
	t, err := time.Parse(time.RFC3339, s)
	if !ok || err != nil || t.Year() < 1 {
		return operand{}, c.refuse(e, "a time is written like timestamp(\"2026-01-31T00:00:00Z\").")
	}
	if !t.Equal(t.Truncate(time.Microsecond)) {
		return operand{}, c.refuse(e, "times are kept to the microsecond; leave the rest off.")
	}
	return operand{kind: moment, literal: t}, nil
}

func (c *compiler) matches(in, pattern ast.Expr) (operand, error) {
	o, err := c.textual(in, "matches")
	if err != nil {
		return o, err
	}
	s, ok := literalText(pattern)
	if !ok {
		return operand{}, c.refuse(pattern, "a pattern is written out in quotes.")
	}
	translated, err := translate(s)
	if err != nil {
		return operand{}, c.refuse(pattern, "%s", err.Error())
	}
	return operand{kind: boolean, sql: fmt.Sprintf("(%s ~ %s)", c.render(o), c.bind(translated, "text"))}, nil
}
