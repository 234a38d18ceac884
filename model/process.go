package model

// Process is the process of a member that runs on this machine.
type Process struct {
	Name  string // of the member
	State ProcessState
	Fault string // why it ended without being asked, as a sentence
}

// ProcessState is what a member's process does.
type ProcessState string

// The states of a member's process. One that somebody else suspended still counts as running.
const (
	ProcessStarting ProcessState = "starting" // it is waited for, or it waits for enough others to form a quorum
	ProcessRunning  ProcessState = "running"
	ProcessPaused   ProcessState = "paused"
	ProcessStopped  ProcessState = "stopped"
)

// MemberAct is something that is done to the process of a member.
type MemberAct string

// What can be done to a member's process.
const (
	StopMember   MemberAct = "stop"   // as an operator would: if it leads, it makes another one the leader first
	KillMember   MemberAct = "kill"   // as kill -9 does, without warning
	PauseMember  MemberAct = "pause"  // as SIGSTOP does: to the others it is there, but does not answer
	ResumeMember MemberAct = "resume" // one that is paused
	StartMember  MemberAct = "start"  // one that has ended
)
