// What expr-lang, with the functions that Argo Rollouts adds (utils/evaluate/evaluate.go), says of conditions: reads
// expr-reference.json, and writes it with each condition where it belongs: true, false or error. In a directory of its own:
//
//	go mod init reference && go get github.com/expr-lang/expr@v1.17.6 && go run expr-reference.go <expr-reference.json
package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strconv"

	"github.com/expr-lang/expr"
)

type group struct {
	Result any      `json:"result"`
	True   []string `json:"true"`
	False  []string `json:"false"`
	Error  []string `json:"error"`
}

type reference struct {
	Expr   string  `json:"expr"`
	Groups []group `json:"groups"`
}

func main() {
	var all reference
	if err := json.NewDecoder(os.Stdin).Decode(&all); err != nil {
		panic(err)
	}
	for i, each := range all.Groups {
		said := group{Result: each.Result, True: []string{}, False: []string{}, Error: []string{}}
		for _, conditions := range [][]string{each.True, each.False, each.Error} {
			for _, condition := range conditions {
				value, err := evaluate(condition, resultOf(each.Result))
				switch {
				case err != nil:
					said.Error = append(said.Error, condition)
				case value:
					said.True = append(said.True, condition)
				default:
					said.False = append(said.False, condition)
				}
			}
		}
		all.Groups[i] = said
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(all); err != nil {
		panic(err)
	}
}

func evaluate(condition string, result any) (value bool, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	env := map[string]any{
		"result": result, "asInt": asInt, "asFloat": asFloat, "isNaN": math.IsNaN,
		"isInf": func(f float64) bool { return math.IsInf(f, 0) },
	}
	program, err := expr.Compile(condition, expr.Env(env), expr.AsBool())
	if err != nil {
		return false, err
	}
	output, err := expr.Run(program, env)
	if err != nil {
		return false, err
	}
	return output.(bool), nil
}

// resultOf makes of a list of numbers what Argo's Prometheus provider makes of a vector.
func resultOf(value any) any {
	switch v := value.(type) {
	case map[string]any:
		switch v["$number"] {
		case "NaN":
			return math.NaN()
		case "+Inf":
			return math.Inf(1)
		case "-Inf":
			return math.Inf(-1)
		}
		return v
	case []any:
		numbers := make([]float64, len(v))
		for i, entry := range v {
			number, ok := resultOf(entry).(float64)
			if !ok {
				return v
			}
			numbers[i] = number
		}
		return numbers
	}
	return value
}

func asInt(in any) int64 {
	switch v := in.(type) {
	case string:
		parsed, err := strconv.ParseInt(v, 10, 64)
		if err != nil {
			panic(err)
		}
		return parsed
	case float64:
		return int64(v)
	case int:
		return int64(v)
	}
	panic(fmt.Sprintf("asInt of %T", in))
}

func asFloat(in any) float64 {
	switch v := in.(type) {
	case string:
		parsed, err := strconv.ParseFloat(v, 64)
		if err != nil {
			panic(err)
		}
		return parsed
	case float64:
		return v
	case int:
		return float64(v)
	}
	panic(fmt.Sprintf("asFloat of %T", in))
}
