package authz

import (
	_ "embed"
	"fmt"

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

// Can tells whether the actor may use the permission everywhere; the program
// itself and the command line may.
func Can(a Actor, permission string) bool {
	if a.IsSystem() {
		return true
	}
	for _, r := range a.Roles {
		if r.Site == Everywhere && roleMay(r, permission) {
			return true
		}
	}
	return false
}

func roleMay(r Role, permission string) bool {
	ok, err := enforcer.Enforce(r.Name, r.Site, permission)
	return err == nil && ok
}
