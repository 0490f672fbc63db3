package finding_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"interlock/internal/finding"
)

// spells are the findings of a rule, open and closed, as days after the start.
func (w *world) spells(rule string) (list []string) {
	w.t.Helper()
	rows, err := w.db.Pool().Query(context.Background(), `select subject_id, opened_at, closed_at from finding where rule = $1 order by id`, rule)
	if err != nil {
		w.t.Fatal(err)
	}
	defer rows.Close()
	began := w.clock.Now()
	for rows.Next() {
		var subject int64
		var opened time.Time
		var closed *time.Time
		if err := rows.Scan(&subject, &opened, &closed); err != nil {
			w.t.Fatal(err)
		}
		until := "open"
		if closed != nil {
			until = fmt.Sprint(int(began.Sub(*closed).Hours() / 24))
		}
		list = append(list, fmt.Sprintf("%d ago to %s", int(began.Sub(opened).Hours()/24), until))
	}
	return list
}

// A finding stays with its age while its fact does, closes when the fact is gone,
// and is another one when the fact comes back.
func TestAFindingOpensStaysClosesAndComesBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	day := func() { w.clock.Advance(24 * time.Hour) }
	unowned := sound + "identity id=svc kind=service"
	w.load("corp", unowned)
	w.look()
	id := w.one(`select id from finding where rule = 'no_owner'`)
	day()
	w.load("corp", unowned+" auth_method=password") // the row changes, the fact does not
	w.look()
	if got := w.one(`select id from finding where rule = 'no_owner'`); got != id {
		t.Errorf("the finding was %d, now it is %d", id, got)
	}
	day()
	w.load("corp", sound)
	w.look()
	if got := w.one(`select count(*) from finding_open where rule = 'no_owner'`); got != 0 {
		t.Errorf("%d are open after the owner was named", got)
	}
	day()
	w.load("corp", unowned)
	w.look()
	if got, want := w.spells("no_owner"), []string{"3 ago to 1", "0 ago to open"}; !slices.Equal(got, want) {
		t.Errorf("spells %v, want %v", got, want)
	}
	day()
	e, err := w.Evaluate(w.root, func(int64, int64, string) {})
	if err != nil || e.Opened+e.Closed != 0 {
		t.Errorf("looking again opened %d and closed %d: %v", e.Opened, e.Closed, err)
	}
}

// What a finding says follows the fact without a new age.
func TestANoteFollowsTheFact(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	left := "identity id=bob status=left\n"
	w.load("corp", sound+left)
	w.look()
	w.load("corp", sound+left+"grant identity=bob entitlement=erp.view\ngrant identity=bob entitlement=gate.use")
	w.clock.Advance(time.Hour)
	if got := w.look(); !has(got, "leaver_active bob: Left, still holds 3 grants") {
		t.Errorf("found %q", got)
	}
	if got := w.one(`select count(*) from finding where rule = 'leaver_active'`); got != 1 {
		t.Errorf("%d findings about one leaver", got)
	}
}

// A rule that the program no longer has closes what it found.
func TestARuleThatIsGoneClosesItsFindings(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.exec(`insert into finding (rule, severity, about, subject_id, note, opened_at) values ('of_old', 1, 'asset', 1, 'n', $1)`, w.clock.Now())
	w.look()
	if got := w.one(`select count(*) from finding where rule = 'of_old' and closed_at is null`); got != 0 {
		t.Error("it is still open")
	}
}

// Time alone brings findings: Current looks again after a night.
func TestCurrentLooksAgainAfterAnImportAndAfterANight(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	looks := func() int64 { return w.one(`select count(*) from finding_evaluation`) }
	current := func() {
		t.Helper()
		if err := w.Current(w.root); err != nil {
			t.Fatal(err)
		}
	}
	w.load("corp", sound)
	w.clock.Advance(time.Minute)
	current()
	current()
	if looks() != 1 {
		t.Errorf("%d looks after one import", looks())
	}
	w.load("other", "identity id=x")
	w.clock.Advance(time.Minute)
	current()
	w.clock.Advance(24 * time.Hour)
	current()
	current()
	if looks() != 3 {
		t.Errorf("%d looks after two imports and a night", looks())
	}
	if n := w.one(`select count(*) from finding_tally where evaluation_id = (select max(id) from finding_evaluation)`); n != int64(len(finding.Rules())) {
		t.Errorf("%d tallies of %d rules", n, len(finding.Rules()))
	}
}

// The list comes in pages without a gap or a repetition.
func TestPagesMeet(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	lines := sound
	for i := range 23 {
		lines += fmt.Sprintf("identity id=s%d kind=service domain=it\ngrant identity=s%[1]d entitlement=plc.program expires_at= ticket=\n", i)
	}
	w.load("corp", lines)
	all := w.look()
	var paged []int64
	f := finding.Filter{Page: 5}
	for range len(all) {
		rows, err := w.List(w.root, f)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			paged = append(paged, r.ID)
		}
		if len(rows) == 0 {
			break
		}
		f.After = rows[len(rows)-1].Cursor()
	}
	whole, err := w.List(w.root, finding.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	var ids []int64
	for _, r := range whole {
		ids = append(ids, r.ID)
	}
	if len(ids) < 60 || !slices.Equal(ids, paged) {
		t.Errorf("paged %v, in one piece %v", paged, ids)
	}
}
