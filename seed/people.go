package seed

import (
	"context"
	"strconv"
	"strings"

	"github.com/ticketcd/ticketcd/model"
)

// people makes the two default accounts and n more. A user's password is the name and "123", continued with "456..." where
// that is too short.
func people(ctx context.Context, n int, adminProbability float64, d dice) ([]model.User, error) {
	users := make([]model.User, 0, n+2)
	users = append(users,
		model.User{Username: "user", Name: "Robin Seymour", Email: "user@example.com", Password: "user123", Role: model.RoleUser},
		model.User{Username: "admin", Name: "Alex Warden", Email: "admin@example.com", Password: "admin123", Role: model.RoleAdmin})
	taken := map[string]int{"user": 1, "admin": 1}
	for range n {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		first, last := pick(d, firstNames), pick(d, lastNames)
		username := freeUsername(first, last, taken)
		role := model.RoleUser
		if d.chance(adminProbability) {
			role = model.RoleAdmin
		}
		users = append(users, model.User{
			Username: username,
			Name:     first + " " + last,
			Email:    address(username, first, last) + "@" + pick(d, []string{"example.com", "example.org", "example.net"}),
			Password: password(username),
			Role:     role,
		})
	}
	return users, nil
}

// freeUsername is "ann", or "ann.marsh" where that is taken, or "ann.marsh2" and so on.
func freeUsername(first, last string, taken map[string]int) string {
	short, long := handle(first), handle(first)+"."+handle(last)
	if taken[short] == 0 {
		taken[short] = 1
		return short
	}
	taken[long]++
	if taken[long] == 1 {
		return long
	}
	return long + strconv.Itoa(taken[long])
}

// address is the part of a mail address before the @: first and last name, with the user name's number if it has one.
func address(username, first, last string) string {
	full := handle(first) + "." + handle(last)
	if strings.HasPrefix(username, full) {
		return username
	}
	return full
}

// handle spells a name with small letters only: "Siân" is "sian", "O'Hara" is "ohara".
func handle(name string) string {
	return strings.Map(func(r rune) rune {
		if r < 'a' || r > 'z' {
			return -1
		}
		return r
	}, model.Fold(name))
}

func password(username string) string {
	const digits = "1234567890"
	return username + digits[:min(max(3, model.MinPassword-len(username)), len(digits))]
}
