package sshserver

import (
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAttemptsGrowBackButDoNotPileUp(t *testing.T) {
	t.Parallel()
	now := time.Date(2027, 3, 1, 12, 0, 0, 0, time.UTC)
	attempts := newBudgets(3, func() time.Time { return now })
	spend := func() (spent int) {
		for attempts.take("ann") == 0 {
			spent++
		}
		return spent
	}
	require.Equal(t, 3, spend())
	require.Equal(t, 20*time.Second, attempts.take("ann"))
	now = now.Add(21 * time.Second)
	require.Equal(t, 1, spend())
	now = now.Add(time.Hour)
	require.Equal(t, 3, spend(), "a night of rest is worth no more than a minute")
	for range 5 {
		attempts.giveBack("ann")
	}
	require.Equal(t, 3, spend(), "nor is what was given back too often")
	require.Zero(t, attempts.take("bob"), "everybody has attempts of their own")
}

func TestOneLineIsOneAddressHoweverManyAddressesItHas(t *testing.T) {
	t.Parallel()
	of := func(ip string) string { return addressOf(&net.TCPAddr{IP: net.ParseIP(ip), Port: 22}) }
	require.Equal(t, of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"))
	require.NotEqual(t, of("2001:db8:1:2::1"), of("2001:db8:1:3::1"))
	require.Equal(t, of("192.0.2.1"), of("::ffff:192.0.2.1"))
	require.NotEqual(t, of("192.0.2.1"), of("192.0.2.2"))
}
