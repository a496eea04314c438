// The notebook that the test brings along: the small model that comes with the project, and what can be touched of it.
const CELLS = {
  load: `import static trivium.Trivium.*;
import trivium.data.*;
import trivium.model.*;
import trivium.widget.*;
import java.nio.file.*;

var tuned = load(dataset("toytown-1m"));
var stories = Corpus.text(dataset("toytown/stories.txt"));
var questions = Conversations.read(dataset("toytown/questions-heldout.jsonl")).limit(8);`,
  slider: `var knob = Controls.slider("knob", 0, 10, 3);
var said = Controls.html("not touched");
knob.onChange(value -> said.set("the knob is at " + value));
Controls.column(knob, said)`,
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
