package control_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"interlock/internal/apptest"
	"interlock/internal/audit"
	"interlock/internal/authz"
	"interlock/internal/control"
	"interlock/internal/errs"
	"interlock/internal/store"
)

func TestMain(m *testing.M) { apptest.Main(m) }

type fixture struct {
	db    *store.DB
	clock *apptest.Clock
	raw   *pgxpool.Pool
	log   *audit.Sequencer
	svc   *control.Service
	ctx   context.Context
}

func setUp(t testing.TB) *fixture {
	t.Helper()
	url := apptest.URL(t)
	f := &fixture{clock: &apptest.Clock{}, ctx: authz.CommandLine(t.Context(), "test")}
	var err error
	if f.db, err = store.Open(t.Context(), url, f.clock.Now); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.db.Close)
	if f.raw, err = pgxpool.New(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.raw.Close)
	signer, verifier, err := audit.LoadKey(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	f.log = audit.NewSequencer(f.db, signer, verifier)
	f.svc = control.New(f.db, f.log)
	return f
}

const campaignSQL = `
insert into review_definition (name, revision, text, created_by, created_at) values ('plant', 1, E'name: plant\n', 'g', $1);
`

func (f *fixture) exec(t testing.TB, sql string, args ...any) {
	t.Helper()
	if _, err := f.raw.Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// campaign makes campaign 1 with n items, of which the first is revoked, taken
// back and certified, and the second and third are certified at once.
func (f *fixture) campaign(t testing.TB, n int) {
	t.Helper()
	f.exec(t, campaignSQL, apptest.Start)
	f.exec(t, `insert into review_campaign (definition_id, title, state, items, created_by, created_at, launched_at, due_at)
		values (1, 'Plant access', 'active', $2, 'g', $1, $1, $1)`, apptest.Start, n)
	f.exec(t, `insert into review_reviewer (campaign_id, reviewer, name) values (1, 'r@example.com', 'R')`)
	f.exec(t, `insert into review_item (campaign_id, grant_id, identity_id, identity_key, identity_name, identity_kind, identity_status,
		  entitlement_id, entitlement_key, entitlement_name, asset_id, asset_key, asset_name, safety_related, crosses, seen_from,
		  consequence, risk, recommendation, reasons, assigned_by, reviewer, level, granted_at)
		select 1, i, i, '=cmd|' || i, E'Näme "' || i || E'"\n\\', 'person', 'active', i, 'e' || i, 'operate', i, 'a' || i, 'PLC',
		  false, true, $1, 'it', 1, 'certify', array['used daily', 'on "call"'], 'owner', 'r@example.com', 2.0, $1
		from generate_series(1, $2) i`, apptest.Start, n)
	f.decide(t, `[{"item":1,"decision":"revoke"}]`, "not <needed>", false)
	f.undo(t, 1)
	f.decide(t, `[{"item":1,"decision":"certify"}]`, "needed", false)
	f.decide(t, `[{"item":2,"decision":"certify"},{"item":3,"decision":"reduce","reduce_to":9}]`, "", true)
	f.exec(t, `insert into remediation (item_id, campaign_id, grant_id, work, reduce_to, opened_at) values (3, 1, 3, 'reduce', 9, $1)`, apptest.Start)
}

func (f *fixture) decide(t testing.TB, items, note string, bulk bool) {
	t.Helper()
	err := f.db.Write(f.ctx, "review:decide", func(tx *store.Tx) error {
		tx.Record("review.decided", store.Object{Kind: "campaign", ID: 1, Campaign: 1},
			map[string]any{"items": json.RawMessage(items), "note": note, "bulk": bulk, "open_ms": 1200, "reviewer": "r@example.com"})
		_, err := tx.Raw().Exec(f.ctx, `insert into review_decision
			(item_id, campaign_id, decision, reduce_to, note, decided_by, entered_by, decided_at, open_ms, bulk, recommendation, shown)
			select (i->>'item')::bigint, 1, i->>'decision', (i->>'reduce_to')::bigint, $2, 'r@example.com', 'cli:test', $3, 1200, $4, 'certify', 'item'
			from jsonb_array_elements($1::jsonb) i`, items, note, tx.Now, bulk)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (f *fixture) undo(t testing.TB, item int64) {
	t.Helper()
	err := f.db.Write(f.ctx, "review:decide", func(tx *store.Tx) error {
		tx.Record("review.undone", store.Object{Kind: "campaign", ID: 1, Campaign: 1},
			map[string]any{"items": []int64{item}, "reviewer": "r@example.com"})
		if _, err := tx.Raw().Exec(f.ctx, `update review_item set decision = null, decision_id = null, decided_at = null where id = $1`, item); err != nil {
			return err
		}
		_, err := tx.Raw().Exec(f.ctx, `insert into review_decision (item_id, campaign_id, decision, decided_by, entered_by, decided_at, recommendation, shown)
			values ($1, 1, 'undo', 'r@example.com', 'cli:test', $2, 'certify', 'item')`, item, tx.Now)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (f *fixture) export(t testing.TB) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := f.svc.Export(f.ctx, 1, &out, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func verify(t testing.TB, pack []byte, trusted string) control.Report {
	t.Helper()
	r, err := control.Verify(bytes.NewReader(pack), int64(len(pack)), trusted)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestExportAndVerify(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	f.campaign(t, 5)
	pack := f.export(t)
	r := verify(t, pack, "")
	if !r.Valid || r.Items != 5 || r.Decisions != 5 || r.Events != 4 || r.Trusted || !strings.Contains(r.Trust, "not who signed it") {
		t.Fatalf("%+v", r)
	}
	for _, key := range []string{f.log.Verifier(), audit.Fingerprint(f.log.Verifier())} {
		if r := verify(t, pack, key); !r.Valid || !r.Trusted {
			t.Errorf("%+v", r)
		}
	}
	_, other, err := audit.LoadKey(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	if r := verify(t, pack, other); r.Valid || !strings.Contains(r.Problems[0], "not with the key you named") {
		t.Errorf("%+v", r)
	}
	second := verify(t, f.export(t), "")
	if !second.Valid || second.Events != 5 {
		t.Errorf("the first export is no event of the second: %+v", second)
	}
}

func TestContents(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	f.campaign(t, 3)
	files := unzip(t, f.export(t))
	var items []map[string]any
	if err := json.Unmarshal(files["items.json"], &items); err != nil {
		t.Fatal(err)
	}
	if len(items) != 3 || items[0]["identity_name"] != "Näme \"1\"\n\\" || items[0]["identity_key"] != "=cmd|1" ||
		items[0]["level"] != 2.0 || items[0]["granted_at"] != "2026-11-12T09:00:00.000000Z" || items[0]["ticket"] != nil {
		t.Errorf("%v", items[0])
	}
	if !strings.Contains(string(files["items.csv"]), "'=cmd|1") || !strings.Contains(string(files["items.csv"]), `"used daily; on ""call"""`) {
		t.Errorf("%s", files["items.csv"])
	}
	var decisions []map[string]any
	if err := json.Unmarshal(files["decisions.json"], &decisions); err != nil || len(decisions) != 5 {
		t.Errorf("%v %v", decisions, err)
	}
	if string(files["definition.yaml"]) != "name: plant\n" || !strings.Contains(string(files["remediations.csv"]), "reduce") {
		t.Errorf("%s", files["remediations.csv"])
	}
}

func unzip(t testing.TB, pack []byte) map[string][]byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(pack), int64(len(pack)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, file := range z.File {
		r, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[file.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

func TestExportIsOnRecord(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	f.campaign(t, 3)
	f.export(t)
	member := authz.With(t.Context(), authz.Actor{Email: "m@example.com", Roles: []authz.Role{{Name: "member", Site: "*"}}})
	if err := f.svc.Export(member, 1, io.Discard, nil); !errs.Is(err, errs.Forbidden) {
		t.Fatalf("a member exported: %v", err)
	}
	if err := f.svc.Export(t.Context(), 1, io.Discard, nil); !errs.Is(err, errs.Unauthenticated) {
		t.Fatalf("nobody exported: %v", err)
	}
	if err := f.svc.Export(f.ctx, 99, io.Discard, nil); !errs.Is(err, errs.NotFound) {
		t.Fatalf("campaign 99: %v", err)
	}
	found, _, err := audit.New(f.db).Search(f.ctx, audit.Filter{Action: "evidence."})
	if err != nil || len(found) != 2 || found[0].Action != "evidence.refused" || found[1].Action != "evidence.exported" {
		t.Fatalf("%v %v", found, err)
	}
}

func TestTamperedDatabase(t *testing.T) {
	t.Parallel()
	t.Run("decision", func(t *testing.T) {
		t.Parallel()
		f := setUp(t)
		f.campaign(t, 3)
		f.exec(t, `alter table review_decision disable trigger user`)
		f.exec(t, `update review_decision set note = 'needed!' where id = (select id from review_decision order by id offset 2 limit 1)`)
		f.exec(t, `update review_decision set decision = 'certify' where id = (select id from review_decision order by id offset 0 limit 1)`)
		f.exec(t, `update review_decision set entered_by = null where id = (select id from review_decision order by id offset 3 limit 1)`)
		r := verify(t, f.export(t), "")
		all := strings.Join(r.Problems, "\n")
		for _, want := range []string{"row 1 (item 1, certify by r@example.com)", "row 3 (item 1", "row 4 (item 2", "item 1 was answered by event no. 0"} {
			if !strings.Contains(all, want) {
				t.Errorf("%q is not named in\n%s", want, all)
			}
		}
	})
	t.Run("event", func(t *testing.T) {
		t.Parallel()
		f := setUp(t)
		f.campaign(t, 3)
		f.export(t)
		f.exec(t, `alter table audit_event disable trigger user`)
		f.exec(t, `update audit_event set detail = '{}' where id = 2`)
		if err := f.svc.Export(f.ctx, 1, io.Discard, nil); err == nil || !strings.Contains(err.Error(), "event 2") {
			t.Errorf("a changed log was exported: %v", err)
		}
	})
}

func TestExportWhileDeciding(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	f.campaign(t, 3)
	ctx, stop := context.WithTimeout(f.ctx, 2*time.Second)
	defer stop()
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			f.undo(t, 2)
			f.decide(t, `[{"item":2,"decision":"certify"}]`, "again", false)
			time.Sleep(20 * time.Millisecond)
		}
	}()
	if r := verify(t, f.export(t), ""); !r.Valid {
		t.Errorf("%+v", r)
	}
	stop()
	<-done
}
