package sshserver

import (
	"runtime/debug"
	"sync"
	"sync/atomic"

	tea "charm.land/bubbletea/v2"
)

// contained is a session's model in which a panic ends that session and nothing else, whether it comes from drawing, from
// a message or from what runs beside the loop. The library would contain it too, but says so on standard error only, with
// no word of whose session it was.
type contained struct {
	shop   tea.Model
	log    func(why any, stack string)
	quit   func() // ends the program; may wait for it
	once   sync.Once
	broken atomic.Bool
}

// breaks notes a panic, the first time, and has the program end.
func (c *contained) breaks() {
	why := recover() //nolint:revive // it is called by defer alone
	if why == nil {
		return
	}
	stack := string(debug.Stack())
	c.once.Do(func() {
		c.broken.Store(true)
		c.log(why, stack)
		go c.quit()
	})
}

// Init starts the shop.
func (c *contained) Init() tea.Cmd {
	defer c.breaks()
	return c.beside(c.shop.Init())
}

// Update passes a message on.
func (c *contained) Update(msg tea.Msg) (model tea.Model, cmd tea.Cmd) {
	model = c
	defer c.breaks()
	_, cmd = c.shop.Update(msg)
	return c, c.beside(cmd)
}

// View draws the shop; nothing once it is broken.
func (c *contained) View() (view tea.View) {
	defer c.breaks()
	if c.broken.Load() {
		return view
	}
	return c.shop.View()
}

// beside contains what runs beside the loop.
func (c *contained) beside(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() (msg tea.Msg) {
		defer c.breaks()
		msg = cmd()
		batch, several := msg.(tea.BatchMsg)
		if !several {
			return msg
		}
		careful := make(tea.BatchMsg, len(batch))
		for i, one := range batch {
			careful[i] = c.beside(one)
		}
		return careful
	}
}
