package iptables

// Comment is "-m comment": a remark that always matches.
type Comment struct {
	unjudged
	Text string
}

const commentSize = 256 // XT_MAX_COMMENT_LEN (linux/netfilter/xt_comment.h), NUL included

var commentKind = &kind[Comment]{
	name: "comment", single: true,
	options: []option[Comment]{{"--comment", "TEXT", false, func(c *Comment, a *argument) error {
		c.Text = a.value()
		return nil
	}}},
	read: func(revision uint32, s structure) (Comment, bool) {
		return Comment{Text: s.text(0, commentSize)}, revision == 0
	},
	size: commentSize,
}

// String returns `-m comment --comment "who and why"`.
func (c Comment) String() string {
	t := begin("comment")
	t.add(false, "--comment", quoteWord(c.Text))
	return t.String()
}

func (c Comment) listed() string { return "/* " + c.Text + " */" }

func (c Comment) problems(place) (out []string) {
	switch {
	case c.Text == "":
		out = append(out, "comment has no text")
	case len(c.Text) >= commentSize:
		out = append(out, "comment is longer than 255 bytes")
	case !showable(c.Text):
		out = append(out, "comment has a control character")
	}
	return out
}

func (c Comment) encode(out *code) {
	s := make(structure, commentSize)
	copy(s, c.Text)
	out.match("comment", 0, s)
}
