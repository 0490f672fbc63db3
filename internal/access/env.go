package access

import (
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
)

// Limits of an expression. Entries of a list have their own.
const (
	maxLength  = 4000
	maxNodes   = 500
	maxEntries = 1000
)

// environment is CEL with our names and without its loops: has is the only macro.
var environment = sync.OnceValues(func() (*cel.Env, error) {
	registry, err := types.NewRegistry()
	if err != nil {
		return nil, err
	}
	opts := []cel.EnvOption{
		cel.CustomTypeProvider(provider{registry}),
		cel.StdLib(),
		cel.ClearMacros(),
		cel.Macros(cel.HasMacro),
		cel.CrossTypeNumericComparisons(true),
		cel.ParserExpressionSizeLimit(maxLength),
		cel.Variable("now", cel.TimestampType),
		cel.Function("finding", cel.Overload("finding_of_rule", []*cel.Type{cel.StringType}, cel.BoolType)),
	}
	for _, r := range append([]string{"exception"}, records...) {
		opts = append(opts, cel.Variable(r, cel.ObjectType(r)))
	}
	return cel.NewCustomEnv(opts...)
})

// provider tells CEL's checker which fields our records have.
type provider struct{ *types.Registry }

func (p provider) FindStructType(name string) (*types.Type, bool) {
	if len(fieldNames(name)) > 0 {
		return types.NewTypeTypeWithParam(types.NewObjectType(name)), true
	}
	return p.Registry.FindStructType(name)
}

func (p provider) FindStructFieldNames(name string) ([]string, bool) {
	if names := fieldNames(name); len(names) > 0 {
		return names, true
	}
	return p.Registry.FindStructFieldNames(name)
}

func (p provider) FindStructFieldType(name, field string) (*types.FieldType, bool) {
	if name == "asset" && field == "capability" {
		return &types.FieldType{Type: types.NewMapType(types.StringType, types.StringType)}, true
	}
	c, ok := lookup(name, field)
	if !ok {
		return nil, false
	}
	return &types.FieldType{Type: celTypes[c.kind]}, true
}

var celTypes = map[kind]*types.Type{
	boolean: types.BoolType,
	text:    types.StringType,
	integer: types.IntType,
	decimal: types.DoubleType,
	moment:  types.TimestampType,
}
