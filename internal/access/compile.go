package access

import (
	"fmt"
	"strings"
	"time"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
)

// A compiler turns one expression into SQL, checking as it goes.
type compiler struct {
	source []rune
	info   *ast.SourceInfo
	now    time.Time
	nowAt  string
	args   []any

	records  map[string]bool
	register bool // it is about rows of the register of exceptions
}

// An operand is one side of something. sql is null where the value is unknown
// if nullable; text that is unknown is already "".
type operand struct {
	kind     kind
	sql      string
	nullable bool
	dear     bool
	column   *column  // the name that it is
	literal  any      // the value that was written out
	node     ast.Expr // where it stands
}

var symbols = map[string]string{
	operators.LogicalAnd: "&&", operators.LogicalOr: "||", operators.LogicalNot: "!", operators.Conditional: "?:",
	operators.Equals: "==", operators.NotEquals: "!=", operators.Less: "<", operators.LessEquals: "<=",
	operators.Greater: ">", operators.GreaterEquals: ">=", operators.In: "in", operators.Index: "[]",
	operators.Add: "+", operators.Subtract: "-", operators.Multiply: "*", operators.Divide: "/",
	operators.Modulo: "%", operators.Negate: "-",
}

// bind makes value a parameter.
func (c *compiler) bind(value any, sqlType string) string {
	c.args = append(c.args, value)
	return fmt.Sprintf("$%d::%s", len(c.args), sqlType)
}

func (c *compiler) bindNow() string {
	if c.nowAt == "" {
		c.nowAt = c.bind(c.now, "timestamptz")
	}
	return c.nowAt
}

// condition compiles what must be yes or no.
func (c *compiler) condition(e ast.Expr) (string, error) {
	o, err := c.expr(e)
	if err != nil {
		return "", err
	}
	if o.kind != boolean {
		return "", c.refuse(e, "%s is %s, and a yes or no is wanted here; compare it with something.", c.call(o), o.kind)
	}
	return o.sql, nil
}

func (c *compiler) expr(e ast.Expr) (operand, error) {
	o, err := c.compile(e)
	o.node = e
	return o, err
}

func (c *compiler) compile(e ast.Expr) (operand, error) {
	switch e.Kind() {
	case ast.LiteralKind:
		return c.constant(e)
	case ast.IdentKind:
		return c.ident(e)
	case ast.SelectKind:
		return c.field(e)
	case ast.CallKind:
		return c.apply(e)
	case ast.ListKind:
		return operand{}, c.refuse(e, `a list stands only to the right of "in".`)
	}
	return operand{}, c.refuse(e, "braces and loops have no meaning here; combine comparisons with && and ||.")
}

func (c *compiler) apply(e ast.Expr) (operand, error) {
	call := e.AsCall()
	switch call.FunctionName() {
	case operators.LogicalAnd, operators.LogicalOr:
		return c.logic(call)
	case operators.LogicalNot:
		cond, err := c.condition(call.Args()[0])
		return operand{kind: boolean, sql: "(not " + cond + ")"}, err
	case operators.Conditional:
		return c.ternary(e)
	case operators.Equals, operators.NotEquals, operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals:
		return c.compare(e)
	case operators.In:
		return c.in(e)
	case operators.Add, operators.Subtract, operators.Multiply, operators.Divide, operators.Modulo:
		return c.arithmetic(e)
	case operators.Negate:
		return c.negate(e)
	case operators.Index:
		return c.index(e)
	}
	return c.function(e)
}

func (c *compiler) logic(call ast.CallExpr) (operand, error) {
	word := map[string]string{operators.LogicalAnd: " and ", operators.LogicalOr: " or "}[call.FunctionName()]
	var parts []string
	for _, arg := range call.Args() {
		cond, err := c.condition(arg)
		if err != nil {
			return operand{}, err
		}
		parts = append(parts, cond)
	}
	return operand{kind: boolean, sql: "(" + strings.Join(parts, word) + ")"}, nil
}

func (c *compiler) ternary(e ast.Expr) (operand, error) {
	args := e.AsCall().Args()
	cond, err := c.condition(args[0])
	if err != nil {
		return operand{}, err
	}
	yes, no, err := c.pair(args[1], args[2])
	if err != nil {
		return operand{}, err
	}
	if yes.kind != no.kind {
		return operand{}, c.refuse(args[2], "%s is %s, %s is %s; both must be the same.", c.call(yes), yes.kind, c.call(no), no.kind)
	}
	for _, o := range []operand{yes, no} {
		if o.column != nil && len(o.column.Values) > 0 && o.kind == text {
			return operand{}, c.refuse(o.node, "%s cannot stand after ? or :; write both cases out with && and ||.", c.call(o))
		}
	}
	sql := fmt.Sprintf("(case when %s then %s else %s end)", cond, c.render(yes), c.render(no))
	return operand{kind: yes.kind, sql: sql, nullable: yes.nullable || no.nullable, dear: true}, nil
}

// pair compiles two operands that meet. A whole number that meets one with
// decimals becomes one, in the tree as well, for CEL's checker.
func (c *compiler) pair(left, right ast.Expr) (l, r operand, err error) {
	if l, err = c.expr(left); err != nil {
		return l, r, err
	}
	if r, err = c.expr(right); err != nil {
		return l, r, err
	}
	return widen(l, r), widen(r, l), nil
}

// call is what the person called an operand.
func (c *compiler) call(o operand) string {
	if o.column != nil {
		return o.column.Name[strings.LastIndex(o.column.Name, ".")+1:]
	}
	switch v := o.literal.(type) {
	case string:
		return fmt.Sprintf("%q", v)
	case nil:
		return "this"
	case time.Time:
		return v.Format(time.RFC3339)
	default:
		return fmt.Sprint(v)
	}
}
