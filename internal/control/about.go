package control

import (
	"time"

	"interlock/internal/store/sqlc"
)

// about is campaign.json.
type about struct {
	Campaign      int64      `json:"campaign"`
	Title         string     `json:"title"`
	Definition    string     `json:"definition"`
	Revision      int32      `json:"revision"`
	State         string     `json:"state"`
	Items         int64      `json:"items"`
	Decided       int64      `json:"decided"`
	FallbackItems int64      `json:"fallback_items"`
	Decisions     int64      `json:"decisions"`
	Remediations  int64      `json:"remediations"`
	CreatedBy     string     `json:"created_by"`
	CreatedAt     time.Time  `json:"created_at"`
	LaunchedAt    *time.Time `json:"launched_at"`
	DueAt         *time.Time `json:"due_at"`
	ClosedAt      *time.Time `json:"closed_at"`
	ClosedBy      *string    `json:"closed_by"`
	Reviewers     []reviewer `json:"reviewers"`
}

// reviewer is who reviewed and what they attested.
type reviewer struct {
	Reviewer    string     `json:"email"`
	Name        string     `json:"name"`
	FirstSeenAt *time.Time `json:"first_seen_at"`
	LastSeenAt  *time.Time `json:"last_seen_at"`
	SignedAt    *time.Time `json:"signed_at"`
	Statement   *string    `json:"statement"`
	EnteredBy   *string    `json:"entered_by"` // null when they signed themselves
}

func describe(c sqlc.ControlCampaignRow, people []sqlc.ControlReviewersRow) about {
	a := about{
		Campaign: c.ID, Title: c.Title, Definition: c.Name, Revision: c.Revision, State: c.State,
		Items: c.Items, Decided: c.Decided, FallbackItems: c.FallbackItems,
		Decisions: c.Decisions, Remediations: c.Remediations,
		CreatedBy: c.CreatedBy, CreatedAt: c.CreatedAt, LaunchedAt: c.LaunchedAt, DueAt: c.DueAt,
		ClosedAt: c.ClosedAt, ClosedBy: c.ClosedBy, Reviewers: []reviewer{},
	}
	for _, p := range people {
		a.Reviewers = append(a.Reviewers, reviewer(p))
	}
	return a
}

const readme = `Evidence of an access review
============================

This pack was made by Interlock. It holds what one review campaign looked at,
who decided what and when, and the part of the audit log that belongs to it.

  campaign.json     the campaign, its dates and counts, its reviewers and what
                    each attested on signing off
  definition.yaml   the definition the campaign ran by
  items.csv, .json  every access under review with its facts as they were frozen
                    at launch: what the reviewer could see
  decisions.csv,    every answer, also those taken back: who, when, who entered it
  decisions.json    on their behalf (empty: they themselves), the reason, how long it was open (milliseconds), whether several were
                    answered at once, what was recommended, and what was shown
                    ("item", its "group", a "list" row or an exported "file")
  remediations.csv  the work that the decisions oblige, and how far it is
  audit.jsonl       the audit log's events of this campaign, each with the proof
                    that the signed log includes it
  checkpoint.txt    the signed head of the audit log those proofs lead to
  verifier.txt      the public key this pack is signed with
  manifest.json     SHA-256 sums of all files, as content and as stored here
  manifest.sig      the signature over the manifest

In the CSV files a cell that begins with = + - @ or a tab has a ' before it, so
that no spreadsheet takes it for a formula. The JSON files have it as it was.
Times are UTC.

To verify
---------

  interlock evidence verify PACK.zip

needs no database and no network. It names what was changed if one byte differs.
A good result means that the pack is as it was signed. Who signed it you know only
if you got the key from the plant by another way: compare the fingerprint that is
printed with the one you were given.

By hand: sha256sum of each file is in manifest.json; manifest.sig is a signed note
(golang.org/x/mod/sumdb/note, Ed25519) over the SHA-256 of manifest.json. Each
event in audit.jsonl is hashed exactly as it stands after "event": as a leaf of a
Merkle tree by RFC 6962; "proof" is its audit path to the root in checkpoint.txt.
`
