package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"time"

	"interlock/internal/errs"
	"interlock/internal/login"
)

type userCmd struct {
	Add     userAddCmd     `cmd:"" help:"Add an account, or a role to one."`
	List    userListCmd    `cmd:"" help:"List the accounts with their roles."`
	Disable userDisableCmd `cmd:"" help:"Close an account and end its sessions."`
	Enable  userEnableCmd  `cmd:"" help:"Open a closed account again."`
	Revoke  userRevokeCmd  `cmd:"" help:"Take a role from an account."`
}

type userAddCmd struct {
	Email         string `arg:"" help:"E-mail, by which the person signs in."`
	Role          string `required:"" placeholder:"ROLE" help:"admin, governance, risk_officer, plant_engineer, auditor or member."`
	Site          string `placeholder:"SITE" help:"Limit the role to this site."`
	Name          string `placeholder:"NAME" help:"The person's name; default: the e-mail."`
	PasswordStdin bool   `help:"Read the password from standard input."`
	JSON          bool   `name:"json" help:"Print as JSON."`
}

func (userAddCmd) Help() string {
	return "Example, the first administrator:\n  printf '%s' 'a long passphrase' | interlock user add you@example.com --role admin --password-stdin\nWithout a password the command prints a single-use link to set one."
}

func (c *userAddCmd) Run(ctx context.Context, set *settings, p *printer) error {
	password := ""
	if c.PasswordStdin {
		line, err := bufio.NewReader(io.LimitReader(os.Stdin, 1024)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return errs.Invalidf("The password cannot be read from standard input.").Because(err)
		}
		password = strings.TrimRight(line, "\r\n")
	}
	return with(ctx, set, func(ctx context.Context, a *app) error {
		if _, err := a.Login.AddUser(ctx, c.Email, c.Name, c.Role, c.Site, password); err != nil {
			return err
		}
		link := ""
		if password == "" {
			secret, err := a.Login.InviteLink(ctx, c.Email)
			if err != nil {
				return err
			}
			link = a.set.base() + "/password?token=" + secret
		}
		return c.print(p, link)
	})
}

func (c *userAddCmd) print(p *printer, link string) error {
	if c.JSON {
		return p.json(map[string]string{"email": c.Email, "role": c.Role, "site": c.Site, "link": link})
	}
	p.say("%s may sign in as %s.", c.Email, login.RoleAt(c.Role, c.Site))
	if link != "" {
		p.say("To set a password, within seven days and once: %s", link)
	}
	return nil
}

type userListCmd struct {
	JSON bool `name:"json" help:"Print as JSON."`
}

func (userListCmd) Help() string {
	return "Example, everybody who may sign in:\n  interlock user list\nThe state is active, invited (no password yet), locked, disabled, or left (says the inventory)."
}

// listed is an account as user list --json prints it.
type listed struct {
	Email      string     `json:"email"`
	Name       string     `json:"name"`
	State      string     `json:"state"`
	Roles      []string   `json:"roles"`
	SignedInAt *time.Time `json:"signed_in_at"`
}

func (c *userListCmd) Run(ctx context.Context, set *settings, p *printer) error {
	return with(ctx, set, func(ctx context.Context, a *app) error {
		all := []listed{}
		for after := ""; ; {
			page, err := a.Login.Accounts(ctx, after)
			if err != nil {
				return err
			}
			if len(page) == 0 {
				break
			}
			for _, u := range page {
				all = append(all, listed{u.Email, u.Name, u.State, u.Roles, u.SignedInAt})
			}
			after = page[len(page)-1].Email
		}
		if c.JSON {
			return p.json(all)
		}
		for _, u := range all {
			p.say("%-8s  %-40s  %s", u.State, u.Email, strings.Join(u.Roles, ", "))
		}
		return nil
	})
}

type userDisableCmd struct {
	Email string `arg:"" help:"E-mail of the account."`
	JSON  bool   `name:"json" help:"Print as JSON."`
}

func (userDisableCmd) Help() string {
	return "Example:\n  interlock user disable you@example.com\nWhoever is signed in with it is signed out at once. What the account did stays on record."
}

func (c *userDisableCmd) Run(ctx context.Context, set *settings, p *printer) error {
	return with(ctx, set, func(ctx context.Context, a *app) error {
		ended, err := a.Login.Disable(ctx, c.Email)
		if err != nil {
			return noAccount(err, c.Email)
		}
		if c.JSON {
			return p.json(map[string]any{"email": c.Email, "state": "disabled", "sessions_ended": ended})
		}
		p.say("%s may not sign in any more; %s ended.", c.Email, errs.Count(ended, "session was", "sessions were"))
		return nil
	})
}

type userEnableCmd struct {
	Email string `arg:"" help:"E-mail of the account."`
	JSON  bool   `name:"json" help:"Print as JSON."`
}

func (userEnableCmd) Help() string {
	return "Example:\n  interlock user enable you@example.com\nThe account has the password and roles it had."
}

func (c *userEnableCmd) Run(ctx context.Context, set *settings, p *printer) error {
	return with(ctx, set, func(ctx context.Context, a *app) error {
		if err := a.Login.Enable(ctx, c.Email); err != nil {
			return noAccount(err, c.Email)
		}
		if c.JSON {
			return p.json(map[string]string{"email": c.Email, "state": "enabled"})
		}
		p.say("%s may sign in again.", c.Email)
		return nil
	})
}

type userRevokeCmd struct {
	Email string `arg:"" help:"E-mail of the account."`
	Role  string `required:"" placeholder:"ROLE" help:"The role to take away."`
	Site  string `placeholder:"SITE" help:"Take it at this site; default: the role held everywhere."`
	JSON  bool   `name:"json" help:"Print as JSON."`
}

func (userRevokeCmd) Help() string {
	return "Example:\n  interlock user revoke you@example.com --role plant_engineer --site gent\nIt holds from the person's next click on."
}

func (c *userRevokeCmd) Run(ctx context.Context, set *settings, p *printer) error {
	return with(ctx, set, func(ctx context.Context, a *app) error {
		if err := a.Login.RevokeRole(ctx, c.Email, c.Role, c.Site); err != nil {
			return noAccount(err, c.Email)
		}
		if c.JSON {
			return p.json(map[string]string{"email": c.Email, "role": c.Role, "site": c.Site, "state": "revoked"})
		}
		p.say("%s is no longer %s.", c.Email, login.RoleAt(c.Role, c.Site))
		return nil
	})
}

func noAccount(err error, email string) error {
	if errs.Is(err, errs.NotFound) {
		return errs.NotFoundf("There is no account %s.", email).Because(err)
	}
	return err
}
