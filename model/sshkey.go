package model

import (
	"encoding/json"
	"regexp"
)

// SSHKey is a public key by which its owner is let into an account without a password.
type SSHKey struct {
	Fingerprint string `json:"fingerprint"` // as ssh-keygen -l prints it: "SHA256:" and 43 characters
	Type        string `json:"type"`        // such as ssh-ed25519
	Added       Date   `json:"added"`       // when it was linked
}

var (
	fingerprintForm = regexp.MustCompile(`^SHA256:[A-Za-z0-9+/]{43}$`)
	keyTypeForm     = regexp.MustCompile(`^[a-z0-9@.-]{1,64}$`)
)

// Check says what is wrong with a key.
func (k SSHKey) Check() error {
	if !fingerprintForm.MatchString(k.Fingerprint) || !keyTypeForm.MatchString(k.Type) {
		return Errorf(CodeRefused, "this kind of key cannot be linked")
	}
	return nil
}

// DecodeSSHKeys reads the keys of one account. Those that make no sense let nobody in, and are left out.
func DecodeSSHKeys(raw []byte) ([]SSHKey, error) {
	var all, sound []SSHKey
	if err := json.Unmarshal(raw, &all); err != nil {
		return nil, Wrap(CodeFailed, err, "the keys of this account cannot be read")
	}
	for _, key := range all {
		if key.Check() == nil {
			sound = append(sound, key)
		}
	}
	return sound, nil
}

// EncodeSSHKeys writes the keys of one account.
func EncodeSSHKeys(keys []SSHKey) []byte {
	return encodeJSON(append([]SSHKey{}, keys...)) // none are written as []
}
