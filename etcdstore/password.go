package etcdstore

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"github.com/ticketcd/ticketcd/model"
)

// The cost of a hash: what OWASP asks for at least, some 40 ms here.
const (
	hashMemory  = 19 << 10 // KiB
	hashTime    = 2
	hashThreads = 1
	saltBytes   = 16
	keyBytes    = 32
)

// The most that a stored hash may ask for. Without a bound, one record could take all memory at its owner's log-in.
const (
	maxHashMemory  = 256 << 10 // KiB
	maxHashTime    = 10
	maxHashThreads = 16
	maxHashText    = 512 // bytes
)

// hashMark is how every stored hash begins. What begins otherwise is a password that the prototype stored as it was.
const hashMark = "$argon2id$"

// isHashed says whether a stored password is a hash. One that is damaged still counts as a hash: taken for plain text,
// it would let in whoever has seen it.
func isHashed(stored string) bool { return strings.HasPrefix(stored, hashMark) }

// hashPassword returns a PHC string for a password, with a salt of its own. It takes some 40 ms and 19 MiB; the only
// error is that of a context that had already ended.
func hashPassword(ctx context.Context, password string) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	h := passwordHash{memory: hashMemory, time: hashTime, threads: hashThreads, salt: make([]byte, saltBytes)}
	rand.Read(h.salt) // never fails: the process ends first
	h.key = h.derive(password, keyBytes)
	return h.String(), nil
}

// passwordHash is a PHC string taken apart.
type passwordHash struct {
	memory, time uint32
	threads      uint8
	salt, key    []byte
}

// nobodysHash is what the password of an unknown user is compared with, so that the answer takes as long as any other.
func nobodysHash() passwordHash {
	return passwordHash{
		memory: hashMemory, time: hashTime, threads: hashThreads,
		salt: make([]byte, saltBytes), key: make([]byte, keyBytes),
	}
}

// parseHash reads a stored hash and refuses one that asks for too much.
func parseHash(stored string) (passwordHash, error) {
	parts := strings.Split(stored, "$")
	if len(stored) > maxHashText || len(parts) != 6 || !isHashed(stored) || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return passwordHash{}, model.Errorf(model.CodeFailed, "the stored password is not a hash of a known kind")
	}
	var h passwordHash
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memory, &h.time, &h.threads); err != nil {
		return passwordHash{}, model.Wrap(model.CodeFailed, err, "the stored password's parameters cannot be read")
	}
	if h.memory < 8 || h.memory > maxHashMemory || h.time < 1 || h.time > maxHashTime || h.threads < 1 || h.threads > maxHashThreads {
		return passwordHash{}, model.Errorf(model.CodeFailed, "the stored password's parameters are out of bounds: %s", parts[3])
	}
	var err error
	if h.salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil || len(h.salt) == 0 {
		return passwordHash{}, model.Wrap(model.CodeFailed, err, "the stored password's salt cannot be read")
	}
	if h.key, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil || len(h.key) < 16 {
		return passwordHash{}, model.Wrap(model.CodeFailed, err, "the stored password's hash cannot be read")
	}
	return h, nil
}

// String writes the hash as it is stored.
func (h passwordHash) String() string {
	return fmt.Sprintf("%sv=%d$m=%d,t=%d,p=%d$%s$%s", hashMark, argon2.Version, h.memory, h.time, h.threads,
		base64.RawStdEncoding.EncodeToString(h.salt), base64.RawStdEncoding.EncodeToString(h.key))
}

// matches says whether the hash is that of a password. How long it takes tells nothing about the answer.
func (h passwordHash) matches(password string) bool {
	return subtle.ConstantTimeCompare(h.derive(password, uint32(len(h.key))), h.key) == 1
}

// isWeak says whether the hash costs less to guess than one that is made today.
func (h passwordHash) isWeak() bool {
	return h.memory < hashMemory || h.time < hashTime || len(h.key) < keyBytes || len(h.salt) < saltBytes
}

// derive normalises first: the same letters typed on another terminal may come as other bytes.
func (h passwordHash) derive(password string, bytes uint32) []byte {
	return argon2.IDKey([]byte(norm.NFC.String(password)), h.salt, h.time, h.memory, h.threads, bytes)
}

// samePlain compares a password with one that the prototype stored as plain text. Nobody logs in with an empty one.
func samePlain(stored, password string) bool {
	a, b := sha256.Sum256([]byte(norm.NFC.String(stored))), sha256.Sum256([]byte(norm.NFC.String(password)))
	return stored != "" && subtle.ConstantTimeCompare(a[:], b[:]) == 1
}

// checkPassword says whether a password is the stored one, and whether what is stored ought to be replaced by a new
// hash. An empty stored text is nobody's password. Every path costs one hash.
func checkPassword(stored, password string) (same, outdated bool, err error) {
	if !isHashed(stored) {
		nobodysHash().matches(password)
		return samePlain(stored, password), true, nil
	}
	h, err := parseHash(stored)
	if err != nil {
		nobodysHash().matches(password)
		return false, false, err
	}
	return h.matches(password), h.isWeak(), nil
}

const (
	hashesAtOnce = 2
	hashesQueued = 32
)

// hashQueue bounds what hashing may take: two at a time, because each needs 19 MiB, and a short queue, because one that
// waits for longer is better told so.
type hashQueue struct {
	places, slots chan struct{}
}

func newHashQueue() *hashQueue {
	return &hashQueue{places: make(chan struct{}, hashesAtOnce+hashesQueued), slots: make(chan struct{}, hashesAtOnce)}
}

// enter waits for a turn. The caller hashes and then calls leave.
func (q *hashQueue) enter(ctx context.Context) (leave func(), err error) {
	select {
	case q.places <- struct{}{}:
	default:
		return nil, model.Errorf(model.CodeUnavailable, "too many people are logging in: try again in a few seconds")
	}
	select {
	case q.slots <- struct{}{}:
		return func() { <-q.slots; <-q.places }, nil
	case <-ctx.Done():
		<-q.places
		return nil, model.Wrap(model.CodeUnavailable, ctx.Err(), "the log-in took too long: try again in a few seconds")
	}
}
