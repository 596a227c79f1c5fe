// Makes Go fail in known ways and prints what it says: one JSON line for every wrapping of every scenario.
// `consumer` runs them all; `consumer <scenario>` runs one in this process, for those that end it.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"time"

	pkgerrors "github.com/pkg/errors"
)

// A scenario fails in do, or ends its process in crash (run under the shell prefix `under`, such as "ulimit -n 20;").
type scenario struct {
	name, class, cause string
	wraps              string // some of: typed message order handler json log stack lambda | stderr exec runtime for a crash
	do                 func() error
	crash              func()
	under              string
	accept             []string
	misleading         bool
}

type evidence struct {
	ErrorType    string `json:"errorType,omitempty"`
	ErrorMessage string `json:"errorMessage,omitempty"`
	Stack        string `json:"stack,omitempty"`
	HTTPStatus   int    `json:"httpStatus,omitempty"`
	AWSErrorCode string `json:"awsErrorCode,omitempty"`
}

// What the handlers of Go tell of an error. Ids and durations look like statuses now and then.
var numbers = []int{503, 8812, 4290, 401, 200429, 5000, 422, 1404}

func typeName(err error) string { // as aws-lambda-go names it
	t := reflect.TypeOf(err)
	if t.Kind() == reflect.Ptr {
		t = t.Elem()
	}
	return t.Name()
}

func wrap(how string, err error, n int) evidence {
	order := numbers[n%len(numbers)]
	e := evidence{ErrorType: typeName(err), ErrorMessage: err.Error()}
	if failure, ok := err.(interface{ StatusCode() int }); ok {
		e.HTTPStatus = failure.StatusCode()
	}
	if failure, ok := err.(interface{ Code() string }); ok {
		e.AWSErrorCode = failure.Code()
	}
	switch how {
	case "typed":
		return e
	case "message":
		return evidence{ErrorMessage: e.ErrorMessage}
	case "order":
		return evidence{ErrorType: "wrapError", ErrorMessage: fmt.Errorf("failed to process order %d: %w", order, err).Error()}
	case "handler":
		return evidence{ErrorMessage: fmt.Sprintf("handler: consume: message %d-9f3c: %T: %v", order, err, err)}
	case "json":
		text, _ := json.Marshal(map[string]interface{}{"level": "error", "ts": 1714710540.429, "caller": "consumer/worker.go:" + fmt.Sprint(order), "msg": "message failed", "order_id": order, "attempt": 3, "error": err.Error()})
		return evidence{ErrorMessage: string(text)}
	case "lambda":
		text, _ := json.Marshal(map[string]string{"errorMessage": err.Error(), "errorType": typeName(err)})
		return evidence{ErrorMessage: string(text)}
	case "log":
		return evidence{ErrorMessage: fmt.Sprintf("2024/05/03 04:29:%02d ERROR worker=%d duration=%dms err=%q", n%60, n%8, order, err)}
	case "stack": // github.com/pkg/errors
		wrapped := pkgerrors.Wrapf(err, "order %d", order)
		return evidence{ErrorType: "*errors.withStack", ErrorMessage: wrapped.Error(), Stack: fmt.Sprintf("%+v", wrapped)}
	}
	panic(how)
}

func wrapCrash(how, output, status string, n int) evidence {
	first := strings.SplitN(output, "\n", 2)[0]
	switch how {
	case "stderr":
		return evidence{ErrorMessage: first, Stack: output}
	case "message":
		return evidence{ErrorMessage: output}
	case "exec":
		return evidence{ErrorType: "*exec.ExitError", ErrorMessage: fmt.Sprintf("worker for order %d: %s: %s", numbers[n%len(numbers)], status, output)}
	case "runtime":
		return evidence{ErrorType: "Runtime.ExitError", ErrorMessage: "RequestId: 5031f0aa-4290-4d6a-9c1e-401429503500 Error: Runtime exited with error: " + status, Stack: output}
	}
	panic(how)
}

func main() {
	if len(os.Args) > 1 {
		for _, s := range scenarios {
			if s.name == os.Args[1] {
				s.crash()
			}
		}
		return
	}
	self, _ := os.Executable()
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for n, s := range scenarios {
		var err error
		var output, status string
		if s.crash != nil {
			command := exec.Command("bash", "-c", s.under+" "+self+" "+s.name)
			var stderr bytes.Buffer
			command.Stderr = &stderr
			timer := time.AfterFunc(60*time.Second, func() { command.Process.Kill() })
			if e := command.Run(); e != nil {
				status = e.Error()
			} else {
				status = "NOT PROVOKED"
			}
			timer.Stop()
			output = strings.TrimSpace(stderr.String())
		} else if err = s.do(); err == nil {
			err = fmt.Errorf("NOT PROVOKED")
		}
		for i, how := range strings.Fields(s.wraps) {
			var e evidence
			if s.crash != nil {
				e = wrapCrash(how, output, status, n+i)
				if status == "NOT PROVOKED" {
					e.ErrorMessage = status
				}
			} else {
				e = wrap(how, err, n+i)
			}
			accept := s.accept
			if accept == nil {
				accept = []string{}
			}
			out.Encode(map[string]interface{}{"scenario": s.name, "class": s.class, "cause": s.cause, "accept": accept, "misleading": s.misleading, "wrap": how, "evidence": e})
		}
	}
}
