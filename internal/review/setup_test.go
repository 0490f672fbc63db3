package review

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"interlock/internal/apptest"
	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/store"
)

func TestMain(m *testing.M) { apptest.Main(m) }

const (
	fallback = "fallback@x.example"
	reserve  = "reserve@x.example"
)

// plant is a small inventory in a database of its own, written by SQL.
type plant struct {
	*Service
	t     *testing.T
	db    *store.DB
	clock *apptest.Clock
	root  context.Context
	src   int64
}

func newPlant(t *testing.T) *plant {
	t.Helper()
	db, clock := apptest.DB(t)
	if strings.HasPrefix(t.Name(), "TestTwice/") {
		db.Twice()
	}
	p := &plant{Service: New(db), t: t, db: db, clock: clock, root: authz.CommandLine(t.Context(), "root")}
	p.src = p.source("hr")
	return p
}

func (p *plant) one(sql string, args ...any) int64 {
	p.t.Helper()
	var n int64
	if err := p.db.Pool().QueryRow(context.Background(), sql, args...).Scan(&n); err != nil {
		p.t.Fatalf("%s %v: %v", sql, args, err)
	}
	return n
}

func (p *plant) exec(sql string, args ...any) {
	p.t.Helper()
	if _, err := p.db.Pool().Exec(context.Background(), sql, args...); err != nil {
		p.t.Fatalf("%s %v: %v", sql, args, err)
	}
}

func (p *plant) texts(sql string, args ...any) []string {
	p.t.Helper()
	rows, err := p.db.Pool().Query(context.Background(), sql, args...)
	if err != nil {
		p.t.Fatal(err)
	}
	defer rows.Close()
	list := []string{}
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			p.t.Fatal(err)
		}
		list = append(list, s)
	}
	if rows.Err() != nil {
		p.t.Fatal(rows.Err())
	}
	return list
}

func (p *plant) source(name string) int64 {
	p.t.Helper()
	return p.one(`insert into source (name, created_at) values ($1, $2) returning id`, name, p.clock.Now())
}

// who is an identity as it is inserted; kind person and status active unless said.
type who struct {
	src            int64
	kind, status   string
	email          string // "-" for none, "" for <id>@x.example when a person
	manager, owner int64
	domain         string
}

func (p *plant) identity(id string, w who) int64 {
	p.t.Helper()
	w.kind, w.status = or(w.kind, "person"), or(w.status, "active")
	if w.src == 0 {
		w.src = p.src
	}
	if w.email == "" && (w.kind == "person" || w.kind == "contractor") {
		w.email = id + "@x.example"
	}
	return p.one(`insert into identity (source_id, external_id, name, kind, email, manager_id, owner_id, domain, status, seen_from)
		values ($1, $2, $2, $3, nullif(nullif($4, '-'), ''), nullif($5, 0::bigint), nullif($6, 0::bigint), nullif($7, ''), $8, $9) returning id`,
		w.src, id, w.kind, w.email, w.manager, w.owner, w.domain, w.status, p.clock.Now().AddDate(-1, 0, 0))
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// thing is an asset as it is inserted.
type thing struct {
	zone  string // it, ot or "" for none
	owner int64
	safe  bool
}

func (p *plant) asset(id string, a thing) int64 {
	p.t.Helper()
	var zone int64
	if a.zone != "" {
		zone = p.one(`insert into zone (source_id, external_id, name, level, domain, seen_from)
			values ($1, $2, $2, case $2 when 'it' then 4 when 'ot' then 2 end, $2, $3)
			on conflict (source_id, external_id) do update set name = excluded.name returning id`, p.src, a.zone, p.clock.Now())
	}
	return p.one(`insert into asset (source_id, external_id, name, zone_id, owner_id, safety_related, seen_from)
		values ($1, $2, $2, nullif($3, 0::bigint), nullif($4, 0::bigint), $5, $6) returning id`, p.src, id, zone, a.owner, a.safe, p.clock.Now())
}

func (p *plant) right(id string, asset int64, privilege string, owner int64) int64 {
	p.t.Helper()
	return p.one(`insert into entitlement (source_id, external_id, name, asset_id, privilege, owner_id, seen_from)
		values ($1, $2, $2, $3, nullif($4, ''), nullif($5, 0::bigint), $6) returning id`, p.src, id, asset, privilege, owner, p.clock.Now())
}

func (p *plant) grant(identity, right int64, by string) int64 {
	p.t.Helper()
	return p.one(`insert into access_grant (source_id, identity_id, entitlement_id, granted_by, seen_from)
		values ($1, $2, $3, nullif($4, ''), $5) returning id`, p.src, identity, right, by, p.clock.Now())
}

// person joins identities into one person.
func (p *plant) person(ids ...int64) {
	p.t.Helper()
	for _, id := range ids[1:] {
		p.exec(`insert into identity_join (identity_id, other_id, rule, evidence, joined_at, joined_by, reason)
			values (least($1, $2::bigint), greatest($1, $2::bigint), 'same_number', '1', $3, 'root', 'known')`, ids[0], id, p.clock.Now())
	}
	p.exec(`select identity_regroup($1)`, ids)
}

// taken makes a person the owner, who agreed.
func (p *plant) taken(subject string, id, owner int64) {
	p.t.Helper()
	p.exec(`insert into ownership_transfer (subject, subject_id, owner_id, email, proposal, offered_by, offered_at, expires_at)
		select $1, $2, i.id, i.email, 'named', 'root', $4::timestamptz, $4::timestamptz + interval '1 day' from identity i where i.id = $3`, subject, id, owner, p.clock.Now())
	p.exec(`update ownership_transfer set state = 'accepted', answered_by = email, answered_at = offered_at where subject = $1 and subject_id = $2`, subject, id)
}

// define writes a definition: reviewers as "manager, owner", the rest as extra lines.
func define(scope, reviewers string, extra ...string) string {
	text := fmt.Sprintf("name: r\ntitle: A review\nscope: %s\nstages:\n  - reviewers: [%s]\n    days: 14\n", scope, reviewers)
	if !strings.Contains(strings.Join(extra, "\n"), "fallback:") {
		extra = append(extra, "fallback: ["+fallback+"]")
	}
	return text + strings.Join(extra, "\n") + "\n"
}

func (p *plant) launch(text string) int64 {
	p.t.Helper()
	made, err := p.DraftAndLaunch(p.root, text, Again)
	if err != nil {
		p.t.Fatalf("launch: %v\n%s", err, text)
	}
	return made.Campaign
}

// as is a signed-in person with the role member.
func as(ctx context.Context, email string) context.Context { return withRole(ctx, email, "member") }

func withRole(ctx context.Context, email, role string) context.Context {
	return authz.With(ctx, authz.Actor{Account: 1, Email: email, Name: email, Roles: []authz.Role{{Name: role, Site: authz.Everywhere}}})
}

func say(item int64, a Answer, note string) Batch {
	return Batch{Said: []Said{{Item: item, Answer: a, Note: note}}, Shown: "item", Open: 3 * time.Second}
}

func (p *plant) item(campaign int64, identity string) int64 {
	p.t.Helper()
	return p.one(`select id from review_item where campaign_id = $1 and identity_key = $2`, campaign, identity)
}

func (p *plant) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func wantRefusal(t *testing.T, err error, kind errs.Kind, sentence string) {
	t.Helper()
	if !errs.Is(err, kind) || err.Error() != sentence {
		t.Fatalf("got  %v (kind %d)\nwant %s (kind %d)", err, errs.KindOf(err), sentence, kind)
	}
}

// simple is one manager, three subjects and a low-risk right, launched.
func (p *plant) simple() (campaign int64, items []int64) {
	p.t.Helper()
	boss := p.identity("boss", who{})
	right := p.right("read", p.asset("wiki", thing{zone: "it"}), "view", 0)
	for _, id := range []string{"ann", "ben", "cid"} {
		p.grant(p.identity(id, who{manager: boss}), right, "")
	}
	campaign = p.launch(define("true", "manager"))
	return campaign, []int64{p.item(campaign, "ann"), p.item(campaign, "ben"), p.item(campaign, "cid")}
}

const boss = "boss@x.example"
