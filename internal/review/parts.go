package review

import (
	"context"
	_ "embed"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"interlock/internal/store"
)

//go:embed parts.sql
var partsText string

// part is one select of parts.sql.
type part struct{ name, sql string }

var partHead = regexp.MustCompile(`(?m)^-- part (\w+):.*\n(?:--.*\n)*`)

// parts are what assign.sql reads besides the inventory, each after those it reads.
var parts = func() (list []part) {
	told := "{" + strings.Join(slices.Sorted(maps.Keys(toldBy)), ",") + "}"
	text := strings.Replace(partsText, "{{told}}", told, 1)
	heads := partHead.FindAllStringSubmatchIndex(text, -1)
	for i, h := range heads {
		end := len(text)
		if i+1 < len(heads) {
			end = heads[i+1][0]
		}
		list = append(list, part{name: text[h[2]:h[3]], sql: strings.TrimSpace(text[h[1]:end])})
	}
	return list
}()

// inline makes the parts clauses of the statement that reads them.
func inline() string {
	clauses := make([]string, len(parts))
	for i, p := range parts {
		clauses[i] = p.name + " as materialized (\n" + p.sql + "\n)"
	}
	return strings.Join(clauses, ",\n")
}

// aside works the parts out into tables, which the planner knows and shares among
// workers, for a launch so large that it pays. It returns the clauses that read
// them, and the tables.
func aside(ctx context.Context, tx *store.Tx, campaign int64) (clauses string, tables []string, err error) {
	var made []string
	for _, p := range parts {
		table := fmt.Sprintf("launch_%d_%s", campaign, p.name)
		sql := p.sql
		if made != nil {
			sql = "with " + strings.Join(made, ",\n") + "\n" + sql
		}
		if _, err := tx.Raw().Exec(ctx, "create unlogged table "+table+" as "+sql); err != nil {
			return "", nil, err
		}
		if _, err := tx.Raw().Exec(ctx, "analyze "+table); err != nil {
			return "", nil, err
		}
		made = append(made, p.name+" as not materialized (select * from "+table+")")
		tables = append(tables, table)
	}
	return strings.Join(made, ",\n"), tables, nil
}

// PeerShares is the statement that tells, for every live grant, which peers its
// identity is compared with, how many there are and how many of them hold the same
// entitlement, as items freeze it.
func PeerShares() string {
	return "with " + inline() + `
select g.id as grant_id, s.peer_group, s.peers, case when s.circle is not null then coalesce(h.holders, 0) - s.here end as peers_holding
  from access_grant g
  join seat s         on s.identity_id = g.identity_id
  left join holding h on h.circle = s.circle and h.entitlement_id = g.entitlement_id
 where g.ended_at is null`
}
