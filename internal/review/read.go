package review

import (
	"context"
	"math"
	"strings"
	"time"

	"interlock/internal/errs"
	"interlock/internal/remediation"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// Waiting is a campaign that waits for a reviewer.
type Waiting struct {
	ID         int64
	Title      string
	State      State
	Definition Definition
	Due        time.Time
	Counts     Counts
	Decided    int64
}

// Signed is a campaign that a reviewer signed off.
type Signed = sqlc.ReviewSignedByRow

// Inbox is what waits for the actor and what they signed.
type Inbox struct {
	Waiting []Waiting
	Signed  []Signed
}

// Inbox reads what waits for the actor, the earliest due first.
func (s *Service) Inbox(ctx context.Context) (Inbox, error) {
	var in Inbox
	err := s.db.Read(ctx, "review:read", func(tx *store.Tx) error {
		rows, err := tx.ReviewInbox(ctx, tx.Actor.Email)
		if err != nil {
			return err
		}
		for _, r := range rows {
			w, err := waitingOf(r)
			if err != nil {
				return err
			}
			in.Waiting = append(in.Waiting, w)
		}
		in.Signed, err = tx.ReviewSignedBy(ctx, tx.Actor.Email)
		return err
	})
	return in, err
}

func waitingOf(r sqlc.ReviewInboxRow) (Waiting, error) {
	d, err := Parse(r.Definition)
	w := Waiting{ID: r.ID, Title: r.Title, State: State(r.State), Definition: d, Decided: r.Decided, Counts: Counts{
		Total: r.Items, Open: map[Risk]int64{Low: r.Low, Medium: r.Medium, High: r.High, Critical: r.Critical},
	}}
	if r.DueAt != nil {
		w.Due = *r.DueAt
	}
	return w, err
}

// WaitingCount is the number beside "Reviews" in the menu.
func (s *Service) WaitingCount(ctx context.Context) (n int64, err error) {
	err = s.db.Read(ctx, "review:read", func(tx *store.Tx) error {
		n, err = tx.ReviewWaiting(ctx, tx.Actor.Email)
		return err
	})
	return n, err
}

// Campaign is a campaign with how it stands.
type Campaign struct {
	ID                          int64
	Title, Name                 string
	Revision                    int32
	State                       State
	Items, FallbackItems        int64
	CreatedBy                   string
	CreatedAt                   time.Time
	LaunchedAt, DueAt, ClosedAt *time.Time
	ClosedBy                    *string
	Definition                  string
	Answered                    map[Answer]int64
	Outcomes                    map[string]int64
	Open                        map[Risk]int64
	OpenBy                      map[string]int64 // without an answer, by consequence class
	SafetyOpen                  int64            // high risk, open and safety-related
	HighTotal                   int64
	Silent                      map[string]int64 // of the outcomes, without an answer
	Unsigned                    int64            // reviewers with items who have not signed off
	Remediation                 map[string]int64
	Days                        []Day
}

// Day is how many items were answered on a day.
type Day = sqlc.ReviewDecidedByDayRow

// Decided is how many items have an answer.
func (c Campaign) Decided() int64 {
	var n int64
	for _, v := range c.Answered {
		n += v
	}
	return n
}

// OpenItems is how many have none.
func (c Campaign) OpenItems() int64 { return c.Items - c.Decided() }

// Parsed reads the definition, which was checked when it was saved.
func (c Campaign) Parsed() Definition {
	d, err := Parse(c.Definition)
	if err != nil {
		return Definition{Title: c.Title, Scope: "?"}
	}
	return d
}

// Campaign reads one campaign and how it stands.
func (s *Service) Campaign(ctx context.Context, id int64) (Campaign, error) {
	var c Campaign
	err := s.db.Read(ctx, "campaign:read", func(tx *store.Tx) error {
		row, err := tx.ReviewCampaignGet(ctx, id)
		if err != nil {
			return err
		}
		c = campaignOf(row)
		return c.read(ctx, tx)
	})
	return c, err
}

func campaignOf(r sqlc.ReviewCampaignGetRow) Campaign {
	return Campaign{
		ID: r.ID, Title: r.Title, Name: r.DefinitionName, Revision: r.Revision, State: State(r.State), Items: r.Items, FallbackItems: r.FallbackItems,
		CreatedBy: r.CreatedBy, CreatedAt: r.CreatedAt, LaunchedAt: r.LaunchedAt, DueAt: r.DueAt, ClosedAt: r.ClosedAt, ClosedBy: r.ClosedBy,
		Definition: r.Definition, Answered: map[Answer]int64{}, Outcomes: map[string]int64{}, Open: map[Risk]int64{}, OpenBy: map[string]int64{}, Silent: map[string]int64{},
	}
}

func (c *Campaign) read(ctx context.Context, tx *store.Tx) (err error) {
	rows, err := tx.ReviewCampaignCounts(ctx, c.ID)
	if err != nil {
		return err
	}
	for _, r := range rows {
		c.count(r)
	}
	if c.Unsigned, err = tx.ReviewUnsigned(ctx, c.ID); err != nil {
		return err
	}
	if c.Days, err = tx.ReviewDecidedByDay(ctx, c.ID); err != nil {
		return err
	}
	c.Remediation, err = remediation.Counts(ctx, tx, c.ID)
	return err
}

func (c *Campaign) count(r sqlc.ReviewCampaignCountsRow) {
	high := Risk(r.Risk) >= High
	if high {
		c.HighTotal += r.Items
	}
	if r.Outcome != nil {
		c.Outcomes[*r.Outcome] += r.Items
		if r.Decision == nil || *r.Decision == string(Unsure) {
			c.Silent[*r.Outcome] += r.Items
		}
	}
	if r.Decision != nil {
		c.Answered[Answer(*r.Decision)] += r.Items
	}
	if r.Decision == nil || *r.Decision == string(Unsure) {
		c.OpenBy[r.Consequence] += r.Items
	}
	if r.Decision == nil {
		c.Open[Risk(r.Risk)] += r.Items
		if high && r.SafetyRelated {
			c.SafetyOpen += r.Items
		}
	}
}

// Status is what `campaign status --json` prints.
type Status struct {
	Campaign    int64            `json:"campaign"`
	Title       string           `json:"title"`
	State       State            `json:"state"`
	Items       int64            `json:"items"`
	Decided     int64            `json:"decided"`
	Certified   int64            `json:"certified"`
	Revoked     int64            `json:"revoked"`
	Reduced     int64            `json:"reduced"`
	Unsure      int64            `json:"unsure"`
	Overdue     int64            `json:"overdue"`
	Outcomes    map[string]int64 `json:"outcomes,omitempty"`
	Remediation Removal          `json:"remediation"`
}

// Removal counts remediations by what is known of them.
type Removal struct {
	Open       int64 `json:"open"`
	Verified   int64 `json:"verified"`
	Reappeared int64 `json:"reappeared"`
}

// Status sums a campaign up; overdue is the open items past the due date.
func (s *Service) Status(ctx context.Context, id int64) (Status, error) {
	c, err := s.Campaign(ctx, id)
	if err != nil {
		return Status{}, err
	}
	st := Status{
		Campaign: c.ID, Title: c.Title, State: c.State, Items: c.Items, Decided: c.Decided(), Outcomes: c.Outcomes,
		Certified: c.Answered[Certify], Revoked: c.Answered[Revoke], Reduced: c.Answered[Reduce], Unsure: c.Answered[Unsure],
		Remediation: Removal{Open: c.Remediation["open"], Verified: c.Remediation["verified"], Reappeared: c.Remediation["reappeared"]},
	}
	if c.State.Open() && c.DueAt != nil && c.DueAt.Before(s.db.Now()) {
		st.Overdue = c.OpenItems()
	}
	return st, nil
}

// CampaignRow is a campaign in the list.
type CampaignRow = sqlc.ReviewCampaignsRow

// Campaigns lists campaigns, newest first; before 0 begins, state "" is all.
func (s *Service) Campaigns(ctx context.Context, state State, before int64, page int32) ([]CampaignRow, error) {
	if before == 0 {
		before = math.MaxInt64
	}
	var list []CampaignRow
	err := s.db.Read(ctx, "campaign:read", func(tx *store.Tx) (err error) {
		list, err = tx.ReviewCampaigns(ctx, sqlc.ReviewCampaignsParams{Before: before, State: string(state), Page: page})
		return err
	})
	return list, err
}

// ReviewerRow is a reviewer of a campaign with how far they are.
type ReviewerRow = sqlc.ReviewCampaignReviewersRow

// Reviewers lists the reviewers of a campaign by e-mail.
func (s *Service) Reviewers(ctx context.Context, campaign int64, after string, page int32) ([]ReviewerRow, error) {
	var list []ReviewerRow
	err := s.db.Read(ctx, "campaign:read", func(tx *store.Tx) (err error) {
		list, err = tx.ReviewCampaignReviewers(ctx, sqlc.ReviewCampaignReviewersParams{CampaignID: campaign, After: after, Page: page})
		return err
	})
	return list, err
}

// ItemFilter selects items of a campaign; zero fields select all.
type ItemFilter struct {
	Reviewer, Answer, Outcome string
	Lowest, Highest           Risk // 0 for no bound
	After                     Cursor
	Page                      int32
}

// ItemRow is an item in the list of a campaign.
type ItemRow = sqlc.ReviewItemsRow

// Items lists a campaign's items, riskiest first.
func (s *Service) Items(ctx context.Context, campaign int64, f ItemFilter) ([]ItemRow, error) {
	p := sqlc.ReviewItemsParams{
		CampaignID: campaign, AfterRisk: int16(Critical) + 1, Reviewer: strings.ToLower(f.Reviewer), Answer: f.Answer, Result: f.Outcome,
		Lowest: int16(Low), Highest: int16(Critical), Page: f.Page,
	}
	if f.Lowest != 0 {
		p.Lowest = int16(f.Lowest)
	}
	if f.Highest != 0 {
		p.Highest = int16(f.Highest)
	}
	if f.After.ID != 0 {
		p.AfterRisk, p.AfterID = int16(f.After.Risk), f.After.ID
	}
	var list []ItemRow
	err := s.db.Read(ctx, "campaign:read", func(tx *store.Tx) (err error) {
		if _, err := tx.ReviewCampaignGet(ctx, campaign); err != nil {
			return err
		}
		list, err = tx.ReviewItems(ctx, p)
		return err
	})
	return list, err
}

// Definition returns a campaign's definition as written; NotFound when there is
// no such campaign.
func (s *Service) Definition(ctx context.Context, campaign int64) (string, error) {
	c, err := s.Campaign(ctx, campaign)
	if errs.Is(err, errs.NotFound) {
		return "", errs.NotFoundf("There is no campaign %d.", campaign)
	}
	return c.Definition, err
}
