package model_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/model"
)

func TestAnOrderIDCanBeReadAloud(t *testing.T) {
	t.Parallel()
	rolled := -1
	next := func(n int) int { rolled++; return rolled % n }
	require.Equal(t, "0123456789AB", model.OrderID(next))
	require.Equal(t, "CDEFGHJKMNPQ", model.OrderID(next), "I and L would be read as 1")
	require.Equal(t, "RSTVWXYZ0123", model.OrderID(next), "O would be read as 0")
}
