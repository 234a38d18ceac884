package model

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatWasReadIsRememberedUntilItHappensAgain(t *testing.T) {
	t.Parallel()
	n, err := DecodeNotification("ann", "e", []byte(`{"limit":3,"active":true,"read":true,"theirs":1}`))
	require.NoError(t, err)
	require.True(t, n.Read)
	require.JSONEq(t, `{"limit":3,"active":true,"read":true,"theirs":1}`, string(n.Encode()))
	require.JSONEq(t, `{"limit":5,"active":false,"theirs":1}`, string(n.Rearmed(Notification{Limit: 5}).Encode()))
	require.False(t, n.Told("Tosca", 0).Read, "that it is called off is news")
}
