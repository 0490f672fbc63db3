package access

import (
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
)

var sqlSymbols = map[string]string{
	operators.Equals: "=", operators.NotEquals: "<>", operators.Less: "<", operators.LessEquals: "<=",
	operators.Greater: ">", operators.GreaterEquals: ">=",
}

var flipped = map[string]string{
	operators.Equals: operators.Equals, operators.NotEquals: operators.NotEquals,
	operators.Less: operators.Greater, operators.LessEquals: operators.GreaterEquals,
	operators.Greater: operators.Less, operators.GreaterEquals: operators.LessEquals,
}

func equality(op string) bool { return op == operators.Equals || op == operators.NotEquals }

func (c *compiler) compare(e ast.Expr) (operand, error) {
	call := e.AsCall()
	l, r, err := c.pair(call.Args()[0], call.Args()[1])
	if err != nil {
		return operand{}, err
	}
	if l.kind != r.kind && (!l.kind.numeric() || !r.kind.numeric()) {
		return operand{}, c.refuse(r.node, "%s is %s, %s is %s.", c.call(l), l.kind, c.call(r), r.kind)
	}
	if l.kind != r.kind && equality(call.FunctionName()) {
		return operand{}, c.refuse(r.node, "%s is %s, %s is %s; %s works on numbers of one sort.", c.call(l), l.kind, c.call(r), r.kind, symbols[call.FunctionName()])
	}
	sql, err := c.comparison(call.FunctionName(), l, r)
	return operand{kind: boolean, sql: sql}, err
}

func (c *compiler) comparison(op string, l, r operand) (string, error) {
	if l.literal != nil && r.literal == nil {
		op, l, r = flipped[op], r, l
	}
	switch {
	case l.kind == text:
		return c.compareText(op, l, r)
	case l.kind == boolean && !equality(op):
		return "", c.refuse(l.node, "a yes or no has no order; compare it with == or !=.")
	}
	return guard(c.render(l), c.render(r), sqlSymbols[op], l, r), nil
}

// guard makes a comparison false where a side is unknown.
func guard(left, right, symbol string, l, r operand) string {
	sql := left + " " + symbol + " " + right
	if (l.nullable && l.dear) || (r.nullable && r.dear) {
		return "coalesce(" + sql + ", false)"
	}
	var known []string
	if l.nullable {
		known = append(known, left+" is not null and ")
	}
	if r.nullable {
		known = append(known, right+" is not null and ")
	}
	return "(" + strings.Join(known, "") + sql + ")"
}

func (c *compiler) compareText(op string, l, r operand) (string, error) {
	for _, o := range [][2]operand{{l, r}, {r, l}} {
		if err := c.member(op, o[0], o[1]); err != nil {
			return "", err
		}
	}
	switch word, literal := r.literal.(string); {
	case !equality(op) && l.column != nil && l.column.ordered && literal:
		return c.anyOf(l.column.sql, ranked(op, word)), nil
	case !equality(op):
		return fmt.Sprintf(`(%s collate "C" %s %s)`, c.render(l), sqlSymbols[op], c.render(r)), nil
	case literal && word != "" && l.column != nil && l.column.nullable && op == operators.Equals:
		// Bare, so that PostgreSQL sees the column and may use its index.
		return fmt.Sprintf("(%s is not null and %[1]s = %s)", l.column.sql, c.render(r)), nil
	}
	return fmt.Sprintf("(%s %s %s)", c.render(l), sqlSymbols[op], c.render(r)), nil
}

// member refuses a comparison with a word that the column never holds, which
// would silently select nothing, and an order that the column does not have.
func (c *compiler) member(op string, o, with operand) error {
	if o.column == nil || len(o.column.Values) == 0 {
		return nil
	}
	if !equality(op) && !o.column.ordered {
		return c.refuse(o.node, "%s has no order; compare it with ==, != or in.", c.call(o))
	}
	word, literal := with.literal.(string)
	if !literal {
		if !equality(op) {
			return c.refuse(with.node, "%s is compared by order with one of %s.", c.call(o), strings.Join(o.column.Values, ", "))
		}
		return nil
	}
	return c.oneOf(o.column, equality(op), word, with.node)
}

func (c *compiler) oneOf(col *column, emptyToo bool, word string, at ast.Expr) error {
	if slices.Contains(col.Values, word) || word == "" && col.nullable && emptyToo {
		return nil
	}
	name := col.Name[strings.LastIndex(col.Name, ".")+1:]
	return c.refuse(at, "%q is no value of %s. Known: %s.", word, name, strings.Join(col.Values, ", "))
}

// ranked lists the privileges that stand in this order to word.
func ranked(op, word string) []string {
	at := slices.Index(privileges, word)
	switch op {
	case operators.Less:
		return privileges[:at]
	case operators.LessEquals:
		return privileges[:at+1]
	case operators.Greater:
		return privileges[at+1:]
	}
	return privileges[at:]
}

func (c *compiler) anyOf(sql string, list []string) string {
	return fmt.Sprintf("(%s is not null and %[1]s = any(%s))", sql, c.bind(slices.Clone(list), "text[]"))
}

// in compiles membership of a list that is written out.
func (c *compiler) in(e ast.Expr) (operand, error) {
	args := e.AsCall().Args()
	o, err := c.expr(args[0])
	if err != nil {
		return o, err
	}
	if args[1].Kind() != ast.ListKind {
		return operand{}, c.refuse(args[1], `a list is wanted after "in", such as ["view", "operate"].`)
	}
	list, err := c.entries(o, args[1].AsList().Elements())
	if err != nil {
		return operand{}, err
	}
	if list == "" {
		return operand{}, c.refuse(args[1], "the list is empty, so nothing is in it.")
	}
	return operand{kind: boolean, sql: guard(c.render(o), "any("+list+")", "=", o, operand{})}, nil
}

// entries gives the list as one parameter.
func (c *compiler) entries(o operand, elements []ast.Expr) (string, error) {
	if len(elements) > maxEntries {
		return "", c.refuse(elements[maxEntries], "the list has %d entries; %d is the most.", len(elements), maxEntries)
	}
	var words []string
	var wholes []int64
	var decimals []float64
	for _, e := range elements {
		v, err := c.entry(o, e)
		if err != nil {
			return "", err
		}
		switch v := v.(type) {
		case string:
			words = append(words, v)
		case int64:
			wholes = append(wholes, v)
		case float64:
			decimals = append(decimals, v)
		}
	}
	switch {
	case words != nil:
		return c.bind(words, "text[]"), nil
	case wholes != nil:
		return c.bind(wholes, "bigint[]"), nil
	case decimals != nil:
		return c.bind(decimals, "numeric[]"), nil
	}
	return "", nil
}

func (c *compiler) entry(o operand, e ast.Expr) (any, error) {
	if e.Kind() != ast.LiteralKind {
		return nil, c.refuse(e, "the entries of a list are words in quotes or plain numbers.")
	}
	v, err := c.expr(e)
	if err != nil {
		return nil, err
	}
	v = widen(v, o)
	if v.kind != o.kind || v.kind == boolean {
		return nil, c.refuse(e, "%s is %s, %s is %s.", c.call(o), o.kind, c.call(v), v.kind)
	}
	if word, ok := v.literal.(string); ok && o.column != nil && len(o.column.Values) > 0 {
		return word, c.oneOf(o.column, true, word, e)
	}
	return v.literal, nil
}
