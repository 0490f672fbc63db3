package review

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"time"

	"github.com/jackc/pgx/v5"

	"interlock/internal/authz"
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
	Zone       string // in which Due is told; see zones
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
		in = Inbox{}
		rows, err := tx.ReviewInbox(ctx, tx.Actor.Email)
		if err != nil {
			return err
		}
		zones := zonesIn(tx)
		for _, r := range rows {
			w, err := waitingOf(r)
			if err != nil {
				return err
			}
			if w.Zone, err = zones.of(ctx, sites{r.FirstSite, r.LastSite}); err != nil {
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
	Asked                       map[Risk]int64   // all items
	Reviewers                   int64            // by now
	Launched                    *Launched        // what the launch made; none before it
	Remediation                 map[string]int64
	Days                        map[string]Day // by 2006-01-02
	Beside                      *Running       // of a draft: what of the same definition runs, so that its launch needs Again
}

// Day is how many items were answered on a day.
type Day struct{ Items, High int64 }

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
	return s.CampaignIn(ctx, id, time.UTC)
}

// CampaignIn is Campaign with days as they are in a time zone.
func (s *Service) CampaignIn(ctx context.Context, id int64, zone *time.Location) (Campaign, error) {
	var c Campaign
	err := s.db.Read(ctx, "campaign:read", func(tx *store.Tx) error {
		row, err := tx.ReviewCampaignGet(ctx, id)
		if err != nil {
			return err
		}
		c = campaignOf(row)
		if c.State == Draft {
			if c.Beside, err = running(ctx, tx, c.Name, id); err != nil {
				return err
			}
		}
		return c.read(ctx, tx, zone.String())
	})
	return c, err
}

func campaignOf(r sqlc.ReviewCampaignGetRow) Campaign {
	return Campaign{
		ID: r.ID, Title: r.Title, Name: r.DefinitionName, Revision: r.Revision, State: State(r.State), Items: r.Items, FallbackItems: r.FallbackItems,
		CreatedBy: r.CreatedBy, CreatedAt: r.CreatedAt, LaunchedAt: r.LaunchedAt, DueAt: r.DueAt, ClosedAt: r.ClosedAt, ClosedBy: r.ClosedBy,
		Definition: r.Definition, Answered: map[Answer]int64{}, Days: map[string]Day{}, Outcomes: map[string]int64{}, Open: map[Risk]int64{}, Asked: map[Risk]int64{}, OpenBy: map[string]int64{}, Silent: map[string]int64{},
	}
}

func (c *Campaign) read(ctx context.Context, tx *store.Tx, zone string) (err error) {
	rows, err := tx.ReviewCampaignCounts(ctx, sqlc.ReviewCampaignCountsParams{Campaign: c.ID, Zone: zone})
	if err != nil {
		return err
	}
	for _, r := range rows {
		c.count(r)
	}
	if c.Unsigned, err = tx.ReviewUnsigned(ctx, c.ID); err != nil {
		return err
	}
	if c.Reviewers, err = tx.ReviewReviewerCount(ctx, c.ID); err != nil {
		return err
	}
	if err := c.launched(ctx, tx); err != nil {
		return err
	}
	c.Remediation, err = remediation.Counts(ctx, tx, c.ID)
	return err
}

// launched finds what the launch made, which the audit log keeps.
func (c *Campaign) launched(ctx context.Context, tx *store.Tx) error {
	if c.LaunchedAt == nil {
		return nil
	}
	detail, err := tx.ReviewResult(ctx, sqlc.ReviewResultParams{Campaign: c.ID, Action: "campaign.launched"})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err == nil {
		err = json.Unmarshal(detail, &c.Launched)
	}
	return err
}

func (c *Campaign) count(r sqlc.ReviewCampaignCountsRow) {
	high := Risk(r.Risk) >= High
	c.Asked[Risk(r.Risk)] += r.Items
	if high {
		c.HighTotal += r.Items
	}
	if r.Outcome != nil {
		c.Outcomes[*r.Outcome] += r.Items
		if r.Decision == nil || *r.Decision == string(Unsure) || *r.Decision == string(Except) && *r.Outcome != excepted {
			c.Silent[*r.Outcome] += r.Items
		}
	}
	if r.Decision != nil {
		c.Answered[Answer(*r.Decision)] += r.Items
		c.answeredOn(r, high)
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

func (c *Campaign) answeredOn(r sqlc.ReviewCampaignCountsRow, high bool) {
	d := c.Days[r.Day]
	d.Items += r.Items
	if high {
		d.High += r.Items
	}
	c.Days[r.Day] = d
}

// Status is what `campaign status --json` prints.
type Status struct {
	Campaign    int64            `json:"campaign"`
	Title       string           `json:"title"`
	State       State            `json:"state"`
	Items       int64            `json:"items"`
	Decided     int64            `json:"decided"`
	Certified   int64            `json:"certified"`
	Excepted    int64            `json:"excepted"`
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
		Certified: c.Answered[Certify], Excepted: c.Answered[Except], Revoked: c.Answered[Revoke], Reduced: c.Answered[Reduce], Unsure: c.Answered[Unsure],
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

// Head reads what a campaign is, without counting anything.
func (s *Service) Head(ctx context.Context, id int64) (Campaign, error) {
	var c Campaign
	err := s.db.Read(ctx, "campaign:read", func(tx *store.Tx) error {
		row, err := tx.ReviewCampaignGet(ctx, id)
		c = campaignOf(row)
		return err
	})
	return c, err
}

// Title names a campaign in a list to choose from.
type Title = sqlc.ReviewCampaignTitlesRow

// Titles lists the newest hundred campaigns that have been closed.
func (s *Service) Titles(ctx context.Context) ([]Title, error) {
	var list []Title
	err := s.db.Read(ctx, "campaign:read", func(tx *store.Tx) (err error) {
		list, err = tx.ReviewCampaignTitles(ctx)
		return err
	})
	return list, err
}

// Refresh counts the answers of large open campaigns for the list; the clock
// calls it each minute.
func (s *Service) Refresh(ctx context.Context) error {
	ctx = authz.System(ctx, "refresh")
	return s.db.Upkeep(ctx, func(tx *store.Tx) error { return tx.ReviewRefreshDecided(ctx, tx.Now.Add(-time.Hour)) })
}
