package resolver

import "golang.org/x/net/dns/dnsmessage"

// query is a message with one question.
type query struct {
	dnsmessage.Header
	dnsmessage.Question
	limit int // bytes that a reply over UDP may have
}

func parse(message []byte) (q query, ok bool) {
	var p dnsmessage.Parser
	header, err := p.Start(message)
	if err != nil || header.Response || header.OpCode != 0 {
		return q, false
	}
	questions, err := p.AllQuestions()
	if err != nil || len(questions) != 1 {
		return q, false
	}
	return query{header, questions[0], max(maxUDP, advertised(&p))}, true
}

// advertised returns the size of the largest message that the sender of a query accepts, if
// the query says so (EDNS: RFC 6891, 6.2.3).
func advertised(p *dnsmessage.Parser) int {
	if p.SkipAllAnswers() != nil || p.SkipAllAuthorities() != nil {
		return 0
	}
	for {
		header, err := p.AdditionalHeader()
		if err != nil {
			return 0
		}
		if header.Type == dnsmessage.TypeOPT {
			return int(header.Class)
		}
		if p.SkipAdditional() != nil {
			return 0
		}
	}
}

// reply returns the reply with these records, or with the first ones if there is no room for
// more: then it is marked as truncated. It is nil if there is not even room for the question.
func (q *query) reply(records []dnsmessage.ResourceBody, limit int) []byte {
	for n := len(records); n >= 0; n-- {
		message, err := q.message(dnsmessage.Header{RecursionAvailable: true, Truncated: n < len(records)}, records[:n])
		if err == nil && len(message) <= limit {
			return message
		}
	}
	return nil
}

// message returns a message in reply to the query. Like the engine's, it repeats names instead
// of pointing to the first one.
func (q *query) message(h dnsmessage.Header, records []dnsmessage.ResourceBody) ([]byte, error) {
	h.ID, h.Response, h.RecursionDesired = q.ID, true, q.RecursionDesired
	b := dnsmessage.NewBuilder(nil, h)
	if err := b.StartQuestions(); err != nil {
		return nil, err
	}
	if err := b.Question(q.Question); err != nil {
		return nil, err
	}
	if err := b.StartAnswers(); err != nil {
		return nil, err
	}
	for _, r := range records {
		header := dnsmessage.ResourceHeader{Name: q.Name, Class: dnsmessage.ClassINET, TTL: ttl}
		var err error
		switch body := r.(type) {
		case *dnsmessage.AResource:
			err = b.AResource(header, *body)
		case *dnsmessage.AAAAResource:
			err = b.AAAAResource(header, *body)
		case *dnsmessage.PTRResource:
			err = b.PTRResource(header, *body)
		}
		if err != nil {
			return nil, err
		}
	}
	return b.Finish()
}
