package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// heads are the managers of large teams; each gets about a hundredth of all items.
const heads = 10

// shape is how large the inventory is.
type shape struct{ grants, identities, entitlements, assets, team int }

func (b *bench) shape() shape {
	s := shape{grants: b.rows, identities: b.rows / 10, entitlements: max(b.rows/100, 10)}
	s.assets, s.team = max(s.entitlements/10, 20), max(s.identities/100, 1)
	return s
}

const sites, zonesPerSite = 8, 6

var (
	zoneLevels  = []string{"5", "4", "3.5", "3", "2", "1"}
	zoneDomains = []string{"it", "it", "dmz", "ot", "ot", "ot"}
	conduits    = []string{"vpn", "remote_gateway", "jump_host", "direct", "direct"}
	privileges  = []string{"view", "operate", "view", "engineer", "view", "operate", "view", "operate", "engineer", "admin"}
)

func person(i int) string { return fmt.Sprintf("u%07d", i) }
func email(i int) string  { return fmt.Sprintf("u%07d@example.com", i) }

// lead is the leader of a team of twenty, who also owns assets and gives grants.
func (s shape) lead(i int) int {
	if s.identities < 2000 {
		return i % heads
	}
	first := s.identities / 5
	return first + (i%((s.identities-first)/20))*20
}

func (b *bench) writeBundle() error {
	s := b.shape()
	if err := os.MkdirAll(b.bundle(), 0o755); err != nil {
		return err
	}
	for _, f := range []struct {
		name, header string
		rows         int
		row          func(int) string
	}{
		{"sites", "id,name,timezone,country", sites, site},
		{"zones", "id,name,site,level,domain", sites * zonesPerSite, zone},
		{"conduits", "id,from_zone,to_zone,kind,mfa,recorded,vaulted", sites * (zonesPerSite - 1), conduit},
		{"identities", "id,name,kind,email,manager,owner,department,organisation,domain,status,contract_end", s.identities, s.identity},
		{"assets", "id,name,zone,class,vendor,owner,criticality,safety_related", s.assets, s.asset},
		{"entitlements", "id,name,asset,privilege,owner,description", s.entitlements, s.entitlement},
		{"grants", "identity,entitlement,via,granted_at,granted_by,expires_at,last_used_at,ticket", s.grants, s.grant},
	} {
		if err := writeCSV(filepath.Join(b.bundle(), f.name+".csv"), f.header, f.rows, f.row); err != nil {
			return err
		}
	}
	return nil
}

func writeCSV(path, header string, rows int, row func(int) string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	_, _ = w.WriteString(header + "\n")
	for i := range rows {
		_, _ = w.WriteString(row(i) + "\n")
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}

func site(i int) string { return fmt.Sprintf("s%d,Plant %d,Europe/Berlin,DE", i, i) }

func zone(i int) string {
	k := i % zonesPerSite
	return fmt.Sprintf("z%d,Plant %d level %s,s%d,%s,%s", i, i/zonesPerSite, zoneLevels[k], i/zonesPerSite, zoneLevels[k], zoneDomains[k])
}

// conduit leads from a zone to the next lower one of its site.
func conduit(i int) string {
	k, from := i%(zonesPerSite-1), i/(zonesPerSite-1)*zonesPerSite+i%(zonesPerSite-1)
	return fmt.Sprintf("c%d,z%d,z%d,%s,%t,%t,%t", i, from, from+1, conduits[k], k < 3, k < 2, k == 1)
}

func (s shape) identity(i int) string {
	kind, domain, owner, organisation, end := "person", "it", "", "", ""
	mail, boss := email(i), person(s.manager(i))
	if i >= heads*(s.team+1) && i%20 != 0 {
		switch i % 25 {
		case 3:
			kind, organisation = "contractor", fmt.Sprintf("Contractor %d", i%40)
		case 7, 11:
			kind, mail, boss, owner = "service", "", "", person(s.lead(i))
		case 13:
			kind, mail, boss, owner = "shared", "", "", person(s.lead(i))
		case 19:
			kind, boss, owner, organisation, domain = "vendor", "", person(s.lead(i)), fmt.Sprintf("Vendor %d", i%60), "external"
			if i%50 < 25 {
				end = day(-200, 0)
			}
		}
	}
	if i%6 == 5 && domain == "it" {
		domain = "ot"
	}
	status := "active"
	if i%100 == 17 {
		status = "left"
	}
	return fmt.Sprintf("%s,Firstname%d Lastname%d,%s,%s,%s,%s,Department %d,%s,%s,%s,%s", person(i), i%977, i, kind, mail, boss, owner, i/20%120, organisation, domain, status, end)
}

// manager gives the first identities to the heads, and the others to leaders of
// twenty, whose own managers are fifty directors.
func (s shape) manager(i int) int {
	switch {
	case i < heads:
		return (i + 1) % heads
	case i < heads*(s.team+1):
		return i % heads
	case i%20 == 0:
		return heads + i/20%min(50, heads*s.team)
	}
	return i - i%20
}

func (s shape) asset(i int) string {
	z := i * 7 % (sites * zonesPerSite)
	if i%5 < 2 {
		z = i%sites*zonesPerSite + 1
	}
	safety := z%zonesPerSite == 5 && i%3 == 0
	return fmt.Sprintf("a%d,System %d,z%d,%s,Vendor %d,%s,%d,%t", i, i, z, []string{"erp", "historian", "scada", "hmi", "plc"}[i%5], i%30, person(s.lead(i*3)), 1+i%5, safety)
}

func (s shape) entitlement(i int) string {
	return fmt.Sprintf("e%06d,Right %d on system %d,a%d,%s,%s,What a person with right %d may do on this system and why it exists", i, i, i%s.assets, i%s.assets, privileges[i/s.assets%len(privileges)], person(s.lead(i*11)), i)
}

func (s shape) grant(i int) string {
	who, k := i/10%s.identities, i%10
	right := (who*7919 + k*104_729) % s.entitlements
	via, expires, used, ticket := "", "", "", ""
	if i%9 == 0 {
		via = fmt.Sprintf("c%d", right%(sites*(zonesPerSite-1)))
	}
	if i%6 == 0 {
		expires = day(-30-i%700, 0)
	}
	if i%10 < 7 {
		used = day(i*31%400, i%86_400)
	}
	if i%5 < 3 {
		ticket = fmt.Sprintf("CHG%07d", i)
	}
	return fmt.Sprintf("%s,e%06d,%s,%s,%s,%s,%s,%s", person(who), right, via, day(400+i*17%2000, i*7%86_400), person(s.lead(i*13%200)), expires, used, ticket)
}

var today = time.Now().UTC().Truncate(24 * time.Hour)

// day is a time so many days ago.
func day(ago, second int) string {
	return today.AddDate(0, 0, -ago-1).Add(time.Duration(second) * time.Second).Format(time.RFC3339)
}
