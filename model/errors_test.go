package model

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAnErrorHasACodeForProgramsAndASentenceForPeople(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("buying: %w", Wrap(CodeUnavailable, io.ErrUnexpectedEOF, "the cluster has no %s", "leader"))
	require.Equal(t, CodeUnavailable, CodeOf(err))
	require.Equal(t, "the cluster has no leader", Sentence(err))
	require.Equal(t, "buying: the cluster has no leader: unexpected EOF", err.Error())
	require.ErrorIs(t, err, io.ErrUnexpectedEOF, "the cause is kept for the log")
	require.Equal(t, "sold out", Errorf(CodeRefused, "sold out").Error())

	require.False(t, IsSettled(err))
	require.True(t, IsSettled(fmt.Errorf("buying: %w", Errorf(CodeDenied, "sold out: nothing was charged").Settled())))
	require.False(t, IsSettled(errors.New("anything else")))

	require.Equal(t, CodeFailed, CodeOf(errors.New("anything else")))
	require.Equal(t, "anything else", Sentence(errors.New("anything else")))
	require.Empty(t, CodeOf(nil))
	require.Empty(t, Sentence(nil))
}
