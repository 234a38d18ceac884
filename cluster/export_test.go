package cluster

// Hosting reports whether the member runs in this process now.
func (l *Local) Hosting() bool { return l.hosting.Load() != nil }
