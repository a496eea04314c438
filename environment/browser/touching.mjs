// The notebook that the test brings along: the small model that comes with the project, and what can be touched of it.
const CELLS = {
  load: `import static trivium.Trivium.*;
import trivium.data.*;
import trivium.figure.*;
import trivium.model.*;
import trivium.widget.*;
import java.nio.file.*;
import java.util.stream.*;
import tech.tablesaw.api.*;

var tuned = load(dataset("toytown-1m"));
var stories = Corpus.text(dataset("toytown/stories.txt"));
var questions = Conversations.read(dataset("toytown/questions-heldout.jsonl")).limit(8);`,
  slider: `var knob = Controls.slider("knob", 0, 10, 3);
var said = Controls.html("not touched");
knob.onChange(value -> said.set("the knob is at " + value));
Controls.column(knob, said)`,
  explore: `var step = DoubleColumn.create("step", IntStream.range(0, 80).asDoubleStream().toArray());
var run = StringColumn.create("run", IntStream.range(0, 80).mapToObj(i -> i < 40 ? "first" : "second").toArray(String[]::new));
var rising = step.multiply(3).setName("rising");
var numbers = Table.create(run, step, rising, step.multiply(-2).setName("falling"));
explore(numbers, "step", "rising")`,
  figure: `Figures.compare("falling", Axis.STEPS, Map.of("only", numbers))`,
  label: `label(questions.prompts(), Path.of("labels.jsonl"), tuned)`,
  chat: `chat(tuned)`,
  long: `var longer = pretrain(Llama.of(64, 32, 1, 2, 1), tuned.tokenizer(), stories).steps(1_000_000).seed(2).run();
longer`,
  sum: `1 + 41`,
};

/** Where each cell is known by words of its own. */
export const WORDS = {
  load: 'load(dataset(',
  slider: 'Controls.slider("knob"',
  explore: 'explore(numbers',
  figure: 'Figures.compare("falling"',
  label: 'label(questions.prompts()',
  chat: 'chat(tuned)',
  long: 'var longer = pretrain',
  sum: '1 + 41',
};

export function touchingNotebook() {
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: 'java', display_name: 'Java (Trivium)', language: 'java' } },
    cells: Object.entries(CELLS).map(([id, source]) => ({
      id,
      cell_type: 'code',
      metadata: {},
      execution_count: null,
      outputs: [],
      source,
    })),
  };
}
