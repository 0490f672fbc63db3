package demo

import (
	"fmt"
	"strings"
	"time"
)

// Campaign is a review to launch in the past and to decide in part.
type Campaign struct {
	Name            string // of the definition
	YAML            string
	LaunchedDaysAgo int
	DecidedShare    float64
	Closed          bool // everyone signed off, and it was closed when it was due
}

// Titles of the campaigns, by how they stand.
const (
	Finished = "Administrators of the office systems"
	Overdue  = "Privileged access in Vale Sereno"
	Running  = "Plant access after the historian project"
)

const afterHistorian = `name: %s-plant-access
title: ` + Running + `
scope: grant.crosses_boundary && asset.domain in ["ot", "dmz"]
stages:
  - reviewers: [asset_owner, owner, manager]
    days: 14
fallback: [%s]
outcome: all_must_accept
silence: {it: revoke, ot: escalate, safety: escalate}
reminders: [-7d, -3d, -1d, +1d]
`

const privileged = `name: %s-vale-sereno-privileged
title: ` + Overdue + `
scope: grant.source == "plant-b" && entitlement.privilege in ["engineer", "admin"]
stages:
  - reviewers: [asset_owner, manager, owner]
    days: 21
fallback: [%s]
outcome: all_must_accept
silence: {it: revoke, ot: escalate, safety: escalate}
reminders: [-7d, -3d, -1d, +1d, +3d]
`

const administrators = `name: %s-office-administrators
title: ` + Finished + `
scope: asset.domain == "it" && entitlement.privilege == "admin"
stages:
  - reviewers: [asset_owner, manager, owner]
    days: 14
fallback: [%s]
silence: {it: revoke, ot: escalate, safety: escalate}
`

// Campaigns are one review that is closed, one that is overdue and one that is
// running at now, in the order of their launch.
func Campaigns(now time.Time) []Campaign {
	define := func(definition string, daysAgo int, share float64) Campaign {
		launched := now.UTC().AddDate(0, 0, -daysAgo)
		quarter := fmt.Sprintf("%d-q%d", launched.Year(), (int(launched.Month())+2)/3)
		text := fmt.Sprintf(definition, quarter, SignIns(0)[0].Email)
		name, _, _ := strings.Cut(strings.TrimPrefix(text, "name: "), "\n")
		return Campaign{Name: name, YAML: text, LaunchedDaysAgo: daysAgo, DecidedShare: share}
	}
	closed := define(administrators, 75, 1)
	closed.Closed = true
	return []Campaign{closed, define(privileged, 23, 0.7), define(afterHistorian, 7, 0.4)}
}
