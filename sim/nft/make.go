package nft

// MustRule returns a rule of a table of a family. It panics unless the text is one valid rule, so it
// is only for texts that a program composes.
func MustRule(f Family, text string) Rule {
	tokens, err := lex(text)
	if err != nil {
		panic(err)
	}
	p := parser{tokens: tokens, table: &Table{Family: f}}
	r := p.parseRule()
	if p.skipLines(); p.peek() != "" {
		panic("more than a rule: " + text)
	}
	return r
}

// JumpsByInterface returns an empty map from names of interfaces to verdicts.
func JumpsByInterface(name string) Set { return Set{Name: name, Key: []*Type{ifName}, Verdicts: true} }

// JumpFrom returns an element of such a map: a jump to a chain.
func JumpFrom(iface, chain string) Element {
	return Element{Key: []Value{nameValue(iface)}, Verdict: Verdict{Jump, chain}}
}

// nameValue returns the value of an interface's name.
func nameValue(name string) Value {
	b := make([]byte, maxName)
	copy(b, name)
	return Value{First: b}
}
