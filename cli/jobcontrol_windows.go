package cli

import tea "charm.land/bubbletea/v2"

// Nothing has to be taken back where processes are not stopped and continued.

func onContinue(func()) (stop func()) { return func() {} }

func takeBack(*tea.Program) {}

func leaveFromBehind() {}

func hideTyping(uintptr) {}
