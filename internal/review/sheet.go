package review

import (
	"context"
	"math"
	"strings"
	"time"

	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// Sizes of what one screen shows before "more".
const (
	pageRows   = 25
	pageGroups = 6
	pageGiven  = 8
	groupRows  = 12
)

// Look says which part of a reviewer's sheet to show.
type Look struct {
	Risk  Risk   // only this rung; 0 for all
	Words string // that the identity, the right or the asset contains
	By    string // grouped by: "" for risk, identity, asset
	Item  int64  // shown in full; 0 for the first that is decided one by one, -1 for none
	Group int64  // the group (its entitlement) whose members are listed; 0 for the first
	Skip  int32  // groups left out before those listed
	Given int64  // answers before this decision; 0 for the newest
	After Cursor // in the list named by its section
}

// Cursor is where a list goes on.
type Cursor struct {
	Section string // one, look, low or key
	Key     string
	Risk    Risk
	ID      int64
}

// Row is an item as a list shows it.
type Row struct {
	ID              int64
	Risk            int16
	IdentityID      int64
	IdentityName    string
	IdentityKind    string
	IdentityStatus  string
	Organisation    *string
	Department      *string
	OwnerName       *string
	IdentityDomain  *string
	ContractEnd     *time.Time
	EntitlementName string
	Privilege       *string
	AssetID         int64
	AssetName       string
	Level           *float64
	AssetDomain     *string
	FromLevel       *float64
	FromDomain      *string
	SafetyRelated   bool
	LastUsedAt      *time.Time
	GrantedAt       *time.Time
	ExpiresAt       *time.Time
	Recommendation  string
	Reasons         []string
	ConduitKind     *string
	Peers           *int32
	PeersHolding    *int32
	SortKey         string
}

// Rows is a list with where it goes on; Next is nil at the end.
type Rows struct {
	Rows []Row
	Next *Cursor
}

// Group is low-risk items of the same right, answered at once.
type Group struct {
	sqlc.ReviewSheetGroupsRow
	Members Rows // of the one group that is open
	Now     Gaps // of its asset, likewise
	Open    bool
}

// Given is an answer that was given.
type Given = sqlc.ReviewSheetDecidedRow

// Sheet is a reviewer's campaign.
type Sheet struct {
	ID               int64
	Title, Name      string
	State            State
	Definition       Definition
	Due              time.Time
	Zone             string // in which Due is told; see zones
	SignedAt         *time.Time
	Statement        string
	Counts           Counts
	One, Look, Keyed Rows
	Groups           []Group
	MoreGroups       bool
	Given            []Given
	MoreGiven        bool
	Case             *Case
}

// Counts tells how a reviewer's items stand.
type Counts struct {
	Total    int64
	Open     map[Risk]int64
	Answered map[Answer]int64
}

// OpenItems is how many have no answer.
func (c Counts) OpenItems() int64 {
	var n int64
	for _, v := range c.Open {
		n += v
	}
	return n
}

// ReadOnly tells whether nothing can change any more.
func (s Sheet) ReadOnly() bool { return s.SignedAt != nil || !s.State.Open() }

// Sheet reads what the actor reviews in a campaign.
func (s *Service) Sheet(ctx context.Context, campaign int64, look Look) (Sheet, error) {
	var sheet Sheet
	err := s.db.Read(ctx, "review:read", func(tx *store.Tx) error {
		head, err := tx.ReviewSheetHead(ctx, sqlc.ReviewSheetHeadParams{ID: campaign, Reviewer: tx.Actor.Email})
		if err != nil {
			return err
		}
		sheet, err = sheetOf(head)
		if err != nil {
			return err
		}
		r := sheetReader{tx: tx, campaign: campaign, reviewer: tx.Actor.Email, look: look, sheet: &sheet}
		return r.read(ctx)
	})
	return sheet, err
}

// Seen notes that the reviewer looked, at most once a minute. It is upkeep of the
// overview, not a change anyone made.
func (s *Service) Seen(ctx context.Context, campaign int64, reviewer string) error {
	return s.db.Upkeep(ctx, func(tx *store.Tx) error {
		return tx.ReviewSeen(ctx, sqlc.ReviewSeenParams{CampaignID: campaign, Reviewer: reviewer, At: tx.Now})
	})
}

func sheetOf(h sqlc.ReviewSheetHeadRow) (Sheet, error) {
	d, err := Parse(h.Definition)
	s := Sheet{ID: h.ID, Title: h.Title, Name: h.DefinitionName, State: State(h.State), Definition: d, SignedAt: h.SignedAt}
	if h.DueAt != nil {
		s.Due = *h.DueAt
	}
	if h.Statement != nil {
		s.Statement = *h.Statement
	}
	return s, err
}

// sheetReader fills a sheet part by part, in one transaction.
type sheetReader struct {
	tx       *store.Tx
	campaign int64
	reviewer string
	look     Look
	sheet    *Sheet
}

func (r sheetReader) read(ctx context.Context) error {
	steps := []func(context.Context) error{r.counts, r.lists, r.given, r.openCase}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (r sheetReader) counts(ctx context.Context) error {
	rows, err := r.tx.ReviewSheetCounts(ctx, sqlc.ReviewSheetCountsParams{CampaignID: r.campaign, Reviewer: r.reviewer})
	if err != nil {
		return err
	}
	r.sheet.Counts = tally(rows)
	var at sites
	for _, row := range rows {
		at.add(sites{row.FirstSite, row.LastSite})
	}
	r.sheet.Zone, err = zonesIn(r.tx).of(ctx, at)
	return err
}

func tally(rows []sqlc.ReviewSheetCountsRow) Counts {
	c := Counts{Open: map[Risk]int64{}, Answered: map[Answer]int64{}}
	for _, row := range rows {
		c.Total += row.Items
		if row.Decision == nil {
			c.Open[Risk(row.Risk)] += row.Items
			continue
		}
		c.Answered[Answer(*row.Decision)] += row.Items
	}
	return c
}

func (r sheetReader) lists(ctx context.Context) (err error) {
	if r.look.By == "identity" || r.look.By == "asset" {
		r.sheet.Keyed, err = r.keyed(ctx)
		return err
	}
	if r.sheet.One, err = r.open(ctx, "one", High, Critical, 0, pageRows); err != nil {
		return err
	}
	if r.sheet.Look, err = r.open(ctx, "look", Medium, Medium, 0, pageRows); err != nil {
		return err
	}
	return r.groups(ctx)
}

func (r sheetReader) wanted(lowest, highest Risk) bool {
	return r.look.Risk == 0 || (lowest <= r.look.Risk && r.look.Risk <= highest)
}

// open lists open items between two rungs; entitlement 0 is any.
func (r sheetReader) open(ctx context.Context, section string, lowest, highest Risk, entitlement int64, page int32) (Rows, error) {
	if !r.wanted(lowest, highest) {
		return Rows{}, nil
	}
	if r.look.Risk != 0 {
		lowest, highest = r.look.Risk, r.look.Risk
	}
	p := sqlc.ReviewSheetOpenParams{
		CampaignID: r.campaign, Reviewer: r.reviewer, Lowest: int16(lowest), Highest: int16(highest),
		Words: pattern(r.look.Words), Entitlement: entitlement, AfterRisk: int16(Critical) + 1, Page: page + 1,
	}
	if r.look.After.Section == section {
		p.AfterRisk, p.AfterID = int16(r.look.After.Risk), r.look.After.ID
	}
	rows, err := r.tx.ReviewSheetOpen(ctx, p)
	list := make([]Row, len(rows))
	for i, row := range rows {
		list[i] = Row(row)
	}
	return cut(list, section, page), err
}

func (r sheetReader) keyed(ctx context.Context) (Rows, error) {
	p := sqlc.ReviewSheetByKeyParams{
		CampaignID: r.campaign, Reviewer: r.reviewer, Key: r.look.By, Lowest: int16(Low), Highest: int16(Critical),
		Words: pattern(r.look.Words), AfterRisk: math.MaxInt16, Page: 2*pageRows + 1,
	}
	if a := r.look.After; a.Section == "key" {
		p.AfterKey, p.AfterRisk, p.AfterID = a.Key, int16(a.Risk), a.ID
	}
	if r.look.Risk != 0 {
		p.Lowest, p.Highest = int16(r.look.Risk), int16(r.look.Risk)
	}
	rows, err := r.tx.ReviewSheetByKey(ctx, p)
	list := make([]Row, len(rows))
	for i, row := range rows {
		list[i] = Row(row)
	}
	return cut(list, "key", 2*pageRows), err
}

// cut keeps a page of the rows and says where the list goes on.
func cut(rows []Row, section string, page int32) Rows {
	if len(rows) <= int(page) {
		return Rows{Rows: rows}
	}
	last := rows[page-1]
	return Rows{Rows: rows[:page], Next: &Cursor{Section: section, Key: last.SortKey, Risk: Risk(last.Risk), ID: last.ID}}
}

func (r sheetReader) groups(ctx context.Context) error {
	if !r.wanted(Low, Low) {
		return nil
	}
	rows, err := r.tx.ReviewSheetGroups(ctx, sqlc.ReviewSheetGroupsParams{
		CampaignID: r.campaign, Reviewer: r.reviewer, Words: pattern(r.look.Words),
		Recently: r.tx.Now.AddDate(0, 0, -30), Page: pageGroups + 1, Skip: r.look.Skip,
	})
	if err != nil {
		return err
	}
	if r.sheet.MoreGroups = len(rows) > pageGroups; r.sheet.MoreGroups {
		rows = rows[:pageGroups]
	}
	for i, row := range rows {
		g := Group{ReviewSheetGroupsRow: row, Open: r.look.Group == row.EntitlementID || (r.look.Group == 0 && i == 0)}
		if g.Open {
			if g.Members, err = r.open(ctx, "low", Low, Low, row.EntitlementID, groupRows); err != nil {
				return err
			}
			of, err := gapsOf(ctx, r.tx, row.AssetID)
			if err != nil {
				return err
			}
			g.Now = of[row.AssetID]
		}
		r.sheet.Groups = append(r.sheet.Groups, g)
	}
	return nil
}

func (r sheetReader) given(ctx context.Context) error {
	before := r.look.Given
	if before == 0 {
		before = math.MaxInt64
	}
	rows, err := r.tx.ReviewSheetDecided(ctx, sqlc.ReviewSheetDecidedParams{
		CampaignID: r.campaign, Reviewer: r.reviewer, Before: before, Page: pageGiven + 1,
	})
	if r.sheet.MoreGiven = len(rows) > pageGiven; r.sheet.MoreGiven {
		rows = rows[:pageGiven]
	}
	r.sheet.Given = rows
	return err
}

// pattern makes words a pattern for ilike that finds them anywhere.
func pattern(words string) string {
	words = strings.TrimSpace(words)
	if words == "" {
		return ""
	}
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(words) + "%"
}
