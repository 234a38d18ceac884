package cluster

import (
	"io"

	"google.golang.org/grpc/grpclog"
)

// grpc has one logger for the process, which prints errors to stderr by default and must be set before grpc is used. The
// terminal belongs to the screens, and every error that matters comes back from a call.
func init() {
	grpclog.SetLoggerV2(grpclog.NewLoggerV2(io.Discard, io.Discard, io.Discard))
}
