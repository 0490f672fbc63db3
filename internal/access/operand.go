package access

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
)

func (c *compiler) constant(e ast.Expr) (operand, error) {
	switch v := e.AsLiteral().(type) {
	case types.Bool:
		return operand{kind: boolean, sql: map[types.Bool]string{true: "true", false: "false"}[v]}, nil
	case types.Int:
		return operand{kind: integer, literal: int64(v)}, nil
	case types.Double:
		return operand{kind: decimal, literal: float64(v)}, nil
	case types.String:
		if strings.ContainsRune(string(v), 0) || !utf8.ValidString(string(v)) {
			return operand{}, c.refuse(e, "the text holds a character that no name can have.")
		}
		return operand{kind: text, literal: string(v)}, nil
	case types.Null:
		return operand{}, c.refuse(e, `null has no meaning here; ask has(asset.level), or compare text with "".`)
	}
	return operand{}, c.refuse(e, "this sort of value has no use here; write text in quotes or a plain number.")
}

// widen gives a whole number that was written out the decimals of what it meets.
func widen(o, meets operand) operand {
	n, whole := o.literal.(int64)
	if !whole || meets.kind != decimal {
		return o
	}
	o.kind, o.literal = decimal, float64(n)
	o.node.SetKindCase(ast.NewExprFactory().NewLiteral(o.node.ID(), types.Double(n)))
	return o
}

// render gives the SQL of an operand; a value written out becomes a parameter.
func (c *compiler) render(o operand) string {
	switch v := o.literal.(type) {
	case string:
		return c.bind(v, "text")
	case int64:
		return c.bind(v, "bigint")
	case float64:
		return c.bind(v, "numeric")
	case time.Time:
		return c.bind(v, "timestamptz")
	}
	return o.sql
}

// recordNames are the records that this expression may name.
func (c *compiler) recordNames() []string {
	if c.register {
		return append([]string{"exception"}, records...)
	}
	return records
}

func (c *compiler) names(record string) bool { return slices.Contains(c.recordNames(), record) }

func (c *compiler) ident(e ast.Expr) (operand, error) {
	name := e.AsIdent()
	switch {
	case name == "now":
		return operand{kind: moment, sql: c.bindNow()}, nil
	case c.names(name):
		return operand{}, c.refuse(e, "%s alone says nothing; name one of its fields, such as %s.%s.", name, name, fieldNames(name)[0])
	}
	if meant := mistyped(name); meant != "" {
		return operand{}, c.refuse(e, "%s", meant)
	}
	return operand{}, c.refuse(e, "%q is not known; text goes in quotes. Known: %s, now.", name, strings.Join(c.recordNames(), ", "))
}

// field compiles record.field, and has(record.field).
func (c *compiler) field(e ast.Expr) (operand, error) {
	col, err := c.columnOf(e)
	if err != nil {
		return operand{}, err
	}
	if e.AsSelect().IsTestOnly() {
		return operand{kind: boolean, sql: c.known(col)}, nil
	}
	return c.read(col), nil
}

func (c *compiler) columnOf(e ast.Expr) (column, error) {
	sel := e.AsSelect()
	if isCapability(sel.Operand()) {
		return c.capability(sel.FieldName(), c.nameAfter(e))
	}
	if sel.Operand().Kind() != ast.IdentKind || !c.names(sel.Operand().AsIdent()) {
		if sel.Operand().Kind() == ast.IdentKind {
			_, err := c.ident(sel.Operand())
			if err != nil {
				return column{}, err
			}
		}
		return column{}, c.refuse(sel.Operand(), "this has no fields of its own.")
	}
	record := sel.Operand().AsIdent()
	c.records[record] = true
	if isCapability(e) {
		return column{}, c.refuseAt(c.nameAfter(e), `name one capability, such as asset.capability["mfa"]. Known: %s.`, strings.Join(capabilities, ", "))
	}
	col, ok := lookup(record, sel.FieldName())
	if !ok {
		return col, c.refuseAt(c.nameAfter(e), "%s", unknownName(sel.FieldName(), " for "+record, fieldNames(record)))
	}
	return col, nil
}

func isCapability(e ast.Expr) bool {
	if e.Kind() != ast.SelectKind || e.AsSelect().FieldName() != "capability" {
		return false
	}
	of := e.AsSelect().Operand()
	return of.Kind() == ast.IdentKind && of.AsIdent() == "asset"
}

func (c *compiler) capability(name string, at int) (column, error) {
	c.records["asset"] = true
	if !slices.Contains(capabilities, name) {
		return column{}, c.refuseAt(at, "%s", unknownName(name, " capabilities", capabilities))
	}
	return capability(name), nil
}

// index compiles asset.capability["name"].
func (c *compiler) index(e ast.Expr) (operand, error) {
	args := e.AsCall().Args()
	if !isCapability(args[0]) {
		return operand{}, c.refuse(args[0], `only asset.capability takes brackets, such as asset.capability["mfa"].`)
	}
	name, ok := literalText(args[1])
	if !ok {
		return operand{}, c.refuse(args[1], "a capability is named in quotes. Known: %s.", strings.Join(capabilities, ", "))
	}
	col, err := c.capability(name, c.start(args[1]))
	if err != nil {
		return operand{}, err
	}
	return c.read(col), nil
}

func literalText(e ast.Expr) (string, bool) {
	if e.Kind() != ast.LiteralKind {
		return "", false
	}
	s, ok := e.AsLiteral().(types.String)
	return string(s), ok
}

// read gives a column as an operand.
func (c *compiler) read(col column) operand {
	o := operand{kind: col.kind, sql: c.fill(col.sql), nullable: col.nullable, dear: col.dear, column: &col}
	if col.kind == text && col.nullable {
		o.sql, o.nullable = "coalesce("+o.sql+", '')", false
	}
	return o
}

func (c *compiler) fill(sql string) string {
	if strings.Contains(sql, "{now}") {
		return strings.ReplaceAll(sql, "{now}", c.bindNow())
	}
	return sql
}

// known is the condition that a column is known.
func (c *compiler) known(col column) string {
	if !col.nullable && col.kind != text {
		return "true"
	}
	sql := c.fill(col.sql)
	if slices.Contains(col.Values, "unknown") {
		return "(" + sql + " <> 'unknown')"
	}
	if col.kind == text {
		return "(" + sql + " is not null and " + sql + " <> '')"
	}
	return "(" + sql + " is not null)"
}

// arithmetic compiles + - * / %. As numeric nothing overflows; a division by
// zero is unknown.
func (c *compiler) arithmetic(e ast.Expr) (operand, error) {
	call := e.AsCall()
	l, r, err := c.pair(call.Args()[0], call.Args()[1])
	if err != nil {
		return operand{}, err
	}
	symbol := symbols[call.FunctionName()]
	for _, o := range []operand{l, r} {
		if !o.kind.numeric() {
			return operand{}, c.refuse(o.node, "%s is %s; %s works on numbers.", c.call(o), o.kind, symbol)
		}
	}
	if l.kind != r.kind {
		return operand{}, c.refuse(r.node, "%s is %s, %s is %s; %s works on numbers of one sort.", c.call(l), l.kind, c.call(r), r.kind, symbol)
	}
	if l.kind == decimal && symbol == "%" {
		return operand{}, c.refuse(l.node, "%% works on whole numbers.")
	}
	a, b := c.render(l)+"::numeric", c.render(r)+"::numeric"
	return operand{kind: l.kind, sql: calculation(call.FunctionName(), a, b, l.kind), nullable: true, dear: true}, nil
}

func calculation(op, a, b string, k kind) string {
	switch {
	case op == operators.Divide && k == integer:
		return "div(" + a + ", nullif(" + b + ", 0))"
	case op == operators.Divide || op == operators.Modulo:
		return "(" + a + " " + symbols[op] + " nullif(" + b + ", 0))"
	}
	return "(" + a + " " + symbols[op] + " " + b + ")"
}

func (c *compiler) negate(e ast.Expr) (operand, error) {
	o, err := c.expr(e.AsCall().Args()[0])
	if err != nil {
		return o, err
	}
	if !o.kind.numeric() {
		return operand{}, c.refuse(o.node, "%s is %s; - works on numbers.", c.call(o), o.kind)
	}
	return operand{kind: o.kind, sql: "(- " + c.render(o) + "::numeric)", nullable: o.nullable, dear: true}, nil
}
