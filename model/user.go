package model

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// Role is what a user may do. An unknown role is treated as RoleUser.
type Role string

// The roles of the layout.
const (
	RoleUser  Role = "user"
	RoleAdmin Role = "admin"
)

// User is somebody with an account. Password is a PHC string, or the plain text that the prototype stored.
type User struct {
	Username string
	Name     string
	Email    string
	Password string
	Role     Role
	Since    int64 // the revision at which the account was made, which tells it from others of the same name; 0 if not known

	stored record
}

// Registration is what somebody fills in to get an account.
type Registration struct {
	Username string
	Password string
	Name     string
	Email    string
}

// Credentials are what somebody logs in with.
type Credentials struct {
	Username string
	Password string
}

// DecodeUser reads a user's record.
func DecodeUser(username string, raw []byte) (User, error) {
	fields, err := decodeRecord(raw)
	if err != nil {
		return User{}, err
	}
	u := User{Username: username, Role: RoleUser, stored: fields}
	if u.Name, err = fields.text("name"); err != nil {
		return User{}, err
	}
	if u.Email, err = fields.text("email"); err != nil {
		return User{}, err
	}
	if role, err := fields.text("role"); err == nil && Role(role) == RoleAdmin {
		u.Role = RoleAdmin
	}
	// A password is compared, never shown: cleaning would change it. Null is none, not the word.
	if raw := unquote(fields["password"]); raw != "null" || fields["password"][0] == '"' {
		u.Password = raw
	}
	return u, nil
}

// Encode writes the user's record as the layout has it.
func (u User) Encode() []byte {
	fields := u.stored.copied()
	fields.setText("name", u.Name)
	fields.setText("email", u.Email)
	if unquote(fields["password"]) != u.Password || fields["password"] == nil {
		fields.set("password", u.Password)
	}
	if role, err := fields.text("role"); err != nil || role == "" || u.Role == RoleAdmin || role == string(RoleAdmin) {
		fields.setText("role", string(u.Role))
	}
	return fields.encode("name", "email", "password", "role")
}

// SameAs says whether two records say the same of a user.
func (u User) SameAs(other User) bool {
	return u.Name == other.Name && u.Email == other.Email && u.Password == other.Password && u.Role == other.Role
}

// The limits of what somebody may register with, in characters.
const (
	MinUsername = 2
	MaxUsername = 32
	MinPassword = 8
	MaxPassword = 128 // a hash of an endless password is an attack
	maxName     = 120
	maxEmail    = 254

	MaxPasswordBytes = MaxPassword * utf8.UTFMax
)

var (
	usernameForm = regexp.MustCompile(`^[a-z0-9._-]+$`)
	emailForm    = regexp.MustCompile(`^[^\s@]+@[^\s@]+\.[^\s@]+$`)
)

// CheckUsername says what is wrong with a new user name, in words for the person who chose it.
func CheckUsername(username string) error {
	if n := utf8.RuneCountInString(username); n < MinUsername || n > MaxUsername {
		return Errorf(CodeRefused, "a user name has %d to %d characters", MinUsername, MaxUsername)
	}
	if !usernameForm.MatchString(username) {
		return Errorf(CodeRefused, "a user name has only small letters, digits, dots, dashes and underscores")
	}
	return nil
}

// CheckPassword says what is wrong with a new password.
func CheckPassword(password string) error {
	switch {
	case utf8.RuneCountInString(password) < MinPassword:
		return Errorf(CodeRefused, "a password has at least %d characters", MinPassword)
	case utf8.RuneCountInString(password) > MaxPassword:
		return Errorf(CodeRefused, "a password has at most %d characters", MaxPassword)
	case !utf8.ValidString(password):
		return Errorf(CodeRefused, "the password has characters that cannot be stored")
	}
	return nil
}

// CheckName says what is wrong with a person's name.
func CheckName(name string) error {
	if strings.TrimSpace(name) == "" {
		return Errorf(CodeRefused, "please enter your name")
	}
	if utf8.RuneCountInString(name) > maxName || Clean(name) != name {
		return Errorf(CodeRefused, "a name has at most %d printable characters", maxName)
	}
	return nil
}

// CheckEmail says what is wrong with an email address. It is only a guard against slips: no message is ever sent.
func CheckEmail(email string) error {
	if !emailForm.MatchString(email) || len(email) > maxEmail || Clean(email) != email {
		return Errorf(CodeRefused, "an email address looks like ann@example.com")
	}
	return nil
}

// Check says what is wrong with a registration, first field first. It may be without an email address, which the shop
// itself asks for.
func (r Registration) Check() error {
	checks := []error{CheckUsername(r.Username), CheckPassword(r.Password), CheckName(r.Name)}
	if r.Email != "" {
		checks = append(checks, CheckEmail(r.Email))
	}
	for _, err := range checks {
		if err != nil {
			return err
		}
	}
	return nil
}
