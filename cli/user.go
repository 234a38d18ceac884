package cli

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"github.com/ticketcd/ticketcd/model"
)

func (a *app) userCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "user",
		Short: "Add and list users, set passwords and roles",
		Long:  "For operators: whoever can reach the store may do all of this. Passwords are asked for, or read from standard\ninput; they are never arguments.",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return model.Errorf(model.CodeUsage, "say what to do: add, list, passwd or role; see %s --help", cmd.CommandPath())
		},
	}
	cmd.AddCommand(a.userAddCommand(), a.userListCommand(), a.userPasswdCommand(), a.userRoleCommand())
	return cmd
}

// userJSON is a user as scripts see one. The password never is part of it.
type userJSON struct {
	Username string `json:"username"`
	Name     string `json:"name"`
	Email    string `json:"email"`
	Role     string `json:"role"`
}

func newUserJSON(u model.User) userJSON {
	return userJSON{model.Clean(u.Username), u.Name, u.Email, string(u.Role)}
}

func (a *app) userAddCommand() *cobra.Command {
	var r model.Registration
	var role string
	cmd := &cobra.Command{
		Use:   "add USERNAME",
		Short: "Create an account",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			r.Username = args[0]
			r.Name = cmp.Or(r.Name, r.Username)
			var err error
			if r.Password, err = a.askNewPassword(cmd.Context(), r.Username); err != nil {
				return err
			}
			return a.with(cmd.Context(), func(store *opened) error {
				user, err := store.AddUser(cmd.Context(), r, model.Role(role))
				if err != nil {
					return err
				}
				return a.printUser(user, "Added")
			})
		},
	}
	cmd.Flags().StringVar(&r.Name, "name", "", "the person's `name` (default: the user name)")
	cmd.Flags().StringVar(&r.Email, "email", "", "the person's email `address`")
	cmd.Flags().Var(oneOf(&role, string(model.RoleUser), string(model.RoleAdmin)), "role", "`role`: user or admin")
	return cmd
}

func (a *app) printUser(user model.User, did string) error {
	if a.flags.json() {
		return a.printJSON(newUserJSON(user))
	}
	a.printf("%s %s (%s)\n", did, model.Clean(user.Username), user.Role)
	return nil
}

func (a *app) userListCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List all accounts",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd.Context(), func(store *opened) error {
				users, err := store.Users(cmd.Context())
				if err != nil {
					return err
				}
				list := make([]userJSON, 0, len(users))
				rows := make([][]string, 0, len(users))
				for _, u := range users {
					j := newUserJSON(u)
					list, rows = append(list, j), append(rows, []string{j.Username, j.Name, j.Email, j.Role})
				}
				if a.flags.json() {
					return a.printJSON(list)
				}
				return a.printTable([]string{"USER", "NAME", "EMAIL", "ROLE"}, rows)
			})
		},
	}
}

func (a *app) userPasswdCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "passwd USERNAME",
		Short: "Give a user a new password",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.with(cmd.Context(), func(store *opened) error {
				if _, err := store.User(cmd.Context(), args[0]); err != nil {
					return err
				}
				password, err := a.askNewPassword(cmd.Context(), args[0])
				if err != nil {
					return err
				}
				if err = store.SetPassword(cmd.Context(), args[0], password); err != nil {
					return err
				}
				return a.printUserNow(cmd, store, args[0], "Changed the password of")
			})
		},
	}
}

func (a *app) userRoleCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "role USERNAME user|admin",
		Short: "Make a user an admin, or an ordinary user again",
		Args:  cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.with(cmd.Context(), func(store *opened) error {
				if err := store.SetRole(cmd.Context(), args[0], model.Role(args[1])); err != nil {
					return err
				}
				if err := a.printUserNow(cmd, store, args[0], "Changed the role of"); err != nil {
					return err
				}
				if model.Role(args[1]) != model.RoleAdmin {
					a.noteNoAdmin(cmd.Context(), store)
				}
				return nil
			})
		},
	}
}

// noteNoAdmin says so if nobody is an admin any more: the shop goes on, but nobody can look after it from its screens. Where the
// users cannot be read it says nothing, for what was wanted is done.
func (a *app) noteNoAdmin(ctx context.Context, store *opened) {
	users, err := store.Users(ctx)
	if err == nil && !slices.ContainsFunc(users, func(u model.User) bool { return u.Role == model.RoleAdmin }) {
		a.notef("No admin is left: nobody can make events or see the sales. ticketcd user role USERNAME admin makes somebody one")
	}
}

func (a *app) printUserNow(cmd *cobra.Command, store *opened, username, did string) error {
	user, err := store.User(cmd.Context(), username)
	if err != nil {
		return err
	}
	return a.printUser(user, did)
}

// askNewPassword asks twice on a terminal, and reads one line otherwise.
func (a *app) askNewPassword(ctx context.Context, username string) (string, error) {
	if !term.IsTerminal(a.In.Fd()) {
		return a.readNewPassword(ctx)
	}
	first, err := a.askPassword(ctx, "New password of "+username)
	if err != nil {
		return "", err
	}
	if err = model.CheckPassword(first); err != nil {
		return "", err
	}
	again, err := a.askPassword(ctx, "Once more")
	if err == nil && again != first {
		err = model.Errorf(model.CodeRefused, "the two passwords differ: nothing was changed")
	}
	return first, err
}

// readNewPassword reads a line that is nobody's terminal's, and no more of it than tells that it is too long: it may have no
// end.
func (a *app) readNewPassword(ctx context.Context) (string, error) {
	const most = model.MaxPasswordBytes + 3 // with the end of the line, and one more
	line, err := unlessEnded(ctx, func() (string, error) { return bufio.NewReader(io.LimitReader(a.In, most)).ReadString('\n') })
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err != nil && line == "" {
		return "", model.Wrap(model.CodeUsage, err, "no password came on standard input")
	}
	password := strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
	return password, model.CheckPassword(password)
}

// askPassword asks on the terminal without showing what is typed, until ctx ends.
func (a *app) askPassword(ctx context.Context, what string) (string, error) {
	a.promptf("%s: ", model.Clean(what))
	typed, err := a.readSecret(ctx)
	if err != nil {
		a.notef("") // what is said next begins a line of its own
	}
	return typed, err
}

// readSecret reads a line from the terminal that is not shown, until ctx ends.
func (a *app) readSecret(ctx context.Context) (string, error) {
	before, err := term.GetState(a.In.Fd())
	if err != nil {
		return "", model.Wrap(model.CodeFailed, err, "the password could not be read")
	}
	stop := onContinue(func() { hideTyping(a.In.Fd()) })
	typed, err := unlessEnded(ctx, func() ([]byte, error) { return term.ReadPassword(a.In.Fd()) })
	stop()
	restored := term.Restore(a.In.Fd(), before) // it may have been set anew since it was restored
	if ctx.Err() != nil {
		return "", errors.Join(ctx.Err(), restored)
	}
	if err != nil {
		return "", model.Wrap(model.CodeFailed, err, "the password could not be read")
	}
	a.notef("") // the end of the line was not shown either
	return string(typed), nil
}
