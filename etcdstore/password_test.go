package etcdstore

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/argon2"

	"github.com/ticketcd/ticketcd/model"
)

func TestAHashKnowsItsPasswordAndNoOther(t *testing.T) {
	t.Parallel()
	hash, err := hashPassword(t.Context(), "correct horse")
	require.NoError(t, err)
	require.Regexp(t, `^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$`, hash)
	require.True(t, isHashed(hash))
	require.NotContains(t, hash, "horse")

	again, err := hashPassword(t.Context(), "correct horse")
	require.NoError(t, err)
	require.NotEqual(t, hash, again, "two hashes have the same salt")

	for password, want := range map[string]bool{"correct horse": true, "correct horse ": false, "Correct horse": false, "": false, hash: false} {
		same, outdated, no := checkPassword(hash, password)
		require.NoError(t, no)
		require.Equal(t, want, same, password)
		require.False(t, outdated)
	}

	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = hashPassword(ended, "x")
	require.ErrorIs(t, err, context.Canceled)
}

func TestTheSameLettersAreTheSamePasswordOnEveryTerminal(t *testing.T) {
	t.Parallel()
	hash, err := hashPassword(t.Context(), "caf\u00e9 cr\u00e8me")
	require.NoError(t, err)
	same, _, err := checkPassword(hash, "cafe\u0301 cre\u0300me")
	require.NoError(t, err)
	require.True(t, same)
	same, _, err = checkPassword("caf\u00e9", "cafe\u0301")
	require.NoError(t, err)
	require.True(t, same)
}

func TestHashesOfOtherStrengthAreReadAndTheWeakOnesReplaced(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		hash passwordHash
		weak bool
	}{
		{passwordHash{memory: 20 << 10, time: 2, threads: 4, salt: make([]byte, 16)}, false},
		{passwordHash{memory: 8 << 10, time: 2, threads: 1, salt: make([]byte, 16)}, true},
		{passwordHash{memory: 19 << 10, time: 1, threads: 1, salt: make([]byte, 16)}, true},
		{passwordHash{memory: 19 << 10, time: 2, threads: 1, salt: make([]byte, 8)}, true},
	} {
		h := test.hash
		h.key = argon2.IDKey([]byte("secret"), h.salt, h.time, h.memory, h.threads, 32)
		same, outdated, err := checkPassword(h.String(), "secret")
		require.NoError(t, err)
		require.True(t, same, h.String())
		require.Equal(t, test.weak, outdated, h.String())
	}
}

func TestAHashThatIsDamagedOrAsksForTooMuchLetsNobodyIn(t *testing.T) {
	t.Parallel()
	salt, key := strings.Repeat("A", 22), strings.Repeat("A", 43)
	for _, stored := range []string{
		"$argon2id$",
		"$argon2id$v=19$m=19456,t=2,p=1$" + salt,
		"$argon2id$v=16$m=19456,t=2,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=9999999,t=2,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=19456,t=99,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=19456,t=0,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=19456,t=2,p=0$" + salt + "$" + key,
		"$argon2id$v=19$m=19456,t=2,p=200$" + salt + "$" + key,
		"$argon2id$v=19$m=-1,t=2,p=1$" + salt + "$" + key,
		"$argon2id$v=19$t=2,m=19456,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=19456,t=2,p=1$$" + key,
		"$argon2id$v=19$m=19456,t=2,p=1$" + salt + "$",
		"$argon2id$v=19$m=19456,t=2,p=1$" + salt + "$!!",
		"$argon2id$v=19$m=19456,t=2,p=1$" + salt + "$" + strings.Repeat("A", 1000),
	} {
		require.True(t, isHashed(stored))
		_, err := parseHash(stored)
		require.Error(t, err, stored)
	}
	for _, password := range []string{hashMark, ""} {
		same, outdated, err := checkPassword(hashMark, password)
		require.Error(t, err)
		require.False(t, same || outdated)
	}
}

func TestNobodyLogsInWithAnEmptyPassword(t *testing.T) {
	t.Parallel()
	same, _, err := checkPassword("", "")
	require.NoError(t, err)
	require.False(t, same)
}

func TestTooManyLogInsAtOnceAreToldToComeBack(t *testing.T) {
	t.Parallel()
	queue := newHashQueue()
	var leave []func()
	for range hashesAtOnce {
		done, err := queue.enter(t.Context())
		require.NoError(t, err)
		leave = append(leave, done)
	}
	_, err := queue.enter(within(t, 1))
	require.Equal(t, "the log-in took too long: try again in a few seconds", model.Sentence(err))

	waiting, stop := context.WithCancel(t.Context())
	answers := make(chan error)
	for range hashesQueued {
		go func() {
			_, no := queue.enter(waiting)
			answers <- no
		}()
	}
	require.Eventually(t, func() bool { return len(queue.places) == cap(queue.places) }, waitLong, waitStep)
	_, err = queue.enter(t.Context())
	require.Equal(t, "too many people are logging in: try again in a few seconds", model.Sentence(err))
	require.Equal(t, model.CodeUnavailable, model.CodeOf(err))

	stop()
	for range hashesQueued {
		require.Error(t, <-answers)
	}
	for _, done := range leave {
		done()
	}
	require.Empty(t, queue.places)
	done, err := queue.enter(t.Context())
	require.NoError(t, err)
	done()
}

// Nobody types so much; who sends it wants the server to work for it.
func TestAPasswordThatNobodyTypesIsNotLookedAt(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	for length, opens := range map[int]bool{maxTyped: true, maxTyped + 1: false} {
		password := strings.Repeat("x", length)
		shop.put(t, "user:max", `{"name":"Max","email":"a@b.cd","password":"`+password+`","role":"user"}`)
		_, err := shop.Login(t.Context(), "max", password)
		require.Equal(t, opens, err == nil, "%d bytes: %v", length, err)
	}
}

func TestReplacingAPlainTextPasswordWaitsForItsTurnToo(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.put(t, "user:old", `{"name":"Old","email":"a@b.cd","password":"old-password","role":"user"}`)
	old, err := shop.account(t.Context(), "old")
	require.NoError(t, err)
	for range hashesAtOnce {
		_, err := shop.hashes.enter(t.Context())
		require.NoError(t, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- shop.renewHash(ctx, old, "old-password") }()
	require.Eventually(t, func() bool { return len(shop.hashes.places) == hashesAtOnce+1 }, waitLong, waitStep)
	cancel()
	require.Equal(t, model.CodeUnavailable, model.CodeOf(<-ended))
	require.Contains(t, shop.value(t, "user:old"), "old-password")
}
