package trace

// Lesson is what a run teaches. All texts are plain, and any may be empty.
type Lesson struct {
	Story    string `json:"story,omitempty"`    // sets the scene, and gives nothing away
	Question string `json:"question,omitempty"` // what the student is to predict
	Answer   string `json:"answer,omitempty"`
	Refutes  string `json:"refutes,omitempty"` // the misconception that the run proves wrong

	WrittenFor string `json:"written_for,omitempty"` // the release of Docker Engine that these are about, if the run has another one

	Course  int      `json:"course,omitempty"`  // its number in the course, from 1; 0: none
	Minutes int      `json:"minutes,omitempty"` // how long it takes; 0: not given
	After   []string `json:"after,omitempty"`   // the scenarios that the student should know first
	Next    string   `json:"next,omitempty"`    // the scenario that follows in the course

	Fault      string `json:"fault,omitempty"` // the fault that was applied
	FaultTitle string `json:"fault_title,omitempty"`

	Focus []Focus `json:"focus,omitempty"` // the places that its expectations name, in no order
}
