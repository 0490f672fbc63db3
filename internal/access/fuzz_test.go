package access_test

import (
	"math/rand/v2"
	"testing"

	"interlock/internal/access"
	"interlock/internal/apptest"
)

// FuzzCompile: no input panics, and PostgreSQL accepts what is returned.
func FuzzCompile(f *testing.F) {
	conn := stock(f)
	for _, c := range refusals {
		f.Add(c.expr)
	}
	r := rand.New(rand.NewPCG(5, 6))
	for range 100 {
		f.Add(condition(r, 3).scope)
	}
	f.Fuzz(func(t *testing.T, expr string) {
		s, err := access.Compile(expr, apptest.Start)
		access.Describe(expr)
		if err != nil {
			return
		}
		if _, err := conn.Exec(t.Context(), "explain select from fact f where "+s.SQL, s.Args...); err != nil {
			t.Fatalf("%s\n%s %v\n%v", expr, s.SQL, s.Args, err)
		}
	})
}
