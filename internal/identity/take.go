package identity

import (
	"context"
	"encoding/csv"
	"errors"
	"io"
	"math"
	"strings"

	"interlock/internal/audit"
	"interlock/internal/authz"
	"interlock/internal/errs"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// Candidate is two identities that may be one person: they have one name.
type Candidate = sqlc.IdentityJoinCandidatesRow

// CandidateFilter narrows the list of candidates; After is the last one seen.
type CandidateFilter struct {
	Text  string
	After [2]int64
}

// Candidates returns the first fifty pairs that match, and whether there are more.
func (s *Service) Candidates(ctx context.Context, f CandidateFilter) (list []Candidate, more bool, err error) {
	err = s.db.Read(ctx, "inventory:read", func(tx *store.Tx) (err error) {
		list, err = tx.IdentityJoinCandidates(ctx, sqlc.IdentityJoinCandidatesParams{AfterLeft: f.After[0], AfterRight: f.After[1], Text: like(f.Text), Most: pageOf + 1})
		return err
	})
	if len(list) > pageOf {
		return list[:pageOf], true, err
	}
	return list, false, err
}

// Take says that two identities are one person though no rule finds it.
func (s *Service) Take(ctx context.Context, one, other int64, reason string) error {
	if reason = strings.TrimSpace(reason); reason == "" {
		return errs.InvalidField("reason", "Say why they are one person.")
	}
	return s.db.Write(ctx, "person:join", func(tx *store.Tx) error {
		if err := tx.IdentityJoinTurn(ctx); err != nil {
			return err
		}
		pair := []int64{min(one, other), max(one, other)}
		people, err := tx.IdentityPersons(ctx, pair)
		if err != nil {
			return err
		}
		if len(people) != 2 {
			return errs.NotFoundf("These are not two persons of the inventory. Load the page again.")
		}
		if err := notOneself(ctx, tx, pair); err != nil {
			return err
		}
		id, err := tx.IdentityJoinByHand(ctx, sqlc.IdentityJoinByHandParams{
			IdentityID: pair[0], OtherID: pair[1], Evidence: people[0].Name, At: tx.Now, JoinedBy: tx.Actor.ID(), Reason: reason,
		})
		if err != nil {
			return err
		}
		tx.Record("identity.taken", store.Object{Kind: "identity", ID: pair[1]}, map[string]any{"join": id, "with": pair[0], "reason": reason})
		return tx.IdentityRegroup(ctx, pair)
	})
}

// notOneself refuses people who would say who they are themselves.
func notOneself(ctx context.Context, tx *store.Tx, identities []int64) error {
	if tx.Actor.Email == "" {
		return nil
	}
	own, err := tx.IdentityIsActor(ctx, sqlc.IdentityIsActorParams{Identities: identities, Email: tx.Actor.Email})
	if err == nil && own {
		err = errs.Forbiddenf("Nobody says of themselves which identities are theirs. Ask somebody else to look at this join.")
	}
	return err
}

// JoinedByImports counts the pairs that each of these imports joined, by rule.
func (s *Service) JoinedByImports(ctx context.Context, imports []int64) (counts map[int64]map[string]int64, err error) {
	counts = map[int64]map[string]int64{}
	err = s.db.Read(ctx, "inventory:read", func(tx *store.Tx) error {
		rows, err := tx.IdentityJoinsByImport(ctx, imports)
		for _, r := range rows {
			if counts[r.ImportID] == nil {
				counts[r.ImportID] = map[string]int64{}
			}
			counts[r.ImportID][r.Rule] = r.Pairs
		}
		return err
	})
	return counts, err
}

var pairsHeader = []string{
	"join", "rule", "evidence", "state", "joined_at", "import", "joined_by", "reason", "ended_at", "undone_by", "undone_reason",
	"source", "id", "name", "kind", "email", "status", "other_source", "other_id", "other_name", "other_kind", "other_email", "other_status",
}

// ExportPairs writes every join that matches as CSV, newest first. It goes on
// record, and so does its refusal.
func (s *Service) ExportPairs(ctx context.Context, f PairFilter, to io.Writer) error {
	refusal := authz.Check(authz.From(ctx), "inventory:read")
	if err := audit.Exports(ctx, s.db, refusal, store.Object{Kind: "inventory", ID: "joins"}, f); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, exporting)
	defer cancel()
	f.Before = 0
	var list []Pair
	err := s.db.Read(ctx, "inventory:read", func(tx *store.Tx) (err error) {
		list, err = f.read(ctx, tx, math.MaxInt32)
		return err
	})
	out := csv.NewWriter(to)
	_ = out.Write(pairsHeader)
	for _, p := range list {
		_ = out.Write(pairRecord(p))
	}
	out.Flush()
	return errors.Join(err, out.Error())
}

func pairRecord(p Pair) []string {
	list := []string{
		number(p.ID), p.Rule, p.Evidence, string(StateOf(p)), moment(&p.JoinedAt), "", text(p.JoinedBy), text(p.Reason), moment(EndedAt(p)), text(p.UndoneBy), text(p.UndoneReason),
		p.LeftSource, p.LeftKey, p.LeftName, p.LeftKind, text(p.LeftEmail), p.LeftStatus, p.RightSource, p.RightKey, p.RightName, p.RightKind, text(p.RightEmail), p.RightStatus,
	}
	if p.ImportID != nil {
		list[5] = number(*p.ImportID)
	}
	for i := range list {
		list[i] = audit.Cell(list[i])
	}
	return list
}
