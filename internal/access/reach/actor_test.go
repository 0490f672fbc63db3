package reach

import (
	"math/rand/v2"
	"testing"

	"interlock/internal/errs"
)

// TestActors: who gets to an asset is everyone whom the naive fixed point leads
// there, with the highest privilege, who can do most first.
func TestActors(t *testing.T) {
	found, several := 0, 0
	each(t, func(t *testing.T, r *rand.Rand, inv *inventory, p *Plant) {
		if len(inv.assets) == 0 {
			return
		}
		target := int32(r.IntN(len(inv.assets)))
		list, err := p.Actors(t.Context(), inv.assets[target].id, 1+r.IntN(3))
		if err != nil {
			t.Fatal(err)
		}
		got := map[int64]Actor{}
		for _, a := range list {
			got[a.ID] = a
			if len(a.Way) < 2 || a.Way[len(a.Way)-1].ID != inv.assets[target].id || a.Way[0].ID != a.ID {
				t.Errorf("%s: the way is %+v", a.Name, a.Way)
			}
		}
		for i := 1; i < len(list); i++ {
			if word(privileges, list[i].Privilege) > word(privileges, list[i-1].Privilege) {
				t.Errorf("%s comes after %s", list[i].Name, list[i-1].Name)
			}
		}
		for i, x := range inv.identities {
			want, ok := naive(inv, int32(i), Without{}, nil).reached[target]
			a, there := got[x.id]
			if ok != there || ok && a.Privilege != want.String() {
				t.Errorf("%s: %v %q, want %v %q", x.name, there, a.Privilege, ok, want)
			}
		}
		if found += len(list); len(list) > 1 {
			several++
		}
	})
	if found < 200 || several < 50 {
		t.Errorf("only %d actors, %d times more than one", found, several)
	}
	_, err := (&Plant{}).Actors(t.Context(), 1, 1)
	if !errs.Is(err, errs.NotFound) {
		t.Errorf("an asset that is not there: %v", err)
	}
}
