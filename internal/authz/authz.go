package authz

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"
	stringadapter "github.com/casbin/casbin/v2/persist/string-adapter"

	"interlock/internal/errs"
)

//go:embed model.conf
var modelText string

//go:embed policy.csv
var policyText string

var enforcer = mustEnforcer()

func mustEnforcer() *casbin.SyncedCachedEnforcer {
	m, err := model.NewModelFromString(modelText)
	if err != nil {
		panic(fmt.Errorf("authz model: %w", err))
	}
	e, err := casbin.NewSyncedCachedEnforcer(m, stringadapter.NewAdapter(policyText))
	if err != nil {
		panic(fmt.Errorf("authz policy: %w", err))
	}
	return e
}

// Check refuses unless the actor may use the permission everywhere. A role that
// is limited to one site does not open what spans sites.
func Check(a Actor, permission string) error {
	if a.Nobody() {
		return errs.Unauthenticatedf("Sign in first.")
	}
	if !Can(a, permission) {
		return errs.Forbiddenf("Your roles do not allow this. Ask an administrator for access.")
	}
	return nil
}

// own is the permission about oneself, which has no site.
const own = "account:own"

// Can tells whether the actor may use the permission everywhere; the program
// itself and the command line may.
func Can(a Actor, permission string) bool {
	if a.IsSystem() {
		return true
	}
	for _, r := range a.Roles {
		if (r.Site == Everywhere || permission == own) && roleMay(r, permission) {
			return true
		}
	}
	return false
}

// Sites are the sites whose inventory an actor may see.
type Sites struct {
	All bool
	IDs []int64 // sorted; of no meaning with All
}

// AllSites is what a role that is held everywhere sees.
var AllSites = Sites{All: true}

// SitesOf tells at which sites the actor may use the permission.
func SitesOf(a Actor, permission string) Sites {
	if Can(a, permission) {
		return AllSites
	}
	var s Sites
	for _, r := range a.Roles {
		if id, err := strconv.ParseInt(r.Site, 10, 64); err == nil && roleMay(r, permission) {
			s.IDs = append(s.IDs, id)
		}
	}
	slices.Sort(s.IDs)
	s.IDs = slices.Compact(s.IDs)
	return s
}

// CheckAtSites is Check for what is shown site by site: a role that is limited to
// one site opens it, for that site.
func CheckAtSites(a Actor, permission string) (Sites, error) {
	s := SitesOf(a, permission)
	if a.Nobody() || !s.All && len(s.IDs) == 0 {
		return s, Check(a, permission)
	}
	return s, nil
}

func roleMay(r Role, permission string) bool {
	ok, err := enforcer.Enforce(r.Name, r.Site, permission)
	return err == nil && ok
}
