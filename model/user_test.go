package model

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestARegistrationIsCheckedFirstFieldFirst(t *testing.T) {
	t.Parallel()
	good := Registration{Username: "ann.b-c_2", Password: "correct horse", Name: "Ann O'Hara", Email: "ann@example.com"}
	require.NoError(t, good.Check())
	for _, c := range []struct {
		change   func(*Registration)
		sentence string
	}{
		{func(r *Registration) { r.Username, r.Email = "a", "" }, "a user name has 2 to 32 characters"},
		{func(r *Registration) { r.Username = strings.Repeat("a", 33) }, "a user name has 2 to 32 characters"},
		{func(r *Registration) { r.Username = "Ann" }, "a user name has only small letters, digits, dots, dashes and underscores"},
		{func(r *Registration) { r.Username = "a:b" }, "a user name has only small letters, digits, dots, dashes and underscores"},
		{func(r *Registration) { r.Username = "ann\n" }, "a user name has only small letters, digits, dots, dashes and underscores"},
		{func(r *Registration) { r.Username = "añn" }, "a user name has only small letters, digits, dots, dashes and underscores"},
		{func(r *Registration) { r.Password = "1234567" }, "a password has at least 8 characters"},
		{func(r *Registration) { r.Password = "ééééééé" }, "a password has at least 8 characters"},
		{func(r *Registration) { r.Password = strings.Repeat("x", 129) }, "a password has at most 128 characters"},
		{func(r *Registration) { r.Password = "12345678\xff" }, "the password has characters that cannot be stored"},
		{func(r *Registration) { r.Name = " \t" }, "please enter your name"},
		{func(r *Registration) { r.Name = "Ann\x1b[31m" }, "a name has at most 120 printable characters"},
		{func(r *Registration) { r.Name = strings.Repeat("é", 121) }, "a name has at most 120 printable characters"},
		{func(r *Registration) { r.Email = "ann" }, "an email address looks like ann@example.com"},
		{func(r *Registration) { r.Email = "ann@example" }, "an email address looks like ann@example.com"},
		{func(r *Registration) { r.Email = "ann @example.com" }, "an email address looks like ann@example.com"},
		{func(r *Registration) { r.Email = "ann@\u202eexample.com" }, "an email address looks like ann@example.com"},
		{func(r *Registration) { r.Email = strings.Repeat("x", 250) + "@y.zz" }, "an email address looks like ann@example.com"},
		{func(r *Registration) { r.Password = strings.Repeat("é", 129) }, "a password has at most 128 characters"},
	} {
		changed := good
		c.change(&changed)
		err := changed.Check()
		require.Equal(t, c.sentence, Sentence(err))
		require.Equal(t, CodeRefused, CodeOf(err))
	}
	for _, letter := range []string{"é", "😀"} {
		long := strings.Repeat(letter, MaxPassword)
		require.NoError(t, CheckPassword(long), "characters are counted, as the person counts them")
		require.LessOrEqual(t, len(long), MaxPasswordBytes)
	}
}
